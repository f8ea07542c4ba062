"""Images of one size side by side on a figure that is measured in dots, so that all cells are equal."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from varigraph.reporting.figures.canvas import DOTS_PER_INCH, new_figure
from varigraph.reporting.pixels import mosaic
from varigraph.reporting.style import MUTED_INK, entitle
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["CellGrid", "Margins", "draw_cells"]

# Lengths are in dots, DOTS_PER_INCH of them; all are even, so that half the resolution is exact as well.
_SIDE = 1240  # of the longer side of a grid whose images are small, up to a third more or less
_LARGEST_SIDE = 2400  # a larger grid is drawn smaller than it is, unless it is bare
_LARGEST_CELL = 240
_WORTH_DOUBLING = 1.5
_GAP, _NARROW_GAP = 4, 2  # between cells; between cells of few dots, which it would outshine
_SMALL_CELL = 80
_GAP_GREY = 255
_EDGE = 20  # around everything
_HAIR = 1e-6  # matplotlib cuts dots off that rounding in its inches has made 57.99…
_TITLE, _NOTE = 58, 50  # the height of a line of text
_TITLE_LETTER, _NOTE_LETTER = 20, 12  # the width of a letter, on the generous side


@dataclass(frozen=True, eq=False)
class CellGrid:
    """Images in lines of one length.

    Attributes:
        cells: shape (n_images, height, width, 3), bytes of red, green and blue.
        n_columns: Images in a line; the last line may be short.
    """

    cells: NDArray[np.uint8]
    n_columns: int

    @property
    def n_lines(self) -> int:
        """Lines, the short one included."""
        return -(-len(self.cells) // self.n_columns)

    @property
    def scale(self) -> int:
        """Dots that a pixel takes both ways: 1, or an even number."""
        height, width = self.cells.shape[1:3]
        longer_side = max(self.n_columns * width, self.n_lines * height)
        room = min(_SIDE / longer_side, _LARGEST_CELL / max(height, width))
        return 2 * round(room / 2) if room >= _WORTH_DOUBLING else 1

    @property
    def gap(self) -> int:
        """Dots between two cells."""
        return _NARROW_GAP if self.scale * max(self.cells.shape[1:3]) < _SMALL_CELL else _GAP

    @functools.cached_property
    def dots(self) -> NDArray[np.uint8]:
        """The whole grid, shape (n_dots_down, n_dots_across, 3)."""
        return mosaic(self.cells, n_columns=self.n_columns, scale=self.scale, gap=self.gap, ground=_GAP_GREY)

    @property
    def column_centres(self) -> FloatArray:
        """Where the middle of each column lies, in dots from the left, shape (n_columns,)."""
        return self._centres(self.n_columns, self.cells.shape[2])

    @property
    def line_centres(self) -> FloatArray:
        """Where the middle of each line lies, in dots from the top, shape (n_lines,)."""
        return self._centres(self.n_lines, self.cells.shape[1])

    def _centres(self, n_cells: int, n_pixels: int) -> FloatArray:
        side = self.scale * n_pixels
        # The centre of the first dot is 0, so a cell of two dots has its middle at ½.
        return np.arange(n_cells) * (side + self.gap) + (side - 1) / 2


@dataclass(frozen=True)
class Margins:
    """Dots beside and below a grid, for what stands there; even numbers."""

    left: int = 0
    below: int = 0


def draw_cells(
    grid: CellGrid, *, title: str = "", note: str = "", margins: Margins | None = None
) -> tuple[Figure, Axes]:
    """A figure with the grid on axes that are measured in its dots; bare if there is nothing beside it.

    Args:
        grid: What to draw.
        title: Above it.
        note: A quiet line at the foot.
        margins: Room for the ticks that the caller adds.
    """
    is_bare = not title and not note and margins is None
    inside, edge = margins or Margins(), 0 if is_bare else _EDGE
    height, width = grid.dots.shape[:2] if is_bare else _fitted(grid.dots.shape[:2])
    left, below = edge + inside.left, edge + inside.below + (_NOTE if note else 0)
    longest = max(left + width, left + _TITLE_LETTER * len(title), edge + _NOTE_LETTER * len(note))
    across = longest + edge + _HAIR
    down = below + height + (_TITLE if title else 0) + edge + _HAIR
    figure = new_figure(width=across / DOTS_PER_INCH, height=down / DOTS_PER_INCH)
    figure.set_layout_engine("none")  # it would move the axes off whole dots
    axes = figure.add_axes((left / across, below / down, width / across, height / down))
    # Nearest is exact where a dot is a dot; smaller than they are, images need smoothing.
    is_whole = (height, width) == grid.dots.shape[:2]
    axes.imshow(
        grid.dots, origin="upper", aspect="auto", interpolation="nearest" if is_whole else "antialiased"
    )
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    if title:
        entitle(axes, title, pad=8)
    if note:
        figure.text(edge / across, edge / down, note, fontsize=8, color=MUTED_INK, va="bottom")
    return figure, axes


def _fitted(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The sides of a grid, shrunk alike if the longer one is too long."""
    shrunk = min(1.0, _LARGEST_SIDE / max(shape))
    return tuple(max(round(shrunk * length / 2) * 2, 2) for length in shape) if shrunk < 1 else shape
