"""Rows as images: which shape they have, which values are black and white, and their cells side by side."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.tensor_types import FloatArray

__all__ = [
    "ImageShape",
    "ValueRange",
    "checked_images",
    "display_range",
    "image_shape_of",
    "known_image_shape",
    "mosaic",
    "range_note",
    "to_bytes",
]

ImageShape: TypeAlias = tuple[int, ...]
"""(height, width) or (height, width, channels); a row is the image flattened in C order."""


class ValueRange(NamedTuple):
    """What is drawn black and what white."""

    black: float
    white: float


_INTENSITIES = ValueRange(0.0, 1.0)
_SLACK = 0.1  # a Gaussian decoder of intensities oversteps their range by about this
_MOST_STRAY = 0.02  # the share of values beyond the slack that still are intensities
_VISIBLE = 1 / 255  # one grey level; a value that is nearer to an end is not called clipped
_LIKELY = "image_shape=(height, width) or (height, width, channels)"


def image_shape_of(n_features: int, *sources: Any, image_shape: Sequence[int] | None = None) -> ImageShape:
    """The shape of the images that rows are.

    Args:
        n_features: Length of a row.
        *sources: Data or models, asked in this order: the first with an `image_shape_` or `image_shape`, of
            its own or of its `encoder` or `decoder`, is believed.
        image_shape: What the user says, which comes first.

    Returns:
        What was found, or else (√n_features, √n_features) if that is a whole number.

    Raises:
        ValueError: The rows are no images as far as anybody knows, or not of the stated shape.

    Example:
        >>> image_shape_of(784), image_shape_of(560, image_shape=(28, 20))
        ((28, 28), (28, 20))
    """
    stated = image_shape
    if stated is None:
        stated = known_image_shape(*sources)
    if stated is not None:
        return _checked_shape(stated, n_features)
    side = math.isqrt(n_features)
    if side * side != n_features:
        raise ValueError(
            f"A row of {n_features} values is no square image, and nothing says which image it is; pass "
            f"{_LIKELY} if the rows are images."
        )
    return side, side


def known_image_shape(*sources: Any) -> Sequence[int] | None:
    """The shape that data or models say their rows have as images, as in `image_shape_of`; None if none does.

    Example:
        >>> from types import SimpleNamespace
        >>> known_image_shape(SimpleNamespace(encoder="mlp"), SimpleNamespace(image_shape=(28, 20)))
        (28, 20)
    """
    holders = [
        one
        for source in sources
        for one in (source, getattr(source, "encoder", None), getattr(source, "decoder", None))
    ]
    found = (getattr(one, name, None) for one in holders for name in ("image_shape_", "image_shape"))
    return next((shape for shape in found if shape is not None), None)


def _checked_shape(image_shape: Sequence[int], n_features: int) -> ImageShape:
    try:
        shape = tuple(operator.index(length) for length in image_shape)
    except TypeError:
        shape = ()
    if len(shape) not in {2, 3} or min(shape) < 1:
        raise ValueError(f"An image has {_LIKELY} in whole numbers of 1 or more; got {image_shape!r}.")
    if len(shape) == 3 and shape[2] not in {1, 3}:
        raise ValueError(
            f"A picture shows 1 channel (grey) or 3 (red, green, blue); image_shape={shape} has {shape[2]}."
        )
    if math.prod(shape) != n_features:
        raise ValueError(
            f"image_shape={shape} holds {math.prod(shape):,} values, but a row has {n_features:,}; pass the "
            "image_shape= that the rows were flattened from."
        )
    return shape


def checked_images(rows: ArrayLike, image_shape: Sequence[int], *, what: str = "rows") -> FloatArray:
    """Rows as images with their channels last.

    Args:
        rows: shape (n_images, n_features), finite.
        image_shape: (height, width) or (height, width, channels).
        what: What the message calls the rows.

    Returns:
        shape (n_images, height, width, channels), channels being 1 or 3.

    Raises:
        ValueError: There is no row, a value is no finite number, or the rows have another shape.
    """
    values = np.asarray(rows, dtype=np.float64)
    if values.ndim != 2 or not len(values):
        raise ValueError(
            f"A picture needs {what} of shape (n_images, n_features), one at least; got shape {values.shape}."
        )
    height, width, *channels = _checked_shape(image_shape, values.shape[1])
    if not np.isfinite(values).all():
        raise ValueError(f"The {what} hold a NaN or an infinity, which has no grey level.")
    return values.reshape(len(values), height, width, *(channels or [1]))


def display_range(values: FloatArray, *, stated: Sequence[float] | None = None) -> ValueRange:
    """Which values are black and white.

    Args:
        values: Of all images that are to be compared, any shape.
        stated: (black, white) as the user wants them.

    Returns:
        What was stated; or else (0, 1), if the values are intensities but for at most 2 % that lie
        farther than 0.1 outside; or else their lowest and highest value.

    Raises:
        ValueError: What was stated are not two finite numbers, the lower first.

    Example:
        >>> display_range(np.array([0.0, 0.4, 1.03])), display_range(np.array([0.0, 16.0]))
        (ValueRange(black=0.0, white=1.0), ValueRange(black=0.0, white=16.0))
    """
    if stated is not None:
        ends = tuple(map(float, stated))
        if len(ends) != 2 or not -math.inf < ends[0] < ends[1] < math.inf:
            raise ValueError(f"value_range=(black, white) needs two numbers, the lower first; got {stated}.")
        return ValueRange(*ends)
    black, white = _INTENSITIES
    is_stray = (values < black - _SLACK) | (values > white + _SLACK)
    if is_stray.mean() <= _MOST_STRAY:
        return _INTENSITIES
    low, high = float(values.min()), float(values.max())
    return ValueRange(low, high) if low < high else ValueRange(low, low + 1.0)


def range_note(values: FloatArray, shown: ValueRange) -> str:
    """What a reader must know of the grey levels: nothing if they are intensities as they are.

    Example:
        >>> range_note(np.array([0.0, 0.5, 1.0, 1.5]), ValueRange(0.0, 1.0))
        '25 % of the values lie outside [0, 1] and are drawn as its ends'
    """
    # A minus sign, as matplotlib's own numbers have it.
    black, white = (f"{end:.3g}".replace("-", "−") for end in shown)
    said = [] if shown == _INTENSITIES else [f"black is {black}, white is {white}"]
    margin = _VISIBLE * (shown.white - shown.black)
    outside = float(((values < shown.black - margin) | (values > shown.white + margin)).mean())
    if outside:
        share = f"{100 * outside:.2g}" if outside >= 1e-4 else "under 0.01"
        said.append(f"{share} % of the values lie outside [{black}, {white}] and are drawn as its ends")
    return "; ".join(said)


def to_bytes(images: FloatArray, shown: ValueRange) -> NDArray[np.uint8]:
    """Values as bytes of red, green and blue; those beyond the range are drawn as its ends.

    Args:
        images: shape (n_images, height, width, channels), channels being 1 or 3.
        shown: What is black and what white.

    Returns:
        shape (n_images, height, width, 3).
    """
    shares = ((images - shown.black) / (shown.white - shown.black)).clip(0.0, 1.0)
    levels = np.rint(255 * shares).astype(np.uint8)
    return np.broadcast_to(levels, (*levels.shape[:3], 3))


def mosaic(
    cells: NDArray[np.uint8], *, n_columns: int, scale: int = 1, gap: int = 1, ground: int = 255
) -> NDArray[np.uint8]:
    """Images side by side, row by row from the top left, with gaps between them and none around them.

    Args:
        cells: shape (n_images, height, width, 3).
        n_columns: Images in a row; the last row may be short.
        scale: Every pixel becomes scale × scale dots.
        gap: Dots between neighbours.
        ground: Grey level of gaps and of the places that are left over.

    Returns:
        shape (n_lines·(scale·height + gap) − gap, n_columns·(scale·width + gap) − gap, 3).
    """
    n_lines = -(-len(cells) // n_columns)
    height, width = scale * cells.shape[1], scale * cells.shape[2]
    places = np.full((n_lines * n_columns, height + gap, width + gap, 3), ground, dtype=np.uint8)
    places[: len(cells), :height, :width] = cells.repeat(scale, axis=1).repeat(scale, axis=2)
    lines = places.reshape(n_lines, n_columns, height + gap, width + gap, 3).swapaxes(1, 2)
    whole = lines.reshape(n_lines * (height + gap), n_columns * (width + gap), 3)
    return whole[: len(whole) - gap, : whole.shape[1] - gap]
