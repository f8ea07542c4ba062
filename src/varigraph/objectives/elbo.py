"""`ELBO`: the evidence lower bound, estimated by reparameterised samples (SGVB)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from varigraph.distributions import (
    Delta,
    DiagonalNormal,
    Posterior,
    Prior,
    StandardNormalPrior,
    kl_divergence,
)
from varigraph.encoders import RowEncoder
from varigraph.objectives.base import ObjectiveTerms
from varigraph.objectives.fused_elbo import can_be_fused, fused_elbo
from varigraph.objectives.row_objective import RowObjective, RowParts, RowStep

__all__ = ["ELBO", "draw_with_kl"]


@dataclass(frozen=True, kw_only=True)
class ELBO(RowObjective):
    """−(1/L) Σ_l log p(x | z_l) + beta · KL(q(z | x) ‖ p(z)), z_l ~ q(z | x), a mean over rows in nats.

    The divergence is exact for a normal prior and estimated from the same draws for a mixture. `elbo` is the
    bound itself whatever beta is: −reconstruction − kl.

    Attributes:
        n_samples: L, draws a row; 1 is enough for batches of 100 (section 2.3 of the reference).
        beta: Weight of the divergence.
        warmup_epochs: Epochs over which the weight rises from 0 to beta in equal steps; 0 for none.

    References:
        Kingma & Welling (2014), equations 7 and 10. Higgins et al. (2017), *beta-VAE*; Sønderby et al.
        (2016), *Ladder variational autoencoders*, section 2.2 (warm-up).
    """

    n_samples: int = 1
    beta: float = 1.0
    warmup_epochs: int = 0
    needs_density: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_samples < 1:
            raise ValueError(f"n_samples must be 1 or more, got {self.n_samples}.")
        if not 0 <= self.beta < math.inf:
            raise ValueError(f"beta must be a number of 0 or more, got {self.beta}.")
        if self.warmup_epochs < 0:
            raise ValueError(f"warmup_epochs must be 0 or more, got {self.warmup_epochs}.")

    def beta_at(self, epoch: int) -> float:
        """The weight of the divergence in an epoch, 1 being the first.

        Example:
            >>> [ELBO(warmup_epochs=4).beta_at(epoch) for epoch in (1, 2, 5, 9)]
            [0.0, 0.25, 1.0, 1.0]
        """
        if not self.warmup_epochs:
            return self.beta
        return self.beta * min(1.0, (epoch - 1) / self.warmup_epochs)

    def terms(self, parts: RowParts, rows: Tensor, step: RowStep) -> ObjectiveTerms:
        """Means over rows and draws."""
        targets = parts.decoder.likelihood.targets(rows, generator=step.generator)
        beta = self.beta_at(step.epoch)
        if step.may_skip_autograd and self.n_samples == 1 and can_be_fused(parts):
            return fused_elbo(parts, targets, beta=beta, generator=step.generator)
        posterior = parts.encoder(targets)
        z, kl_of_rows = draw_with_kl(
            posterior, parts.prior, parts.encoder, n_samples=self.n_samples, generator=step.generator
        )
        log_likelihood = parts.decoder(z).log_prob(targets).mean()
        kl = kl_of_rows.mean()
        loss = (kl if beta == 1 else beta * kl) - log_likelihood
        bound = -loss.detach() if beta == 1 else (log_likelihood - kl).detach()
        # At a point there is a log-likelihood given z, but no bound of the one without z.
        elbo = None if isinstance(posterior, Delta) else bound
        return ObjectiveTerms(loss, -log_likelihood.detach(), kl.detach(), elbo)


def draw_with_kl(
    posterior: Posterior,
    prior: Prior,
    encoder: RowEncoder,
    *,
    n_samples: int,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Draws of z and the divergence that goes with them.

    Returns:
        z of shape (n_rows, n_latent), or (n_samples, n_rows, n_latent) for more than one; KL of shape
        (n_rows,) or (n_samples, n_rows).
    """
    if n_samples == 1 and isinstance(prior, StandardNormalPrior) and isinstance(posterior, DiagonalNormal):
        return posterior.sample_with_kl(generator)
    draws = [posterior.rsample(generator) for _ in range(n_samples)]
    z = draws[0] if n_samples == 1 else torch.stack(draws)
    return z, kl_divergence(posterior, prior(encoder), z)
