"""The two terms of a variational bound, row by row, as a fitted network has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from varigraph.distributions import (
    DiagonalNormal,
    Distribution,
    Posterior,
    Prior,
    StandardNormalPrior,
    kl_divergence,
)
from varigraph.tensor_types import FloatArray

__all__ = ["VariationalNetwork", "bound_terms", "in_prior_units", "likelihood_at_zero"]

_PRIOR_DRAWS = 4_096
_NUMBERS_AT_ONCE = 1_500_000  # decoded values held at a time: 6 MB in float32, near the cache


class VariationalNetwork(Protocol):
    """What is asked of a row model's `module_`; its docstring says what each member is."""

    encoder: Any
    decoder: Any
    prior: Prior

    @property
    def log_scale(self) -> float:
        """Σ log of what columns are divided by."""

    def scaled(self, rows: Tensor) -> Tensor:
        """The user's rows as the encoder takes them."""

    def parameters(self) -> Iterator[Any]:
        """The weights, whose dtype is what is computed in."""


def likelihood_at_zero(network: VariationalNetwork, n_latent: int) -> Distribution:
    """P(x | z = 0): shows which family of distributions the decoder gives."""
    dtype = next(network.parameters()).dtype
    with torch.no_grad():
        likelihood: Distribution = network.decoder(torch.zeros(1, n_latent, dtype=dtype))
    return likelihood


def in_prior_units(network: VariationalNetwork, posterior: DiagonalNormal) -> DiagonalNormal:
    """A posterior less the prior's mean, in units of the prior's deviation of each dimension.

    So what is said of dimensions under N(0, I), such as which are active, holds under a prior that has
    learned a scale of its own. The moments of such a prior are those of draws of it.
    """
    if isinstance(network.prior, StandardNormalPrior):
        return posterior
    with torch.no_grad():
        generator = torch.Generator().manual_seed(0)
        draws = network.prior.draw(_PRIOR_DRAWS, encoder=network.encoder, generator=generator)
    mean, std = draws.mean(dim=0), draws.std(dim=0)
    return DiagonalNormal((posterior.mean - mean) / std, posterior.log_std - std.log())


def bound_terms(
    network: VariationalNetwork, rows: FloatArray, *, n_samples: int, generator: torch.Generator
) -> tuple[FloatArray, FloatArray]:
    """E_q log p(x | z) and KL(q(z | x) ‖ p(z)) of each row: the bound is their difference.

    Every row has draws of its own, so that the spread over rows holds the noise of the draws as well. Where
    the divergence has a closed form it takes no draws.

    Args:
        network: Fitted, on the CPU, in eval mode.
        rows: In the user's units, shape (n_rows, n_features).
        n_samples: Draws of q a row.
        generator: For the draws.

    Returns:
        Two arrays of shape (n_rows,), float64, in nats; the first is of the density of the user's rows.
    """
    dtype = next(network.parameters()).dtype
    explained, divergence = np.zeros(len(rows)), np.zeros(len(rows))
    step = max(1, _NUMBERS_AT_ONCE // rows.shape[1])
    with torch.no_grad():
        prior = network.prior(network.encoder)
        for start in range(0, len(rows), step):
            block = slice(start, start + step)
            targets = network.scaled(torch.from_numpy(np.ascontiguousarray(rows[block])).to(dtype))
            posterior: Posterior = network.encoder(targets)
            for _ in range(n_samples):
                z = posterior.rsample(generator)
                explained[block] += network.decoder(z).log_prob(targets).double().numpy()
                divergence[block] += kl_divergence(posterior, prior, z).double().numpy()
    return explained / n_samples - network.log_scale, divergence / n_samples
