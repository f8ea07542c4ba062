"""`RowPart`: some of the rows of one array, without a copy of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from varigraph.rows.blocks import row_blocks
from varigraph.tensor_types import FloatArray, IntArray

__all__ = ["RowPart"]


class RowPart:
    """Rows at ascending positions of an array, which may be a mapped file far larger than memory.

    Args:
        values: shape (n_rows, n_features).
        positions: Which of them, ascending; None for all.

    Example:
        >>> part = RowPart(np.arange(8.0).reshape(4, 2), np.array([1, 3]))
        >>> len(part), part[:1].tolist()
        (2, [[2.0, 3.0]])
    """

    def __init__(self, values: FloatArray, positions: IntArray | None = None) -> None:
        self.values = values
        self.positions = positions

    def __len__(self) -> int:
        return len(self.values) if self.positions is None else len(self.positions)

    def __getitem__(self, at: Any) -> FloatArray:
        """The rows at a slice of the part, or at positions in it: in memory, unless the part is the whole."""
        rows: FloatArray = self.values[at if self.positions is None else self.positions[at]]
        return rows

    @property
    def shape(self) -> tuple[int, int]:
        """Rows of the part, and columns."""
        return len(self), self.values.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the values."""
        return self.values.dtype

    def blocks(self) -> Iterator[FloatArray]:
        """All rows in turn, some megabytes at a time."""
        for at in row_blocks(self.values):
            if at.start >= len(self):
                return
            yield self[at]

    def split(self, order: IntArray, n_second: int) -> tuple[RowPart, RowPart]:
        """A part of all rows in two: what is left of an order of them, and its first `n_second`."""
        first, second = np.sort(order[n_second:]), np.sort(order[:n_second])
        return RowPart(self.values, first), RowPart(self.values, second)
