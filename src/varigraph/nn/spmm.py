"""The one hot kernel: a sparse matrix times a dense one, with its own backward pass."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from varigraph.sparse import SparseRows

__all__ = ["spmm"]


def spmm(matrix: SparseRows, dense: Tensor) -> Tensor:
    """Matrix @ dense, differentiable with respect to `dense`.

    `embedding_bag` in sum mode is torch's fastest sparse product on a CPU and gives the same bits at any
    thread count. The backward pass multiplies by the stored transpose; autograd through torch's own CSR
    tensors would build that transpose anew at every step.

    Args:
        matrix: Constant, shape (n_rows, n_columns).
        dense: shape (n_columns, width), dtype of `matrix.values`.

    Returns:
        shape (n_rows, width).

    Example:
        >>> from scipy import sparse as sp
        >>> matrix = SparseRows.from_scipy(sp.csr_array([[0.0, 2.0], [0.0, 0.0]]))
        >>> spmm(matrix, torch.ones(2, 1)).tolist()
        [[2.0], [0.0]]
    """
    if not dense.requires_grad:
        return _multiply(matrix, dense)
    result: Tensor = _SparseProduct.apply(matrix, dense)
    return result


def _multiply(matrix: SparseRows, dense: Tensor) -> Tensor:
    if not matrix.n_entries:  # embedding_bag refuses an empty table of indices on some devices
        return dense.new_zeros(matrix.shape[0], dense.shape[1])
    return F.embedding_bag(
        matrix.indices,
        dense,
        matrix.indptr,
        mode="sum",
        per_sample_weights=matrix.values,
        include_last_offset=True,
    )


class _SparseProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, matrix: SparseRows, dense: Tensor) -> Tensor:
        ctx.matrix = matrix
        return _multiply(matrix, dense)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor]:
        return None, _multiply(ctx.matrix.T, gradient.contiguous())
