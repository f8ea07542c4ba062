"""Arrays of any numbers as values of rows: which become float32, which float64, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import DataError
from varigraph.rows.blocks import row_blocks
from varigraph.tensor_types import FloatArray

__all__ = ["as_values"]

_PIXEL = np.dtype(np.uint8)
_LARGEST_PIXEL = 255
_FLOAT32_EXACT = {"b1", "i1", "u1", "i2", "u2", "f2", "f4"}  # every value of these is a float32
_CHANNELS = (1, 3, 4)


def as_values(
    array: NDArray[Any],
    *,
    image_shape: tuple[int, ...] | None = None,
    source: str = "the array",
    error: type[DataError] = DataError,
) -> tuple[FloatArray, tuple[int, ...] | None, tuple[str, ...]]:
    """Values of rows, the shape of an image if they are images, and notes on what was done.

    | array | values |
    |---|---|
    | (n_rows, n_features) | as they are |
    | (n_rows, height, width) or (n_rows, height, width, channels) | images, each flattened in C order |
    | float32, float64 | as they are, without a copy if they lie in C order; a memory map stays one |
    | bool, integers of 8 or 16 bits, float16 | float32 |
    | other integers, longer floats | float64 |
    | uint8 that are images, by their axes or by `image_shape` | float32 in [0, 1], divided by 255 |

    Args:
        array: The numbers.
        image_shape: Says that rows of an array with two axes are images.
        source: What a message calls the array.
        error: What a fault is raised as.

    Raises:
        DataError: It has another number of axes, no row or no column, or holds something else than numbers.

    Example:
        >>> values, shape, notes = as_values(np.full((2, 4, 4), 255, dtype=np.uint8))
        >>> values.shape, values.dtype.name, float(values.max()), shape
        ((2, 16), 'float32', 1.0, (4, 4))
    """
    _check_kind(array, source, error)
    found = _image_shape(array, source, error)
    if found is not None and image_shape is not None and found != image_shape:
        raise error(
            f"{_start(source)} holds images of shape {found}, not {image_shape}; leave image_shape out."
        )
    shape = found or image_shape
    rows = array.reshape(len(array), -1)
    if shape is not None and array.dtype == _PIXEL:
        return _scaled(rows), shape, (f"Pixels 0 … {_LARGEST_PIXEL} were divided by {_LARGEST_PIXEL}.",)
    return _floats(rows), shape, ()


def _check_kind(array: NDArray[Any], source: str, error: type[DataError]) -> None:
    start = _start(source)
    if array.dtype.kind not in "biuf":
        raise error(
            f"{start} holds {array.dtype} values; rows are real numbers. Convert what is not (text, dates, "
            "complex numbers), or leave it out."
        )
    if array.ndim == 1:
        raise error(
            f"{start} has one axis of {len(array):,}; rows have two. Reshape it to (-1, 1) if these are rows "
            "of one number, or to (1, -1) if it is one row."
        )
    if array.ndim not in (2, 3, 4):
        raise error(
            f"{start} has shape {array.shape}; rows have shape (n_rows, n_features), images (n_rows, height, "
            "width) or (n_rows, height, width, channels)."
        )
    if not array.size:
        raise error(f"{start} is empty: its shape is {array.shape}. One row and one column are needed.")


def _image_shape(array: NDArray[Any], source: str, error: type[DataError]) -> tuple[int, ...] | None:
    if array.ndim == 2:
        return None
    if array.ndim == 3:
        return tuple(array.shape[1:])
    if array.shape[3] not in _CHANNELS and array.shape[1] in _CHANNELS:
        raise error(
            f"{_start(source)} has shape {array.shape}, with the channels first; rows of images have them "
            "last: numpy.moveaxis(array, 1, 3)."
        )
    # One channel is none: a grey image has height and width.
    return tuple(array.shape[1:3]) if array.shape[3] == 1 else tuple(array.shape[1:])


def _scaled(pixels: NDArray[Any]) -> FloatArray:
    values = np.empty(pixels.shape, dtype=np.float32)
    for block in row_blocks(values):
        np.divide(pixels[block], np.float32(_LARGEST_PIXEL), out=values[block])
    return values


def _floats(rows: NDArray[Any]) -> FloatArray:
    is_exact = f"{rows.dtype.kind}{rows.dtype.itemsize}" in _FLOAT32_EXACT
    dtype = np.dtype(np.float32 if is_exact else np.float64)  # in the machine's own byte order
    if rows.dtype == dtype and rows.flags.c_contiguous:
        return rows
    return np.ascontiguousarray(rows, dtype=dtype)


def _start(source: str) -> str:
    return source[:1].upper() + source[1:] if source.startswith("the ") else source
