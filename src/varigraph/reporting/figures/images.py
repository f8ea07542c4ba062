"""Pictures of rows that are images: a grid, inputs against reconstructions, the manifold of a decoder."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from varigraph.reporting.figures.canvas import save_figure
from varigraph.reporting.figures.cells import CellGrid, Margins, draw_cells
from varigraph.reporting.pixels import checked_images, display_range, range_note, to_bytes
from varigraph.reporting.style import INK, MUTED_INK
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["image_grid_figure", "manifold_figure", "reconstruction_figure", "write_image_grid"]

_EQUALLY_LIKELY = "every cell is equally likely under N(0, I)"
_NOT_OF_THE_PRIOR = "cells at even quantiles of N(0, I), which is not this model's prior"
_MOST_TICKS = 5  # numbers on an axis of the manifold
# In dots: room for the numbers and titles of both axes; for names of lines.
_AROUND_MANIFOLD = Margins(left=150, below=106)
_LETTER, _BESIDE_NAMES = 16, 16


def image_grid_figure(
    rows: ArrayLike,
    image_shape: Sequence[int],
    *,
    n_columns: int | None = None,
    value_range: Sequence[float] | None = None,
    title: str = "Images",
) -> Figure:
    """Images in a grid, in the order of the rows: from left to right, then down.

    Args:
        rows: shape (n_images, n_features), each an image flattened in C order.
        image_shape: (height, width), or (height, width, channels) with 1 or 3 channels.
        n_columns: Images side by side; by default the grid is about square.
        value_range: The values that are black and white; by default (0, 1) for intensities, else the lowest
            and highest value. What lies beyond is clipped, and the picture says so.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: The rows are no images of this shape or hold a NaN or an infinity.

    Example:
        >>> figure = image_grid_figure(np.eye(4), (2, 2), title="Corners")
        >>> figure.axes[0].get_title(loc="left")
        'Corners'
    """
    grid, note = _grid(rows, image_shape, n_columns=n_columns, value_range=value_range)
    figure, _ = draw_cells(grid, title=title, note=note)
    return figure


def write_image_grid(
    rows: ArrayLike,
    image_shape: Sequence[int],
    path: str | Path,
    *,
    n_columns: int | None = None,
    value_range: Sequence[float] | None = None,
) -> None:
    """Writes the same grid bare, without title or margins: every pixel becomes a square of dots.

    Args:
        rows: As in `image_grid_figure`.
        image_shape: As there.
        path: Its suffix says the format: .png, .svg or .pdf.
        n_columns: As there.
        value_range: As there; nothing is said of what was clipped.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: As there, or the suffix is another.
        OSError: The folder cannot be written to.
    """
    grid, _ = _grid(rows, image_shape, n_columns=n_columns, value_range=value_range)
    figure, _ = draw_cells(grid)
    save_figure(figure, path)


def reconstruction_figure(
    inputs: ArrayLike,
    reconstructions: ArrayLike,
    image_shape: Sequence[int],
    *,
    noisy: ArrayLike | None = None,
    value_range: Sequence[float] | None = None,
    title: str = "Inputs and reconstructions",
) -> Figure:
    """Images above what a model makes of them, a column each; five to twenty read best.

    Args:
        inputs: shape (n_images, n_features).
        reconstructions: The same shape.
        image_shape: (height, width), or (height, width, channels) with 1 or 3 channels.
        noisy: The inputs as the model saw them, the same shape; a line of their own between the two.
        value_range: The values that are black and white; by default those of the inputs, as in
            `image_grid_figure`, so that all lines have one scale.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: As `image_grid_figure`, or the lines are not of one shape.

    Example:
        >>> figure = reconstruction_figure(np.eye(4), np.eye(4) / 2, (2, 2))
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['input', 'reconstruction']
    """
    given = {"input": inputs, "noisy input": noisy, "reconstruction": reconstructions}
    lines = {
        name: checked_images(rows, image_shape, what=f"{name}s")
        for name, rows in given.items()
        if rows is not None
    }
    n_images = len(lines["input"])
    if {len(line) for line in lines.values()} != {n_images}:
        counts = ", ".join(f"{len(line):,} {name}s" for name, line in lines.items())
        raise ValueError(f"Every input stands above its own reconstruction, but there are {counts}.")
    values = np.concatenate([*lines.values()])
    shown = display_range(lines["input"], stated=value_range)
    grid = CellGrid(to_bytes(values, shown), n_columns=n_images)
    margins = Margins(left=_LETTER * max(map(len, lines)) + _BESIDE_NAMES)
    figure, axes = draw_cells(grid, title=title, note=range_note(values, shown), margins=margins)
    axes.set_yticks(grid.line_centres, labels=[*lines])
    axes.tick_params(axis="y", length=0, labelsize=10, labelcolor=INK, pad=6)
    return figure


def manifold_figure(
    decode: Callable[[FloatArray], ArrayLike],
    image_shape: Sequence[int],
    *,
    n: int = 20,
    is_prior: bool = True,
    value_range: Sequence[float] | None = None,
    title: str = "Latent manifold",
) -> Figure:
    """What a decoder makes of a grid over two latent dimensions, each cell equally likely under N(0, I).

    The coordinates are Φ⁻¹((k + ½)/n), k = 0 … n − 1, the medians of n parts of equal probability. The first
    dimension grows to the right, the second upwards.

    Args:
        decode: Takes latent vectors, shape (n², 2), and gives rows, shape (n², n_features).
        image_shape: (height, width), or (height, width, channels) with 1 or 3 channels.
        n: Images along each side.
        is_prior: Whether N(0, I) is the prior of the model; otherwise the picture says that its cells are not
            equally likely there.
        value_range: As in `image_grid_figure`.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: As `image_grid_figure`, or n is below 1.

    References:
        Kingma & Welling (2014), *Auto-encoding variational Bayes*, figure 4 and appendix A.

    Example:
        >>> figure = manifold_figure(lambda z: np.repeat(z, 2, axis=1), (2, 2), n=3)
        >>> [label.get_text() for label in figure.axes[0].get_xticklabels()]
        ['−0.97', '0.00', '0.97']
    """
    if n < 1:
        raise ValueError(f"The manifold needs n=1 or more images along each side; got n={n}.")
    quantiles = ndtri((np.arange(n) + 0.5) / n)
    # Images are laid from the top, where the second dimension is largest.
    second, first = np.meshgrid(quantiles[::-1], quantiles, indexing="ij")
    rows = decode(np.stack([first.ravel(), second.ravel()], axis=1))
    grid, note = _grid(rows, image_shape, n_columns=n, value_range=value_range)
    said = "; ".join(filter(None, [_EQUALLY_LIKELY if is_prior else _NOT_OF_THE_PRIOR, note]))
    figure, axes = draw_cells(grid, title=title, note=said, margins=_AROUND_MANIFOLD)
    _number_axes(axes, grid, quantiles)
    return figure


def _grid(
    rows: ArrayLike,
    image_shape: Sequence[int],
    *,
    n_columns: int | None,
    value_range: Sequence[float] | None,
) -> tuple[CellGrid, str]:
    """The cells of rows, and what is to be said of their grey levels."""
    images = checked_images(rows, image_shape)
    if n_columns is not None and n_columns < 1:
        raise ValueError(f"A grid has one column at least; got n_columns={n_columns}.")
    columns = min(n_columns or math.ceil(len(images) ** 0.5), len(images))
    shown = display_range(images, stated=value_range)
    return CellGrid(to_bytes(images, shown), n_columns=columns), range_note(images, shown)


def _number_axes(axes: Axes, grid: CellGrid, quantiles: FloatArray) -> None:
    """A few coordinates on both axes, at the centres of their cells."""
    n = len(quantiles)
    # As many as lie symmetrically about the middle: the median has a cell of its own if n is odd.
    n_ticks = min(n, _MOST_TICKS - (n + 1) % 2)
    chosen = np.linspace(0, n - 1, n_ticks).round().astype(int)
    # A minus sign as matplotlib's own numbers have it; and none before nought.
    names = [f"{quantiles[k] + 0.0:.2f}".replace("-", "−") for k in chosen]
    axes.set_xticks(grid.column_centres[chosen], labels=names)
    axes.set_yticks(grid.line_centres[n - 1 - chosen], labels=names)
    axes.tick_params(colors=MUTED_INK, labelsize=9, width=0.8, length=3)
    axes.set_xlabel("latent dimension 1", color=INK, fontsize=10)
    axes.set_ylabel("latent dimension 2", color=INK, fontsize=10)
