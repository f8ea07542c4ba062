"""`IWAE`: the importance-weighted bound, which rises with the number of draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from varigraph.distributions import kl_divergence
from varigraph.distributions.importance import log_importance_weights, log_mean_exp
from varigraph.objectives.base import ObjectiveTerms
from varigraph.objectives.row_objective import RowObjective, RowParts, RowStep

__all__ = ["IWAE"]


@dataclass(frozen=True, kw_only=True)
class IWAE(RowObjective):
    """−log (1/k) Σ_l p(x | z_l) p(z_l)/q(z_l | x), z_l ~ q(z | x), a mean over rows in nats.

    A bound of log p(x) that is tighter than the ELBO, and the ELBO for k = 1. `elbo` is this bound; the
    terms `reconstruction` and `kl` are the ELBO's at the same draws, so they add up to a larger loss.

    Attributes:
        k: Draws a row.

    References:
        Burda, Grosse & Salakhutdinov (2016), *Importance weighted autoencoders*, equation 8.
    """

    k: int = 5
    needs_density: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.k < 1:
            raise ValueError(f"k must be 1 or more, got {self.k}.")

    def terms(self, parts: RowParts, rows: Tensor, step: RowStep) -> ObjectiveTerms:
        """Means over rows."""
        targets = parts.decoder.likelihood.targets(rows, generator=step.generator)
        posterior, prior = parts.encoder(targets), parts.prior(parts.encoder)
        z = torch.stack([posterior.rsample(step.generator) for _ in range(self.k)])
        log_likelihood = parts.decoder(z).log_prob(targets)
        bound = log_mean_exp(log_importance_weights(log_likelihood, posterior, prior, z)).mean()
        with torch.no_grad():
            kl = kl_divergence(posterior, prior, z).mean()
        return ObjectiveTerms(-bound, -log_likelihood.detach().mean(), kl, elbo=bound.detach())
