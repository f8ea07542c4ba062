"""`NormalMixture`: one mixture of diagonal normals, shared by all rows."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from varigraph.distributions.noise import categorical_draw
from varigraph.distributions.normal import HALF_LOG_TWO_PI, DiagonalNormal

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
        """Log Σ_k π_k N(value; k) in nats, shape (…,) for values of shape (…, n_latent)."""
        # −½ Σ_d (v − μ)²/σ² as matrix products over the components' precisions: no tensor of values ×
        # components × dimensions. Float64, because v², 2 v μ and μ² may nearly cancel.
        means, log_stds = self.components.mean.double(), self.components.log_std.double()
        precisions = (-2 * log_stds).exp()
        constants = (-0.5 * precisions * means.square() - log_stds - HALF_LOG_TWO_PI).sum(dim=-1)
        log_weights = self.weight_logits.double().log_softmax(dim=0)
        wide = value.double()
        powers = torch.cat([-0.5 * wide.square(), wide], dim=-1)
        factors = torch.cat([precisions, precisions * means], dim=-1)
        joint = powers @ factors.mT + (constants + log_weights)
        return torch.logsumexp(joint.to(value.dtype), dim=-1)

    def sample(self, generator: torch.Generator | None = None, *, n_rows: int = 1) -> Tensor:
        """Draws without a gradient, shape (n_rows, n_latent)."""
        with torch.no_grad():
            weights = self.weight_logits.softmax(dim=0)
            which = categorical_draw(weights, n_rows, generator)
            return DiagonalNormal(self.components.mean[which], self.components.log_std[which]).rsample(
                generator
            )
