"""Rows in blocks, so that a memory map larger than the memory can be walked through."""

from __future__ import annotations

from collections.abc import Iterator

from varigraph.tensor_types import FloatArray

__all__ = ["row_blocks"]

_BLOCK_BYTES = 8 << 20  # a few blocks stay in a processor's last cache


def row_blocks(values: FloatArray, *, n_bytes: int = _BLOCK_BYTES) -> Iterator[slice]:
    """Slices that together are all rows in order, each of about `n_bytes` and of one row at least.

    Example:
        >>> import numpy as np
        >>> list(row_blocks(np.zeros((5, 2)), n_bytes=32))
        [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    n_rows, n_features = values.shape
    step = max(1, n_bytes // max(1, n_features * values.itemsize))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))
