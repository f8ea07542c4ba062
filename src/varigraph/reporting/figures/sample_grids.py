"""Grids of images side by side, each with a title of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.reporting.figures.canvas import DOTS_PER_INCH, new_figure
from varigraph.reporting.pixels import checked_images, display_range, mosaic, to_bytes
from varigraph.reporting.style import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["image_grids_figure"]

# In dots, DOTS_PER_INCH of them.
_SIDE = 560  # of a grid, about; its images are enlarged by a whole number
_BETWEEN, _EDGE = 40, 24
_TITLE, _SUBTITLE = 64, 46
_GAP, _GAP_GREY = 2, 255
_HAIR = 1e-6  # against the dots that rounding in inches cuts off


def image_grids_figure(
    grids: Mapping[str, ArrayLike],
    image_shape: Sequence[int],
    *,
    n_columns: int | None = None,
    title: str = "",
) -> Figure:
    """Several grids of images beside each other, with one scale of grey levels for each grid.

    Args:
        grids: By title rows of shape (n_images, n_features), images flattened in C order.
        image_shape: (height, width), or (height, width, channels) with 1 or 3 channels.
        n_columns: Images side by side in a grid; by default a grid is about square.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: There is no grid, or its rows are no images of this shape.

    Example:
        >>> import numpy as np
        >>> figure = image_grids_figure({"(a) two": np.eye(4), "(b) five": np.eye(4)}, (2, 2))
        >>> [axes.get_title(loc="left") for axes in figure.axes]
        ['(a) two', '(b) five']
    """
    if not grids:
        raise ValueError("A picture of grids of images needs one grid at least.")
    dots = {name: _dots(rows, image_shape, n_columns) for name, rows in grids.items()}
    inside = sum(one.shape[1] for one in dots.values()) + _BETWEEN * (len(dots) - 1)
    tallest = max(one.shape[0] for one in dots.values())
    above = _EDGE + (_TITLE if title else 0) + _SUBTITLE
    across, down = inside + 2 * _EDGE + _HAIR, above + tallest + _EDGE + _HAIR
    figure = new_figure(width=across / DOTS_PER_INCH, height=down / DOTS_PER_INCH)
    figure.set_layout_engine("none")  # it would move the axes off whole dots
    left = _EDGE
    for name, one in dots.items():
        height, width = one.shape[:2]
        bottom = down - above - height
        axes = figure.add_axes((left / across, bottom / down, width / across, height / down))
        axes.imshow(one, origin="upper", aspect="auto", interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.set_title(name, loc="left", fontsize=10, color=INK, pad=5, parse_math=False)
        left += width + _BETWEEN
    if title:
        at = (_EDGE / across, 1 - _EDGE / down)
        figure.text(*at, title, fontsize=12, color=INK, va="top", parse_math=False)
    return figure


def _dots(rows: ArrayLike, image_shape: Sequence[int], n_columns: int | None) -> NDArray[np.uint8]:
    images = checked_images(rows, image_shape)
    columns = min(n_columns or math.ceil(len(images) ** 0.5), len(images))
    cells = to_bytes(images, display_range(images))
    width = columns * (images.shape[2] + _GAP)
    return mosaic(cells, n_columns=columns, scale=max(1, round(_SIDE / width)), gap=_GAP, ground=_GAP_GREY)
