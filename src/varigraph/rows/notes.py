"""Notes on rows: what is odd about them and what that means for a model, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from varigraph.rows.blocks import row_blocks
from varigraph.rows.rows import Rows
from varigraph.tensor_types import FloatArray, IntArray

__all__ = ["FEW_ROWS", "row_notes"]

FEW_ROWS = 100
"""Of fewer rows a network learns little but the rows themselves, and a tenth of them are fewer than ten."""

_UNSCALED = 1000.0  # times that one column spans what another does
_LARGEST_PIXEL, _FEWEST_PIXELS, _BRIGHT = 255, 16, 64
_MOST_HASHED = 200_000  # rows among which repeats are looked for; beyond it takes longer than it tells


def row_notes(rows: Rows) -> list[str]:
    """What a user should know about rows before trusting a model of them; nothing of it is an error.

    Args:
        rows: Any rows; a memory map is read once.

    Returns:
        What was done on the way here, then sentences with counts: on few rows, constant columns, rows that
        stand there more than once, columns on different scales, values that look like pixels of 0 … 255.
        Empty when there is nothing to say.

    Example:
        >>> for note in row_notes(Rows(np.ones((3, 2)), np.arange(3))):
        ...     print(note.partition(":")[0])
        Only 3 rows
        2 of 2 columns are constant ('0', '1')
        2 of 3 rows repeat an earlier one
    """
    found = _Extremes.of(rows.values)
    return [*rows.notes, *_size_notes(rows), *_column_notes(rows, found), *_repeat_notes(rows)]


class _Extremes:
    """Smallest and largest value of each column, and whether every value is whole."""

    def __init__(self, low: FloatArray, high: FloatArray, *, is_whole: bool) -> None:
        self.low, self.high, self.is_whole = low, high, is_whole

    @classmethod
    def of(cls, values: FloatArray) -> _Extremes:
        low, high = np.full(values.shape[1], np.inf), np.full(values.shape[1], -np.inf)
        is_whole = True
        for at in row_blocks(values):
            block = values[at]
            np.minimum(low, block.min(axis=0), out=low)
            np.maximum(high, block.max(axis=0), out=high)
            is_whole = is_whole and bool((block == np.floor(block)).all())
        return cls(low, high, is_whole=is_whole)


def _size_notes(rows: Rows) -> Iterator[str]:
    if rows.n_rows < FEW_ROWS:
        yield (
            f"Only {rows.n_rows:,} row{'' if rows.n_rows == 1 else 's'}: a model can learn them by heart, "
            "and scores owe much to chance."
        )


def _column_notes(rows: Rows, found: _Extremes) -> Iterator[str]:
    if not rows.n_rows:
        return
    constant = np.flatnonzero(found.low == found.high)
    # The rim of most images is black throughout, which says nothing about them.
    if constant.size and rows.image_shape is None:
        is_one = constant.size == 1
        yield (
            f"{constant.size:,} of {rows.n_features:,} columns {'is' if is_one else 'are'} constant "
            f"({_names(rows, constant)}): {'it tells' if is_one else 'they tell'} no row from another, and "
            f"{'lifts' if is_one else 'lift'} a density whose variance is learned; leave "
            f"{'it' if is_one else 'them'} out."
        )
    low, high = found.low.min(), found.high.max()
    is_many = rows.n_features >= _FEWEST_PIXELS
    if found.is_whole and is_many and low >= 0 and _BRIGHT < high <= _LARGEST_PIXEL:
        yield (
            f"All values are whole numbers from {low:.0f} to {high:.0f}, as the pixels of images are: divide "
            f"them by {_LARGEST_PIXEL}, so that they lie in [0, 1], as a Bernoulli likelihood needs."
        )
    elif rows.image_shape is None:
        yield from _scale_notes(rows, found.high - found.low)


def _scale_notes(rows: Rows, spans: FloatArray) -> Iterator[str]:
    varying = np.flatnonzero(spans > 0)
    if not varying.size:
        return
    least, most = (int(varying[pick(spans[varying])]) for pick in (np.argmin, np.argmax))
    if spans[most] > _UNSCALED * spans[least]:
        yield (
            f"The columns are on very different scales: {_name(rows, most)!r} spans {spans[most]:.3g} and "
            f"{_name(rows, least)!r} {spans[least]:.3g}. A Gaussian likelihood brings them to one scale by "
            "itself; a model without scaling would see little but the wide ones."
        )


def _repeat_notes(rows: Rows) -> Iterator[str]:
    if rows.n_rows > _MOST_HASHED or rows.is_mapped:
        return
    seen = {hash(np.ascontiguousarray(row).tobytes()) for row in rows.values}
    n_repeats = rows.n_rows - len(seen)
    if n_repeats:
        yield (
            f"{n_repeats:,} of {rows.n_rows:,} rows {'repeats' if n_repeats == 1 else 'repeat'} an earlier "
            "one: a random split puts copies of one row into several parts."
        )


def _names(rows: Rows, at: IntArray) -> str:
    shown = ", ".join(repr(_name(rows, int(one))) for one in at[:3])
    return shown + (", …" if len(at) > 3 else "")


def _name(rows: Rows, position: int) -> str:
    return str(position) if rows.feature_names is None else rows.feature_names[position]
