"""Densities of rows under a fitted VAE: the bound, and importance-sampled log-likelihoods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from varigraph.distributions import DiagonalNormal, kl_divergence
from varigraph.distributions.importance import LogMeanExp, log_importance_weights
from varigraph.models.rows.network import RowNetwork
from varigraph.tensor_types import FloatArray

__all__ = [
    "LogLikelihood",
    "elbo_of_rows",
    "independent_draws",
    "keyed_draws",
    "log_likelihood_of_rows",
    "row_keys",
]

_N_NOISES = 1_024
_NUMBERS_AT_ONCE = 1_500_000  # decoded values held at a time: 6 MB in float32, near the cache


@dataclass(frozen=True, eq=False)
class LogLikelihood:
    """Importance-sampled log-likelihoods, in nats.

    Attributes:
        values: One a row, shape (n_rows,): each a stochastic lower bound that rises to log p(x) with the
            number of draws.
        standard_errors: Of each row's value, from the spread of its weights, same shape.
        mean: Over the rows.
        standard_error: Of `mean`, as the mean over a larger population of rows: the spread of `values` over
            rows by the square root of their number.
    """

    values: FloatArray
    standard_errors: FloatArray

    @property
    def mean(self) -> float:
        """The mean over rows."""
        return float(self.values.mean())

    @property
    def standard_error(self) -> float:
        """Of the mean; NaN of a single row."""
        n_rows = len(self.values)
        return float(self.values.std(ddof=1) / np.sqrt(n_rows)) if n_rows > 1 else float("nan")


def elbo_of_rows(network: RowNetwork, rows: Tensor, *, n_samples: int, generator: torch.Generator) -> Tensor:
    """The evidence lower bound of each row in nats, in the density of unscaled rows, shape (n_rows,).

    Args:
        network: Fitted, in eval mode.
        rows: Not scaled, shape (n_rows, n_features).
        n_samples: Draws a row.
        generator: For the draws; see `keyed_draws`.
    """
    posterior, targets = _encoded(network, rows)
    total = torch.zeros(len(rows), dtype=torch.float64)
    for z in keyed_draws(posterior, n_samples, targets, generator):
        log_likelihood = network.decoder(z).log_prob(targets)
        kl = kl_divergence(posterior, network.prior(network.encoder), z)
        total += (log_likelihood - kl).double().sum(dim=0)
    return total / n_samples - network.log_scale


def log_likelihood_of_rows(
    network: RowNetwork,
    rows: Tensor,
    *,
    n_samples: int,
    generator: torch.Generator,
    draws: Callable[..., Iterator[Tensor]] | None = None,
) -> tuple[Tensor, Tensor]:
    """Log (1/S) Σ_s p(x | z_s) p(z_s)/q(z_s | x), z_s ~ q(z | x), of each row, and its standard error.

    Args:
        network: Fitted, in eval mode.
        rows: Not scaled, shape (n_rows, n_features).
        n_samples: S.
        generator: For the draws.
        draws: How z is drawn: `keyed_draws` (the default) lets a row's values decide its noise,
            `independent_draws` draws anew for each.

    Returns:
        Two tensors of shape (n_rows,), float64, in nats.

    References:
        Burda, Grosse & Salakhutdinov (2016), section 5 (5,000 draws); Kingma & Welling (2014), appendix D,
        estimates the same quantity otherwise.
    """
    posterior, targets = _encoded(network, rows)
    prior = network.prior(network.encoder)
    sums = LogMeanExp()
    for z in (draws or keyed_draws)(posterior, n_samples, targets, generator):
        log_likelihood = network.decoder(z).log_prob(targets)
        sums.add(log_importance_weights(log_likelihood, posterior, prior, z))
    values, errors = sums.estimate()
    return values - network.log_scale, errors


def _encoded(network: RowNetwork, rows: Tensor) -> tuple[DiagonalNormal, Tensor]:
    targets = network.scaled(rows)
    posterior = network.encoder(targets)
    assert isinstance(posterior, DiagonalNormal)
    return posterior, targets


def keyed_draws(
    posterior: DiagonalNormal, n_samples: int, rows: Tensor, generator: torch.Generator
) -> Iterator[Tensor]:
    """Blocks of draws (block, n_rows, n_latent), the noise of a row being decided by its values.

    So a row has the same draws whichever rows come with it and in whatever order, and yet the error of a mean
    over rows averages out: there are `_N_NOISES` noises, and rows of different values share one by chance.
    """
    n_latent = posterior.mean.shape[1]
    keys = row_keys(rows)
    step = _samples_at_once(rows.numel())
    for start in range(0, n_samples, step):
        blocks = []
        for _ in range(min(step, n_samples - start)):
            # One sample at a time: torch draws other numbers when it is asked for several at once, and how
            # many go at once depends on how many rows there are.
            noises = torch.randn(_N_NOISES, n_latent, generator=generator, dtype=posterior.mean.dtype)
            blocks.append(noises[keys])
        yield posterior.mean + posterior.std * torch.stack(blocks)


def row_keys(rows: Tensor) -> Tensor:
    """A number in 0 … `_N_NOISES` − 1 a row that its scaled values decide, shape (n_rows,), int64.

    Values count in steps of 1/1024, so that another unit, which rounds otherwise, is the same row.
    """
    whole = (rows.double() * 1_024).round().long()
    # Whole numbers wrap round, so the sum is exact in any order. What remains of a hash by random factors is
    # even in its upper bits.
    factors = torch.randint(2**62, (rows.shape[1],), generator=torch.Generator().manual_seed(0)) | 1
    return ((whole * factors).sum(dim=1) >> 40) % _N_NOISES


def independent_draws(
    posterior: DiagonalNormal, n_samples: int, rows: Tensor, generator: torch.Generator
) -> Iterator[Tensor]:
    """Blocks of draws (block, n_rows, n_latent), every row with noise of its own."""
    n_rows, n_latent = posterior.mean.shape
    step = _samples_at_once(rows.numel())
    for start in range(0, n_samples, step):
        size = min(step, n_samples - start)
        noise = torch.randn(size, n_rows, n_latent, generator=generator, dtype=posterior.mean.dtype)
        yield posterior.mean + posterior.std * noise


def _samples_at_once(numbers_a_sample: int) -> int:
    return max(1, _NUMBERS_AT_ONCE // max(numbers_a_sample, 1))
