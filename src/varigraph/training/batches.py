"""Mini-batches of rows: slices of one tensor in memory or in a mapped file, never one row at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

__all__ = ["RowBatches"]


class RowBatches:
    """Batches of the rows of one tensor, in another order every epoch.

    A batch is one gather of rows into a buffer that the next batch uses again: nothing is collated, and of a
    mapped file only the pages of the rows are read. A step must be done with a batch before it asks for the
    next.

    Args:
        rows: shape (n_rows, n_features), on any device, read-only or mapped.
        batch_size: Rows a batch; the last one of an epoch may have fewer.
        positions: Which of the rows there are batches of, shape (n_chosen,), int64; None for all.
        device: Where batches go.
        dtype: Of the batches.

    Example:
        >>> batches = RowBatches(torch.arange(5.0)[:, None], 2)
        >>> [len(batch) for batch in batches.shuffled(torch.Generator())]
        [2, 2, 1]
    """

    def __init__(
        self,
        rows: Tensor,
        batch_size: int,
        *,
        positions: Tensor | None = None,
        device: torch.device | str = "cpu",
        dtype: torch.dtype | None = None,
    ) -> None:
        self.rows = rows
        self.positions = positions
        self.n_rows = len(rows) if positions is None else len(positions)
        self.batch_size = min(batch_size, max(self.n_rows, 1))
        self.device = torch.device(device)
        self.dtype = rows.dtype if dtype is None else dtype
        self._buffer = rows.new_empty((self.batch_size, *rows.shape[1:]))

    def __len__(self) -> int:
        return math.ceil(self.n_rows / self.batch_size)

    def shuffled(self, generator: torch.Generator) -> Iterator[Tensor]:
        """Every row once, in an order that the generator decides."""
        order = torch.randperm(self.n_rows, generator=generator, device=generator.device)
        order = order.to(self.rows.device)
        yield from self._gathered(order if self.positions is None else self.positions[order])

    def in_order(self) -> Iterator[Tensor]:
        """Every row once, as they stand."""
        if self.positions is not None:
            yield from self._gathered(self.positions)
            return
        for batch in self.rows.split(self.batch_size):
            yield batch.to(self.device, self.dtype)

    def _gathered(self, order: Tensor) -> Iterator[Tensor]:
        for chosen in order.split(self.batch_size):
            buffer = self._buffer[: len(chosen)]
            torch.index_select(self.rows, 0, chosen, out=buffer)
            yield buffer.to(self.device, self.dtype)
