"""How pictures look: colours and markers of classes, sizes, and the light ground they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "CLASS_STYLES",
    "GROUND",
    "INK",
    "MUTED_INK",
    "OTHER_STYLE",
    "ClassStyle",
    "dress",
    "entitle",
    "point_area",
]

INK = "#222222"
MUTED_INK = "#6B6B6B"
GROUND = "#FFFFFF"
_GRID = "#E6E6E6"


@dataclass(frozen=True)
class ClassStyle:
    """What tells one class from another: a colour, and for readers who see none, a marker.

    Attributes:
        colour: As #RRGGBB.
        marker: A matplotlib marker that is filled.
        scale: Area in units of a disc's, so that all markers look equally large.
    """

    colour: str
    marker: str
    scale: float = 1.0


# Paul Tol's "muted" scheme (SRON technical note EPS/TN/09-002, section 2), which stays apart under red-green
# and blue-yellow blindness, in an order whose neighbours also differ in lightness; the yellow of his "high
# contrast" scheme stands in for sand, which is pale on white, and a dark grey is the tenth.
CLASS_STYLES = (
    ClassStyle("#332288", "o"),
    ClassStyle("#DDAA33", "s", 0.85),
    ClassStyle("#CC6677", "^", 1.05),
    ClassStyle("#117733", "D", 0.75),
    ClassStyle("#88CCEE", "v", 1.05),
    ClassStyle("#882255", "P", 1.15),
    ClassStyle("#44AA99", "X", 1.1),
    ClassStyle("#999933", "<", 1.05),
    ClassStyle("#AA4499", ">", 1.05),
    ClassStyle("#444444", "*", 1.5),
)
OTHER_STYLE = ClassStyle("#C8C8C8", "o", 0.7)


def point_area(n_points: int) -> float:
    """Area of a disc in square points: small graphs get large discs, large ones do not clot.

    Example:
        >>> point_area(34) > point_area(2_708) > point_area(20_000)
        True
    """
    return min(60.0, max(2.0, 30_000 / max(n_points, 1)))


def dress(axes: Axes) -> None:
    """Gives axes the light ground, thin frame and quiet ticks, whatever the user's own defaults are."""
    axes.set_facecolor(GROUND)
    axes.grid(visible=True, color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"left", "bottom"})
        spine.set_color(MUTED_INK)
        spine.set_linewidth(0.8)
    axes.tick_params(colors=MUTED_INK, labelsize=9, width=0.8, length=3)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(INK)
        label.set_fontsize(10)


def entitle(axes: Axes, title: str, *, pad: float = 10) -> None:
    """Writes a title above axes as it is: dollar signs in the user's names begin no formula."""
    axes.set_title(title, loc="left", color=INK, fontsize=12, pad=pad, parse_math=False)
