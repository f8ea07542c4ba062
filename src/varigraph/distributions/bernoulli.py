"""`Bernoulli`: zeros and ones by their logits, never by probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from varigraph.distributions.noise import bernoulli_draw

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
        """The sum value · log σ(logit) + (1 − value) · log σ(−logit), in nats, entry by entry.

        Finite for every finite logit, and with a gradient for every confident one: value · logit −
        softplus(logit), the same in real numbers, is 0 with gradient 0 in float32 past a logit of 17.
        """
        return value * F.logsigmoid(self.logits) + (1 - value) * F.logsigmoid(-self.logits)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """Zeros and ones in the dtype of `logits`."""
        with torch.no_grad():
            return bernoulli_draw(self.mean, generator)
