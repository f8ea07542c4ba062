"""Inner products of pairs: some pairs at once, or all of them in blocks that are never kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["pair_products", "softplus_over_all_pairs"]

# One tile is 256 × 768 numbers, ¾ MB in float32: of 256 to 512 rows and 256 to 2048 columns the fastest.
_TILE_ROWS = 256
_TILE_COLUMNS = 768

# Numbers of one end that are gathered at once, 1 MB in float32.
_GATHERED_NUMBERS = 2**18

# Folding a row in half this often multiplies 4 factors of at least ½, so that 1 − their product, which is
# what is kept, stays below 1 − 2⁻⁴ and its log1p exact to float32's last digits.
_FOLDS = 2


def pair_products(z: Tensor, pairs: Tensor) -> Tensor:
    """⟨z_i, z_j⟩ for each pair (i, j), with a backward pass that touches only those rows.

    Rows are gathered block by block into two small buffers, forward and again backward: holding all
    (n_pairs, n_latent) numbers of both ends takes five times as long on PubMed, for fresh memory alone.

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
        ctx.save_for_backward(z, pairs)
        products = z.new_empty(len(pairs))
        for block, _, _, left, right in _gathered(z, pairs):
            torch.sum(left.mul_(right), dim=1, out=products[block])
        return products

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        z, pairs = ctx.saved_tensors
        total = torch.zeros_like(z)
        for block, first, second, left, right in _gathered(z, pairs):
            weight = gradient[block, None]
            total.index_add_(0, first, right.mul_(weight))
            total.index_add_(0, second, left.mul_(weight))
        return total, None


def _gathered(z: Tensor, pairs: Tensor) -> Iterator[tuple[slice, Tensor, Tensor, Tensor, Tensor]]:
    """Blocks of pairs: their place, both positions, both rows in buffers that the caller may overwrite."""
    first, second = (end.contiguous() for end in pairs.unbind(1))
    n_rows = min(len(pairs), max(1, _GATHERED_NUMBERS // max(1, z.shape[1])))
    left_buffer, right_buffer = z.new_empty(2, n_rows, z.shape[1]).unbind(0)
    for start in range(0, len(pairs), max(1, n_rows)):
        block = slice(start, min(start + n_rows, len(pairs)))
        left, right = left_buffer[: block.stop - start], right_buffer[: block.stop - start]
        torch.index_select(z, 0, first[block], out=left)
        torch.index_select(z, 0, second[block], out=right)
        yield block, first[block], second[block], left, right


def softplus_over_all_pairs(z: Tensor, offset: Tensor, *, may_skip_value: bool = False) -> Tensor:
    """Σ_{i<j} softplus(⟨z_i, z_j⟩ + offset), exact, in memory that does not grow with N².

    Minus this sum is the log-likelihood of a graph without edges; the N(N−1)/2 logits are made tile by
    tile and used at once for value and gradient, so the backward pass costs nothing. Tiles are added up in
    float64. Instead of a logarithm a pair, softplus(l) = max(l, 0) − log(1 − σ(−|l|)) takes one
    log1p for four pairs, from the small numbers σ(−|l|) themselves: a sparse graph's pairs have softplus
    10⁻⁴ and less, which σ(|l|) ≈ 1 in float32 would round by parts in a thousand.

    The gradient needs no softplus. Without the value, which a step of gradient descent does not use either,
    it takes half of the time and has the same bits.

    Args:
        z: shape (n_nodes, n_latent).
        offset: A scalar tensor.
        may_skip_value: Give a NaN in place of the value, with the value's gradient.

    Returns:
        A scalar in nats, ≥ 0, dtype of `z`, differentiable once with respect to `z` and `offset`.
    """
    total: Tensor = _SoftplusOverAllPairs.apply(z, offset, may_skip_value)
    return total


class _SoftplusOverAllPairs(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, z: Tensor, offset: Tensor, may_skip_value: bool) -> Tensor:
        total, z_gradient, offset_gradient = _tiled_softplus(
            z.detach(), offset.detach(), may_skip_value=may_skip_value
        )
        ctx.save_for_backward(z_gradient, offset_gradient)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        z_gradient, offset_gradient = ctx.saved_tensors
        return gradient * z_gradient, gradient * offset_gradient, None


def _tiled_softplus(z: Tensor, offset: Tensor, *, may_skip_value: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The sum, or a NaN, and its gradients; walks the tiles on and above the diagonal."""
    columns = z.T.contiguous()
    logits_buffer = z.new_empty(_TILE_ROWS * _TILE_COLUMNS)
    sigmoid_buffer = logits_buffer if may_skip_value else torch.empty_like(logits_buffer)
    as_rows = torch.zeros_like(z)
    # The columns' gradient is kept transposed: a product with a tile's transpose takes twice as long.
    as_columns = torch.zeros_like(columns)
    total = z.new_full((), torch.nan if may_skip_value else 0.0, dtype=torch.float64)
    offset_gradient = z.new_zeros((), dtype=torch.float64)
    for rows, across in _tiles(len(z)):
        shape = (rows.stop - rows.start, across.stop - across.start)
        logits = logits_buffer[: shape[0] * shape[1]].view(shape)
        sigmoid = sigmoid_buffer[: shape[0] * shape[1]].view(shape)
        torch.mm(z[rows], columns[:, across], out=logits).add_(offset)
        torch.sigmoid(logits, out=sigmoid)
        if across.start == rows.start:
            # Only pairs i < j count; a logit of 0 with a sigmoid of 0 adds nothing to any sum below.
            sigmoid.triu_(1)
            logits.triu_(1)
        if not may_skip_value:
            total += _softplus_sum(logits, sigmoid)
        offset_gradient += sigmoid.sum()
        as_rows[rows].addmm_(sigmoid, z[across])
        as_columns[:, across].addmm_(columns[:, rows], sigmoid)
    return total.to(z.dtype), as_rows.add_(as_columns.T), offset_gradient.to(offset.dtype)


def _tiles(n_nodes: int) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the tiles that hold every pair i < j once."""
    for top in range(0, n_nodes, _TILE_ROWS):
        rows = slice(top, min(top + _TILE_ROWS, n_nodes))
        for left in range(top, n_nodes, _TILE_COLUMNS):
            yield rows, slice(left, min(left + _TILE_COLUMNS, n_nodes))


def _softplus_sum(logits: Tensor, sigmoid: Tensor) -> Tensor:
    """Σ softplus(logits); `logits` is used up. An entry of logit 0 and sigmoid 0 counts 0."""
    positive = logits.clamp_(min=0).sum()
    # t = σ(−|l|) = min(σ(l), 1 − σ(l))
    doubts = torch.sub(1, sigmoid, out=logits)
    torch.minimum(doubts, sigmoid, out=doubts)
    logs = torch.zeros_like(positive)
    for _ in range(_FOLDS):
        half = doubts.shape[1] // 2
        logs += torch.log1p(-doubts[:, 2 * half :]).sum()  # an odd column is left over
        doubts = _either(doubts[:, :half], doubts[:, half : 2 * half])
    logs += doubts.neg_().log1p_().sum()
    return positive - logs


def _either(t: Tensor, s: Tensor) -> Tensor:
    """1 − (1 − t)(1 − s), without rounding small t and s away."""
    return torch.addcmul(t + s, t, s, value=-1)
