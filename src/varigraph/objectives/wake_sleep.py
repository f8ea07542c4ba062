"""`WakeSleep`: the algorithm that AEVB is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.func import functional_call

from varigraph.distributions import kl_divergence
from varigraph.errors import DivergenceError
from varigraph.objectives.base import ObjectiveTerms
from varigraph.objectives.row_objective import RowObjective, RowParts, RowStep

__all__ = ["WakeSleep"]


@dataclass(frozen=True, kw_only=True)
class WakeSleep(RowObjective):
    """−log p(x, z) at z ~ q(z | x) for the decoder, −log q(z' | x') at (x', z') ~ p for the encoder.

    Awake, the decoder and the prior learn to explain the row from what the encoder makes of it; asleep, the
    encoder learns to find the latent vector of a dream. No gradient passes through a draw, and the two
    losses share no weight, so their sum is one step of both. It is no objective that anything minimises as a
    whole: the sleep phase takes KL(p(z | x) ‖ q), in the other direction than the bound, over dreams.

    `elbo` is the bound at the draws of the wake phase, and is what the two algorithms are compared by.

    References:
        Hinton, Dayan, Frey & Neal (1995), *The wake-sleep algorithm for unsupervised neural networks*;
        Kingma & Welling (2014), section 5 and figure 2.
    """

    needs_density: ClassVar[bool] = True

    def terms(self, parts: RowParts, rows: Tensor, step: RowStep) -> ObjectiveTerms:
        """Means over rows of the batch and as many dreams."""
        targets = parts.decoder.likelihood.targets(rows, generator=step.generator)
        with torch.no_grad():
            posterior = parts.encoder(targets)
            z = posterior.sample(step.generator)
        likelihood = parts.decoder(z).log_prob(targets).mean()
        prior = parts.prior(_fixed(parts.encoder))
        wake = -(likelihood + prior.log_prob(z).mean())
        sleep = self._sleep(parts, len(rows), step)
        reconstruction = -likelihood.detach()
        with torch.no_grad():
            kl = kl_divergence(posterior, prior, z).mean()
        return ObjectiveTerms(wake + sleep, reconstruction, kl, elbo=-(reconstruction + kl))

    def _sleep(self, parts: RowParts, n_rows: int, step: RowStep) -> Tensor:
        """−log q(z' | x') of dreams, which are drawn without a gradient."""
        with torch.no_grad():
            z = parts.prior.draw(n_rows, encoder=parts.encoder, generator=step.generator)
            likelihood = parts.decoder(z)
            if not likelihood.mean.isfinite().all():  # of which no dream can be drawn
                raise DivergenceError("The decoder's means are no longer finite; lower learning_rate.")
            dreams = likelihood.sample(step.generator)
        sleep: Tensor = -parts.encoder(dreams).log_prob(z).mean()
        return sleep


def _fixed(encoder: nn.Module) -> Callable[..., Any]:
    """The encoder as a function of its inputs alone: gradients pass through it and stop at its weights.

    A prior made of encoded pseudo-inputs learns them awake, when the encoder does not.
    """
    weights = {name: weight.detach() for name, weight in encoder.named_parameters()}
    return lambda *inputs: functional_call(encoder, weights, inputs)
