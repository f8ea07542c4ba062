"""`NormalMixture`: one mixture of diagonal normals, shared by all rows."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from varigraph.distributions.normal import DiagonalNormal

__all__ = ["NormalMixture"]


@dataclass(frozen=True, eq=False)
class NormalMixture:
    """Σ_k π_k N(mean_k, diag(exp(log_std_k)²)).

    Attributes:
        weight_logits: log π up to a constant, shape (n_components,).
        components: One normal a component, rows of shape (n_components, n_latent).
    """

    weight_logits: Tensor
    components: DiagonalNormal

    @property
    def mean(self) -> Tensor:
        """The expectation, shape (1, n_latent)."""
        return self.weight_logits.softmax(dim=0)[None] @ self.components.mean

    def log_prob(self, value: Tensor) -> Tensor:
        """Log Σ_k π_k N(value; k) in nats, shape (n_rows,)."""
        each = DiagonalNormal(self.components.mean[None], self.components.log_std[None])
        log_weights = self.weight_logits.log_softmax(dim=0)
        return torch.logsumexp(log_weights + each.log_prob(value[:, None, :]), dim=1)

    def sample(self, generator: torch.Generator | None = None, *, n_rows: int = 1) -> Tensor:
        """Draws without a gradient, shape (n_rows, n_latent)."""
        with torch.no_grad():
            weights = self.weight_logits.softmax(dim=0)
            which = torch.multinomial(weights, n_rows, replacement=True, generator=generator)
            return DiagonalNormal(self.components.mean[which], self.components.log_std[which]).rsample(
                generator
            )
