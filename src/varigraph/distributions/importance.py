"""Importance sampling: log-likelihoods from draws of the posterior, whole or block by block."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from varigraph.distributions.base import Distribution

__all__ = ["LogMeanExp", "importance_estimate", "log_importance_weights", "log_mean_exp"]


def log_importance_weights(
    log_likelihood: Tensor, posterior: Distribution, prior: Distribution, z: Tensor
) -> Tensor:
    """Log w = log p(x | z) + log p(z) − log q(z | x) in nats, shape (n_samples, n_rows).

    With z drawn from q, the mean of w over draws estimates p(x) without bias; the mean of log w is the
    evidence lower bound, and `log_mean_exp` of log w lies between the bound and log p(x) on average.

    Args:
        log_likelihood: log p(x | z), shape (n_samples, n_rows).
        posterior: q(z | x), one a row.
        prior: p(z), shared by all rows.
        z: Draws of q, shape (n_samples, n_rows, n_latent).

    References:
        Burda, Grosse & Salakhutdinov (2016), *Importance weighted autoencoders*, equation 8.
    """
    return log_likelihood + prior.log_prob(z) - posterior.log_prob(z)


def log_mean_exp(log_weights: Tensor, dim: int = 0) -> Tensor:
    """Log (1/S) Σ_s exp(log w_s) over one dimension of S entries, without overflow, with a gradient.

    Example:
        >>> log_mean_exp(torch.tensor([1000.0, 1000.0])).item()
        1000.0
    """
    return torch.logsumexp(log_weights, dim=dim) - math.log(log_weights.shape[dim])


def importance_estimate(log_weights: Tensor) -> tuple[Tensor, Tensor]:
    """The estimate of log p(x) from all draws at once, and its standard error: see `LogMeanExp.estimate`.

    Args:
        log_weights: shape (n_samples, n_rows), of `log_importance_weights`.
    """
    draws = LogMeanExp()
    draws.add(log_weights)
    return draws.estimate()


class LogMeanExp:
    """log (1/S) Σ_s w_s of draws that come in blocks, so that memory holds one block and no gradient.

    Sums are kept in float64, relative to the largest weight so far.

    Example:
        >>> draws = LogMeanExp()
        >>> for block in torch.zeros(6, 2).split(4):
        ...     draws.add(block)
        >>> [part.tolist() for part in draws.estimate()]
        [[0.0, 0.0], [0.0, 0.0]]
    """

    def __init__(self) -> None:
        self.n_samples = 0
        self._shift = self._sum = self._sum_of_squares = torch.zeros((), dtype=torch.float64)

    def add(self, log_weights: Tensor) -> None:
        """Takes a block of draws, shape (n_block, n_rows), in nats; one without draws changes nothing."""
        if not len(log_weights):
            return
        block = log_weights.detach().double()
        shift = block.amax(dim=0)
        if self.n_samples:
            shift = torch.maximum(shift, self._shift)
        # Where every weight so far is 0 there is no largest one to divide by.
        shift = torch.where(shift.isfinite(), shift, torch.zeros_like(shift))
        weights = (block - shift).exp_()
        self._add_sums(weights.sum(dim=0), weights.square_().sum(dim=0), shift)
        self.n_samples += len(block)

    def _add_sums(self, first: Tensor, second: Tensor, shift: Tensor) -> None:
        if self.n_samples:
            rescale = (self._shift - shift).exp()
            first = first + self._sum * rescale
            second = second + self._sum_of_squares * rescale.square()
        self._shift, self._sum, self._sum_of_squares = shift, first, second

    def estimate(self) -> tuple[Tensor, Tensor]:
        """The estimate of log p(x) and its standard error, both float64, in nats, shape (n_rows,).

        The standard error is that of the mean weight, divided by the mean weight (the delta method): sd(w) /
        (√S · mean(w)), NaN for one draw. It falls as S^−½. The estimate itself is low on average, by about
        half the square of its standard error (Jensen's inequality).

        Raises:
            ValueError: No draw was added.
        """
        if not self.n_samples:
            raise ValueError("There are no draws to estimate a log-likelihood from: add a block first.")
        n = self.n_samples
        log_mean = self._shift + (self._sum / n).log()
        if n == 1:
            return log_mean, torch.full_like(log_mean, math.nan)
        variance = (self._sum_of_squares - self._sum.square() / n).clamp(min=0) / (n - 1)
        return log_mean, (variance * n).sqrt() / self._sum
