"""Inner products of pairs: some pairs at once, or all of them in blocks that are never kept."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

__all__ = ["pair_products", "softplus_over_all_pairs"]

# One tile is 256 × 2048 numbers, 2 MB in float32: it and its twin stay in the second-level cache.
_TILE_ROWS = 256
_TILE_COLUMNS = 2048

# A product of 64 factors in [½, 1] is at least 2⁻⁶⁴, far from float32's smallest number, 2⁻¹²⁶.
_FACTORS_PER_LOG = 64


def pair_products(z: Tensor, pairs: Tensor) -> Tensor:
    """⟨z_i, z_j⟩ for each pair (i, j), with a backward pass that touches only those rows.

    Args:
        z: shape (n_nodes, n_latent).
        pairs: shape (n_pairs, 2), int64.

    Returns:
        shape (n_pairs,).
    """
    products: Tensor = _PairProducts.apply(z, pairs)
    return products


class _PairProducts(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, z: Tensor, pairs: Tensor) -> Tensor:
        first, second = pairs.unbind(1)
        left, right = z.index_select(0, first), z.index_select(0, second)
        ctx.save_for_backward(left, right, first, second)
        ctx.n_nodes = len(z)
        return torch.linalg.vecdot(left, right)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        left, right, first, second = ctx.saved_tensors
        total = left.new_zeros(ctx.n_nodes, left.shape[1])
        total.index_add_(0, first, right * gradient[:, None])
        total.index_add_(0, second, left * gradient[:, None])
        return total, None


def softplus_over_all_pairs(z: Tensor, offset: Tensor) -> Tensor:
    """Σ_{i<j} softplus(⟨z_i, z_j⟩ + offset), exact, in memory that does not grow with N².

    Minus this sum is the log-likelihood of a graph without edges; the N(N−1)/2 logits are made tile by
    tile and used at once for value and gradient, so the backward pass costs nothing. The sum over a tile
    is kept in float64. Instead of a logarithm a pair, softplus(l) = max(l, 0) − log σ(|l|) takes one
    logarithm for the product of 64 values σ(|l|).

    Args:
        z: shape (n_nodes, n_latent).
        offset: A scalar tensor.

    Returns:
        A scalar in nats, ≥ 0, dtype of `z`, differentiable once with respect to `z` and `offset`.
    """
    total: Tensor = _SoftplusOverAllPairs.apply(z, offset)
    return total


class _SoftplusOverAllPairs(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, z: Tensor, offset: Tensor) -> Tensor:
        total, z_gradient, offset_gradient = _tiled_softplus(z.detach(), offset.detach())
        ctx.save_for_backward(z_gradient, offset_gradient)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        z_gradient, offset_gradient = ctx.saved_tensors
        return gradient * z_gradient, gradient * offset_gradient


def _tiled_softplus(z: Tensor, offset: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The sum and its gradients; walks the tiles on and above the diagonal."""
    n_nodes = len(z)
    columns = z.T.contiguous()
    logits_buffer = z.new_empty(_TILE_ROWS * _TILE_COLUMNS)
    sigmoid_buffer = torch.empty_like(logits_buffer)
    z_gradient = torch.zeros_like(z)
    total = z.new_zeros((), dtype=torch.float64)
    offset_gradient = torch.zeros_like(total)
    for top in range(0, n_nodes, _TILE_ROWS):
        bottom = min(top + _TILE_ROWS, n_nodes)
        for left in range(top, n_nodes, _TILE_COLUMNS):
            right = min(left + _TILE_COLUMNS, n_nodes)
            shape = (bottom - top, right - left)
            logits = logits_buffer[: shape[0] * shape[1]].view(shape)
            sigmoid = sigmoid_buffer[: shape[0] * shape[1]].view(shape)
            torch.mm(z[top:bottom], columns[:, left:right], out=logits).add_(offset)
            torch.sigmoid(logits, out=sigmoid)
            if left == top:
                # Only pairs i < j count; a logit of 0 with a sigmoid of 0 adds nothing to any sum below.
                corner = torch.ones(shape, dtype=torch.bool, device=z.device).tril_()
                logits.masked_fill_(corner, 0)
                sigmoid.masked_fill_(corner, 0)
            total += _softplus_sum(logits, sigmoid)
            offset_gradient += sigmoid.sum(dtype=torch.float64)
            z_gradient[top:bottom].addmm_(sigmoid, z[left:right])
            z_gradient[left:right].addmm_(sigmoid.T, z[top:bottom])
    return total.to(z.dtype), z_gradient, offset_gradient.to(offset.dtype)


def _softplus_sum(logits: Tensor, sigmoid: Tensor) -> Tensor:
    """Σ softplus(logits) in float64; `logits` is used up. An entry of logit 0 and sigmoid 0 counts 0."""
    positive = logits.clamp_(min=0).sum(dtype=torch.float64)
    # σ(|l|) = ½ + |σ(l) − ½|
    confident = torch.sub(sigmoid, 0.5, out=logits).abs_().add_(0.5)
    whole = confident.shape[1] // _FACTORS_PER_LOG * _FACTORS_PER_LOG
    products = confident[:, :whole].reshape(len(confident), -1, _FACTORS_PER_LOG).prod(dim=2)
    logs = products.log_().sum(dtype=torch.float64) + confident[:, whole:].log().sum(dtype=torch.float64)
    return positive - logs
