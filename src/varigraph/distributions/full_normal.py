"""KL divergence between normals with full covariance matrices."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["normal_kl"]


def normal_kl(mean_p: Tensor, covariance_p: Tensor, mean_q: Tensor, covariance_q: Tensor) -> Tensor:
    """KL(N(μ_p, Σ_p) ‖ N(μ_q, Σ_q)) in nats, ≥ 0.

    ½ [tr(Σ_q⁻¹ Σ_p) + (μ_q − μ_p)ᵀ Σ_q⁻¹ (μ_q − μ_p) − d + log(det Σ_q / det Σ_p)], by Cholesky factors
    Σ = L Lᵀ: the trace is ‖L_q⁻¹ L_p‖², the quadratic form ‖L_q⁻¹ (μ_q − μ_p)‖², and log det Σ is twice the
    sum of log L_ii. No matrix is inverted.

    Args:
        mean_p: shape (…, d).
        covariance_p: Symmetric and positive definite, shape (…, d, d).
        mean_q: shape (…, d); leading dimensions broadcast with those of p.
        covariance_q: As `covariance_p`, shape (…, d, d).

    Returns:
        shape (…,), differentiable with respect to all four.

    Raises:
        ValueError: Shapes do not fit, or a covariance is not symmetric or not positive definite.

    References:
        Kullback (1959), *Information theory and statistics*, chapter 9.

    Example:
        >>> zero, one = torch.zeros(2), torch.eye(2)
        >>> normal_kl(zero, one, zero + 1, one).item()
        1.0
    """
    d = mean_p.shape[-1]
    factor_p = _cholesky(covariance_p, "covariance_p", d=d)
    factor_q = _cholesky(covariance_q, "covariance_q", d=d)
    if mean_q.shape[-1:] != (d,):
        raise ValueError(f"mean_q must have {d} dimensions as mean_p has, got shape {tuple(mean_q.shape)}.")
    whitened = _solve(factor_q, factor_p).square().sum(dim=(-2, -1))
    distance = _solve(factor_q, (mean_q - mean_p).unsqueeze(-1)).square().sum(dim=(-2, -1))
    return 0.5 * (whitened + distance - d) + _half_log_det(factor_q) - _half_log_det(factor_p)


def _cholesky(covariance: Tensor, name: str, *, d: int) -> Tensor:
    if covariance.shape[-2:] != (d, d):
        raise ValueError(
            f"{name} must be of shape (…, {d}, {d}) for means of {d} dimensions, got "
            f"{tuple(covariance.shape)}."
        )
    # The factorisation reads the lower triangle alone and would not notice. NaN passes on to its check.
    if (covariance - covariance.mT).abs().max() > _tolerance(covariance):
        raise ValueError(f"{name} must be symmetric.")
    factor: Tensor
    factor, info = torch.linalg.cholesky_ex(covariance)
    if info.any() or not factor.isfinite().all():
        raise ValueError(
            f"{name} must be positive definite, and it is not: a variable may be constant or a combination "
            "of others. Add a small multiple of the identity, or leave that variable out."
        )
    return factor


def _tolerance(covariance: Tensor) -> Tensor:
    """How far rounding may make two halves of a covariance differ: sums of products lose a few digits."""
    largest: Tensor = covariance.abs().max()
    return largest * (100 * torch.finfo(covariance.dtype).eps)


def _solve(factor: Tensor, right: Tensor) -> Tensor:
    """L⁻¹ R for a lower triangular L."""
    solution: Tensor = torch.linalg.solve_triangular(factor, right, upper=False)
    return solution


def _half_log_det(factor: Tensor) -> Tensor:
    """½ log det(L Lᵀ), shape (…,)."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(dim=-1)
