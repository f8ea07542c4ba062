"""`Bernoulli`: zeros and ones by their logits, never by probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["Bernoulli"]


@dataclass(frozen=True, eq=False)
class Bernoulli:
    """Independent Bernoulli variables, one an entry.

    Attributes:
        logits: log p/(1 − p), any shape.

    Example:
        >>> Bernoulli(torch.tensor([0.0])).log_prob(torch.tensor([1.0])).item()
        -0.6931471824645996
    """

    logits: Tensor

    @property
    def mean(self) -> Tensor:
        """The probability of a one, in [0, 1], shape of `logits`."""
        return torch.sigmoid(self.logits)

    def log_prob(self, value: Tensor) -> Tensor:
        """Value · logit − softplus(logit), in nats, entry by entry: finite for every finite logit."""
        return value * self.logits - F.softplus(self.logits)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """Zeros and ones in the dtype of `logits`."""
        with torch.no_grad():
            return torch.bernoulli(self.mean, generator=generator)
