"""Baselines of row models in closed form: principal components, independent columns, the mean row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from varigraph.rows.blocks import row_blocks
from varigraph.tensor_types import FloatArray

__all__ = ["WIDEST", "BernoulliColumns", "NormalColumns", "PrincipalComponents", "RowDensity"]

_LOWEST_SHARE = math.exp(-12)
"""Floor of a variance, as a share of the mean variance of the columns. A constant column, or no fewer
components than rows, would otherwise make a density infinite. It is what the decoders' learned σ is held to:
e⁻⁶ of a column of standard deviation 1."""

WIDEST = 2_048
"""Columns, and rows where there are more columns, up to which all eigenvectors are computed: seconds."""


class RowDensity(Protocol):
    """A density of rows that was fitted in closed form."""

    def log_likelihood(self, rows: FloatArray) -> FloatArray:
        """Log p(x) of each row in nats, shape (n_rows,), float64."""


@dataclass(frozen=True, eq=False)
class NormalColumns:
    """Independent normal columns, p(x) = Π_d N(x_d; m_d, v_d), with the means and variances of their rows.

    Attributes:
        mean: m, shape (n_features,), float64; for reconstructions it is the mean row.
        variance: v, the mean squared distance from m (n below the line), same shape. No column's is below
            e⁻¹² of their mean; of rows that are all equal the floor is e⁻¹² itself.

    Example:
        >>> fitted = NormalColumns.fit(np.array([[0.0, 5.0], [2.0, 5.0]]))
        >>> fitted.mean.tolist(), fitted.variance.round(6).tolist()
        ([1.0, 5.0], [1.0, 3e-06])
    """

    mean: FloatArray
    variance: FloatArray

    @classmethod
    def fit(cls, rows: FloatArray, *, scale: FloatArray | None = None) -> Self:
        """The maximum of the likelihood, but for the floor.

        Args:
            rows: shape (n_rows, n_features).
            scale: What columns are divided by before the floor is taken, shape (n_features,); 1 if not told.
                Give the model's, so that both are held to the same floor.
        """
        scale = np.ones(rows.shape[1]) if scale is None else scale
        mean = _column_means(rows)
        squares = sum(np.square(block).sum(axis=0) for block in _centred_blocks(rows, mean, scale))
        variance = np.asarray(squares) / len(rows)
        return cls(mean, np.maximum(variance, _floor(float(variance.mean()))) * scale**2)

    def log_likelihood(self, rows: FloatArray) -> FloatArray:
        """Log p(x) of each row in nats, shape (n_rows,), float64."""
        constant = np.log(2 * np.pi * self.variance).sum()
        blocks = _centred_blocks(rows, self.mean, np.sqrt(self.variance))
        return np.concatenate([-0.5 * (constant + np.square(block).sum(axis=1)) for block in blocks])


@dataclass(frozen=True, eq=False)
class BernoulliColumns:
    """Independent columns of zeros and ones, p(x) = Π_d p_d^x_d (1 − p_d)^(1 − x_d).

    Attributes:
        probability: p_d = (Σ x_d + ½)/(n + 1), shape (n_features,), float64: half a one and half a zero are
            added to what was seen, so that a column that never varied leaves the other value possible.

    References:
        Krichevsky & Trofimov (1981), *The performance of universal encoding* (the ½).

    Example:
        >>> BernoulliColumns.fit(np.array([[0.0, 1.0], [0.0, 0.0], [0.0, 1.0]])).probability.tolist()
        [0.125, 0.625]
    """

    probability: FloatArray

    @classmethod
    def fit(cls, rows: FloatArray) -> Self:
        """The smoothed shares of ones among rows of values in [0, 1], shape (n_rows, n_features)."""
        return cls((_column_means(rows) * len(rows) + 0.5) / (len(rows) + 1))

    def log_likelihood(self, rows: FloatArray) -> FloatArray:
        """Log p(x) of each row in nats, shape (n_rows,), float64; minus the cross-entropy of grey values."""
        log_odds = np.log(self.probability) - np.log1p(-self.probability)
        log_zero = np.log1p(-self.probability).sum()
        blocks = (rows[block].astype(np.float64) for block in row_blocks(rows))
        return np.concatenate([block @ log_odds + log_zero for block in blocks])


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """Principal components as a reconstruction (PCA) and as a density (probabilistic PCA).

    With y = (x − m)/s the density is p(x) = N(y; 0, W Wᵀ + σ² I)/Π s at its maximum: along the leading
    eigenvectors of the covariance of y it has their eigenvalues, and σ², the mean of the others, across.

    Attributes:
        mean: m, shape (n_features,), float64.
        scale: s, same shape.
        directions: The eigenvectors, shape (n_features, n_components), orthonormal.
        variances: Their eigenvalues, falling, shape (n_components,), none below σ².
        noise_variance: σ²: at least e⁻¹² of the mean variance of y's columns (e⁻¹² itself if all rows are
            equal), which only tells where no component is left out, or none of the rows' variance.
        n_fitted: Rows that were looked at: at most 2,048, evenly spaced, if rows are wider than that.

    References:
        Tipping & Bishop (1999), *Probabilistic principal component analysis*, equations 7 and 8.

    Example:
        >>> rows = np.array([[0.0, 0.0], [2.0, 2.0], [4.0, 4.0]])
        >>> PrincipalComponents.fit(rows, 1).reconstruct(np.array([[3.0, 1.0]])).round(6).tolist()
        [[2.0, 2.0]]
    """

    mean: FloatArray
    scale: FloatArray
    directions: FloatArray
    variances: FloatArray
    noise_variance: float
    n_fitted: int

    @classmethod
    def fit(cls, rows: FloatArray, n_components: int, *, scale: FloatArray | None = None) -> Self:
        """The maximum of the likelihood, but for the floor.

        Args:
            rows: shape (n_rows, n_features).
            n_components: How many; clipped to the columns, and to the rows less one.
            scale: s; 1 if not told.
        """
        n_features = rows.shape[1]
        scale = np.ones(n_features) if scale is None else scale
        if n_features > WIDEST and len(rows) > WIDEST:
            rows = rows[np.linspace(0, len(rows) - 1, WIDEST).astype(np.int64)]
        mean = _column_means(rows)
        is_tall = n_features <= min(len(rows), WIDEST)
        eigen = _eigen_of_columns if is_tall else _eigen_of_rows
        variances, directions = eigen(rows, mean, scale)
        n_kept = min(n_components, len(rows) - 1, len(variances))
        n_left = n_features - n_kept
        noise = float(variances[n_kept:].sum()) / n_left if n_left else 0.0
        noise = max(noise, _floor(float(variances.sum()) / n_features))
        kept = np.maximum(variances[:n_kept], noise)
        return cls(mean, scale, np.ascontiguousarray(directions[:, :n_kept]), kept, noise, len(rows))

    @property
    def n_components(self) -> int:
        """How many components there are."""
        return len(self.variances)

    def coordinates(self, rows: FloatArray) -> FloatArray:
        """Rows along the components, in scaled units, shape (n_rows, n_components), float64."""
        blocks = _centred_blocks(rows, self.mean, self.scale)
        return np.concatenate([block @ self.directions for block in blocks])

    def reconstruct(self, rows: FloatArray) -> FloatArray:
        """Rows projected on the components, in the units of the rows, shape (n_rows, n_features), float64."""
        return self.coordinates(rows) @ self.directions.T * self.scale + self.mean

    def log_likelihood(self, rows: FloatArray) -> FloatArray:
        """Log p(x) of each row under probabilistic PCA in nats, shape (n_rows,), float64."""
        n_features, n_kept = self.directions.shape
        log_determinant = np.log(self.variances).sum() + (n_features - n_kept) * math.log(self.noise_variance)
        constant = n_features * math.log(2 * math.pi) + log_determinant + 2 * np.log(self.scale).sum()
        blocks = _centred_blocks(rows, self.mean, self.scale)
        return np.concatenate([-0.5 * (constant + self._squared_distance(block)) for block in blocks])

    def _squared_distance(self, centred: FloatArray) -> FloatArray:
        """Mahalanobis distances, with the residual itself, as a difference of squares would lose digits."""
        coordinates = centred @ self.directions
        residual = centred - coordinates @ self.directions.T
        along = (np.square(coordinates) / self.variances).sum(axis=1)
        distance: FloatArray = along + np.square(residual).sum(axis=1) / self.noise_variance
        return distance


def _column_means(rows: FloatArray) -> FloatArray:
    total = sum(rows[block].sum(axis=0, dtype=np.float64) for block in row_blocks(rows))
    return np.asarray(total) / len(rows)


def _centred_blocks(rows: FloatArray, mean: FloatArray, scale: FloatArray) -> Iterator[FloatArray]:
    """(x − mean)/scale in float64, a block of rows at a time."""
    for block in row_blocks(rows):
        yield (rows[block] - mean) / scale


def _floor(mean_variance: float) -> float:
    return _LOWEST_SHARE * (mean_variance if mean_variance > 0 else 1.0)


def _eigen_of_columns(rows: FloatArray, mean: FloatArray, scale: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues of the covariance, falling, and eigenvectors in columns."""
    covariance = sum(block.T @ block for block in _centred_blocks(rows, mean, scale)) / len(rows)
    variances, directions = np.linalg.eigh(covariance)
    return np.maximum(variances[::-1], 0.0), directions[:, ::-1]


def _eigen_of_rows(rows: FloatArray, mean: FloatArray, scale: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The same from the products of rows with each other: those eigenvalues that are not 0."""
    centred = np.concatenate(list(_centred_blocks(rows, mean, scale)))
    variances, weights = np.linalg.eigh(centred @ centred.T / len(rows))
    variances, weights = variances[::-1], weights[:, ::-1]
    is_there = variances > len(rows) * np.finfo(np.float64).eps * max(float(variances[0]), 0.0)
    variances, weights = variances[is_there], weights[:, is_there]
    return variances, centred.T @ weights / np.sqrt(len(rows) * variances)
