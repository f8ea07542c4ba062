"""`SparseRows`: a frozen sparse matrix by rows with its transpose beside it, as plain tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from scipy import sparse as sp
from torch import Tensor

__all__ = ["SparseRows"]


@dataclass(frozen=True, eq=False, repr=False)
class SparseRows:
    """A sparse matrix in compressed rows that knows its transpose.

    The transpose is stored because every backward pass multiplies by it; for a symmetric matrix it is
    the matrix itself. Indices and offsets share one dtype, as `embedding_bag` wants them.

    Attributes:
        indptr: Row offsets, shape (n_rows + 1,), int64.
        indices: Column of each entry, shape (n_entries,), int64, ascending within a row.
        values: Each entry, shape (n_entries,).
        shape: (n_rows, n_columns).
        transposed: The same for the transpose; None when the matrix is symmetric.
    """

    indptr: Tensor
    indices: Tensor
    values: Tensor
    shape: tuple[int, int]
    transposed: SparseRows | None = None

    @classmethod
    def from_scipy(
        cls, matrix: Any, *, symmetric: bool = False, dtype: torch.dtype = torch.float32
    ) -> SparseRows:
        """Takes a scipy sparse matrix; `symmetric=True` promises M = Mᵀ and stores it once."""
        rows = sp.csr_array(matrix).copy()  # what follows works in place
        rows.sum_duplicates()
        transposed = None if symmetric else cls._half(sp.csr_array(rows.T), dtype)
        half = cls._half(rows, dtype)
        return replace(half, transposed=transposed)

    @classmethod
    def _half(cls, rows: sp.csr_array, dtype: torch.dtype) -> SparseRows:
        rows.sort_indices()
        return cls(
            indptr=torch.from_numpy(rows.indptr.astype(np.int64)),
            indices=torch.from_numpy(rows.indices.astype(np.int64)),
            values=torch.from_numpy(rows.data.astype(np.float64)).to(dtype),
            shape=(int(rows.shape[0]), int(rows.shape[1])),
        )

    @property
    def T(self) -> SparseRows:
        """The transpose, without work: its own transpose is this matrix."""
        if self.transposed is None:
            return self
        return replace(self.transposed, transposed=replace(self, transposed=None))

    @property
    def n_entries(self) -> int:
        """The number of stored entries."""
        return int(self.indices.numel())

    def to(self, device: torch.device | str, dtype: torch.dtype | None = None) -> SparseRows:
        """The same matrix on a device, optionally with values of another dtype."""
        return replace(
            self,
            indptr=self.indptr.to(device),
            indices=self.indices.to(device),
            values=self.values.to(device, dtype),
            transposed=None if self.transposed is None else self.transposed.to(device, dtype),
        )

    def to_dense(self) -> Tensor:
        """The dense matrix, shape `shape`; for tests and small graphs."""
        dense = torch.zeros(self.shape, dtype=self.values.dtype, device=self.values.device)
        rows = torch.repeat_interleave(torch.arange(self.shape[0], device=dense.device), self.indptr.diff())
        dense[rows, self.indices] = self.values
        return dense

    def __repr__(self) -> str:
        kind = "symmetric, " if self.transposed is None else ""
        size = f"{self.shape[0]} × {self.shape[1]}"
        return f"SparseRows({size}, {kind}{self.n_entries} entries, {self.values.dtype})"
