"""Intensities in [0, 1] made 0 or 1, by a threshold or by one draw of a seed."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from varigraph.errors import DataError
from varigraph.rows.blocks import row_blocks
from varigraph.rows.rows import Rows
from varigraph.seeding import numpy_generator
from varigraph.tensor_types import FloatArray

__all__ = ["Binarisation", "binarised"]

Binarisation: TypeAlias = Literal["none", "threshold", "sampled"]
"""How intensities become 0 or 1: not at all, above a half, or drawn once with the intensity as "
"probability."""

_THRESHOLD = 0.5
_STREAM = 0x62696E  # keeps these draws apart from every other use of the same seed


def binarised(rows: Rows, how: Binarisation, *, seed: int = 0) -> Rows:
    """The same rows with values 0 and 1 alone, float32.

    | how | a value v becomes 1 |
    |---|---|
    | none | never: the rows are given back as they are |
    | threshold | when v > 0.5 |
    | sampled | with probability v, drawn once from the seed (Salakhutdinov and Murray, 2008) |

    A likelihood of values in between is no bound on that of 0 and 1, so numbers of binarised and of grey
    images are never to be compared; numbers of two binarisations differ as well.

    Args:
        rows: Intensities in [0, 1].
        how: As above.
        seed: Of the draws; the same seed and rows make the same bits, whatever the size of blocks.

    Raises:
        DataError: A value is outside [0, 1].
        ValueError: There is no such way.

    Example:
        >>> rows = Rows(np.array([[0.0, 0.5, 0.6, 1.0]]), np.arange(1))
        >>> binarised(rows, "threshold").values.tolist()
        [[0.0, 0.0, 1.0, 1.0]]
    """
    if how not in get_args(Binarisation):
        raise ValueError(f"binarise={how!r} is not known; there are {', '.join(get_args(Binarisation))}.")
    if how == "none":
        return rows
    bits = _sampled_bits(rows, seed) if how == "sampled" else _bits(rows)
    words = f"drawn with seed {seed}" if how == "sampled" else f"1 above {_THRESHOLD}"
    return replace(rows, values=bits, notes=(*rows.notes, f"Intensities were made 0 or 1: {words}."))


def _bits(rows: Rows) -> FloatArray:
    bits = np.empty(rows.values.shape, dtype=np.float32)
    for block in row_blocks(rows.values):
        np.greater(_checked(rows, block), _THRESHOLD, out=bits[block], casting="unsafe")
    return bits


def _sampled_bits(rows: Rows, seed: int) -> FloatArray:
    generator = numpy_generator(seed, _STREAM)
    bits = np.empty(rows.values.shape, dtype=np.float32)
    for block in row_blocks(rows.values):
        generator.random(
            out=bits[block], dtype=np.float32
        )  # in [0, 1), so that 1 is certain and 0 impossible
        np.less(bits[block], _checked(rows, block), out=bits[block], casting="unsafe")
    return bits


def _checked(rows: Rows, block: slice) -> FloatArray:
    values = rows.values[block]
    if values.min() < 0 or values.max() > 1:
        row, column = (int(one) for one in np.argwhere((values < 0) | (values > 1))[0])
        raise DataError(
            f"The value in row {block.start + row}, column {column}, of {rows.name} is "
            f"{values[row, column]:g}; only intensities from 0 to 1 can be binarised. Divide by the largest "
            "possible value first (255 for most images)."
        )
    return values
