"""Figures of densities and reconstructions: means with standard errors, PSNR, active units."""

from __future__ import annotations

import math

import numpy as np
from torch import Tensor

from varigraph.tensor_types import FloatArray

__all__ = ["active_units", "kl_per_dimension", "mean_and_standard_error", "psnr"]


def mean_and_standard_error(values: FloatArray) -> tuple[float, float]:
    """The mean of values, shape (n,), and its standard error; NaN of a single value.

    Example:
        >>> mean_and_standard_error(np.array([1.0, 3.0]))
        (2.0, 1.0)
    """
    n = len(values)
    error = float(np.std(values, ddof=1, dtype=np.float64) / math.sqrt(n)) if n > 1 else math.nan
    return float(np.mean(values, dtype=np.float64)), error


def psnr(rows: FloatArray, reconstructions: FloatArray, *, peak: float = 1.0) -> float:
    """Peak signal-to-noise ratio of the mean squared error over all entries, in dB: 10 log₁₀(peak²/MSE).

    Infinite for equal rows. Of the mean error, not the mean of the rows' own ratios, which is never lower
    and which one perfect row makes infinite.

    Args:
        rows: shape (n_rows, n_features).
        reconstructions: Same shape, or (n_features,) for one that stands for all rows.
        peak: The largest value that a row can hold, 255 for bytes.

    Example:
        >>> psnr(np.zeros((1, 4)), np.full((1, 4), 0.1))
        20.0
    """
    error = float(np.square(np.asarray(rows, np.float64) - reconstructions).mean())
    return math.inf if error == 0 else 10 * math.log10(peak**2 / error)


def active_units(means: Tensor, *, threshold: float = 0.01) -> Tensor:
    """Which latent dimensions vary from row to row: variance of the posterior means above `threshold`.

    Args:
        means: Posterior means, shape (n_rows, n_latent).
        threshold: In units of the prior's variance.

    Returns:
        shape (n_latent,), boolean; all false of a single row.

    References:
        Burda, Grosse & Salakhutdinov (2016), section 5.2.
    """
    return means.var(dim=0, correction=0) > threshold


def kl_per_dimension(means: Tensor, log_stds: Tensor) -> Tensor:
    """KL(q(z_d | x) ‖ N(0, 1)) of each dimension, the mean over rows, in nats, shape (n_latent,).

    Args:
        means: shape (n_rows, n_latent).
        log_stds: log σ, same shape.
    """
    return (0.5 * (means.square() + (2 * log_stds).expm1()) - log_stds).mean(dim=0)
