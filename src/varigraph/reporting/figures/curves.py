"""The picture of training curves of several methods, panel by panel, with their range over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from varigraph.reporting.figures.canvas import new_figure
from varigraph.reporting.style import CLASS_STYLES, GROUND, INK, MUTED_INK, ClassStyle, dress, entitle
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Curve", "CurvePanel", "curve_figure"]

_DASHES = {"test": "-", "train": (0, (3.5, 1.5))}
_PANEL_WIDTH, _PANEL_HEIGHT, _AROUND = 2.3, 2.3, 1.0  # inches
_BAND = 0.22  # opacity of the range over seeds
_N_MARKERS = 4  # on a curve
_LATE = 5.0  # from this share of the last x on, the best method's curve decides how far down a row reaches
_REACH = 2.5  # times the height of that stretch
_MARGIN = 0.04
_MANY_DECADES = 1.7  # whose powers of ten are numbers enough
_LEAST_WIDTH, _LEGEND_WIDTH = 6.4, 2.1  # inches: of the picture, of an entry of the legend


@dataclass(frozen=True, eq=False)
class Curve:
    """One quantity of one method along training.

    Attributes:
        method: Tells curves apart, by colour and marker.
        part: "train" or "test", told apart by dashes.
        x: Positive and ascending, shape (n_points,).
        values: shape (n_seeds, n_points); NaN where a seed has none.
        is_better_higher: Whether the quantity is to be maximised.
    """

    method: str
    part: str
    x: FloatArray
    values: FloatArray
    is_better_higher: bool = True

    @property
    def middle(self) -> FloatArray:
        """The mean over the seeds that have a value, shape (n_points,)."""
        return np.asarray(np.nanmean(self.values, axis=0))

    @property
    def end(self) -> float:
        """The last of `middle`."""
        return float(self.middle[-1])


@dataclass(frozen=True, eq=False)
class CurvePanel:
    """Curves on one pair of axes.

    Attributes:
        title: Above them.
        curves: What is drawn.
    """

    title: str
    curves: Sequence[Curve]


def curve_figure(
    rows: Sequence[Sequence[CurvePanel]], *, x_label: str, y_label: str, title: str = ""
) -> Figure:
    """Panels in lines, as they come; x is logarithmic, and the panels of a line share their y.

    A curve is the mean over seeds, the band behind that of test rows their range. A line of panels reaches
    from the best value as far down as the best method's curves ask for: what happens in the first steps, or
    to a method that ends far away, is cut off, so that it squashes nothing; the panel tells of such an end.

    Args:
        rows: Lines of panels.
        x_label: With its unit.
        y_label: With its unit.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: There is no panel, or one without a curve.

    Example:
        >>> curve = Curve("AEVB", "test", np.array([1e3, 1e4]), np.array([[-200.0, -150.0]]))
        >>> panel = CurvePanel("MNIST, N_z = 3", [curve])
        >>> figure = curve_figure([[panel]], x_label="samples", y_label="bound (nats)")
        >>> [axes.get_title(loc="left") for axes in figure.axes]
        ['MNIST, N_z = 3']
    """
    if not rows or not all(rows) or not all(panel.curves for row in rows for panel in row):
        raise ValueError("A picture of curves needs at least one panel a line, and one curve a panel.")
    n_columns = max(map(len, rows))
    width = max(_AROUND + _PANEL_WIDTH * n_columns, _LEAST_WIDTH)
    figure = new_figure(width=width, height=_AROUND + _PANEL_HEIGHT * len(rows))
    grid = figure.subplots(len(rows), n_columns, squeeze=False)
    methods = list(dict.fromkeys(curve.method for row in rows for panel in row for curve in panel.curves))
    for line, (every_axes, row) in enumerate(zip(grid, rows, strict=True)):
        window = _window(row)
        every_axes[0].set_ylabel(y_label)
        n_below = len(rows[line + 1]) if line + 1 < len(rows) else 0
        for column, (axes, panel) in enumerate(zip(every_axes, row, strict=False)):
            _draw_panel(axes, panel, methods, window)
            axes.set_xlabel("" if column < n_below else x_label)
        for axes in every_axes[1 : len(row)]:
            axes.tick_params(labelleft=False)
        for axes in every_axes[len(row) :]:
            axes.set_axis_off()
    handles = _legend_handles([axes for every_axes in grid for axes in every_axes])
    n_seeds = max(len(curve.values) for row in rows for panel in row for curve in panel.curves)
    if n_seeds > 1:
        handles[f"range over {n_seeds} seeds (test)"] = _band()
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside lower center",
        ncols=min(len(handles), int(width / _LEGEND_WIDTH)),
        frameon=False,
        fontsize=9,
        labelcolor=INK,
        handlelength=3.2,
    )
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, color=INK, parse_math=False)
    return figure


def _window(row: Sequence[CurvePanel]) -> tuple[float, float]:
    """The ends of the y-axis of a line of panels, lower first."""
    curves = [curve for panel in row for curve in panel.curves]
    sign = 1.0 if curves[0].is_better_higher else -1.0
    values = np.concatenate([sign * curve.values.ravel() for curve in curves])
    best, worst = float(np.nanmax(values)), float(np.nanmin(values))
    asked_for = min(_lowest_of_the_best(panel, sign) for panel in row)
    worst = max(worst, best - _REACH * (best - asked_for))
    room = _MARGIN * (best - worst) or 1.0
    ends = sorted((sign * (best + room), sign * (worst - room)))
    return ends[0], ends[1]


def _lowest_of_the_best(panel: CurvePanel, sign: float) -> float:
    """How far down the curve that ends best has been, once the first steps are over."""
    best = max(panel.curves, key=lambda curve: sign * curve.end)
    late = [one for one in panel.curves if (one.method, one.part) == (best.method, best.part)]
    return min(float(np.nanmin(sign * one.values[:, _late_from(one.x) :])) for one in late)


def _late_from(x: FloatArray) -> int:
    """Where the first steps are over: at a share of the last x, or at half of the points if they are few."""
    return min(int(np.searchsorted(x, x[-1] / _LATE)), len(x) // 2)


def _draw_panel(axes: Axes, panel: CurvePanel, methods: Sequence[str], window: tuple[float, float]) -> None:
    dress(axes)
    entitle(axes, panel.title, pad=5)
    axes.title.set_fontsize(10)
    axes.set(xscale="log", ylim=window)
    _number_samples(axes, panel)
    for curve in panel.curves:
        _draw_curve(axes, curve, CLASS_STYLES[methods.index(curve.method) % len(CLASS_STYLES)])
    _tell_of_what_is_cut_off(axes, panel, window)


def _number_samples(axes: Axes, panel: CurvePanel) -> None:
    """A few round numbers on the logarithmic axis, such as 50k, 100k, 200k."""
    from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

    decades = np.log10(max(one.x[-1] for one in panel.curves) / min(one.x[0] for one in panel.curves))
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if decades > _MANY_DECADES else (1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _draw_curve(axes: Axes, curve: Curve, style: ClassStyle) -> None:
    is_test = curve.part == "test"
    if is_test and len(curve.values) > 1:
        low, high = np.nanmin(curve.values, axis=0), np.nanmax(curve.values, axis=0)
        axes.fill_between(curve.x, low, high, color=style.colour, alpha=_BAND, linewidth=0)
    axes.plot(
        curve.x,
        curve.middle,
        color=style.colour,
        linestyle=_DASHES.get(curve.part, ":"),
        linewidth=1.5 if is_test else 1.1,
        # Markers tell methods apart where colours do not; on the solid lines, where they are quiet.
        marker=style.marker if is_test else "",
        markevery=_marked(curve.x),
        markersize=4.5,
        label=f"{curve.method}, {curve.part}" if curve.method else curve.part,
    )


def _marked(x: FloatArray) -> list[int]:
    """Positions of markers, even on the logarithmic axis, the last point among them."""
    wanted = np.geomspace(x[0], x[-1], _N_MARKERS)
    return sorted({int(np.abs(np.log(x) - np.log(one)).argmin()) for one in wanted})


def _tell_of_what_is_cut_off(axes: Axes, panel: CurvePanel, window: tuple[float, float]) -> None:
    """A line of words for each method whose test curve ends beyond the axis."""
    is_higher = panel.curves[0].is_better_higher
    beyond = [
        curve
        for curve in panel.curves
        if curve.part == "test" and (curve.end < window[0] if is_higher else curve.end > window[1])
    ]
    arrow, at, step = ("↓", 0.03, 0.09) if is_higher else ("↑", 0.97, -0.09)
    for number, curve in enumerate(beyond):
        end = f"{curve.end:,.0f}".replace("-", "−")
        axes.text(
            0.04,
            at + number * step,
            f"{arrow} {curve.method} ends at {end}",
            transform=axes.transAxes,
            fontsize=8,
            color=MUTED_INK,
            va="bottom" if is_higher else "top",
            bbox={"facecolor": GROUND, "linewidth": 0, "pad": 1, "alpha": 0.85},  # a curve may run there
            parse_math=False,
        )


def _legend_handles(every_axes: Sequence[Axes]) -> dict[str, Artist]:
    """What stands for each kind of curve, by its label: one legend serves all panels."""
    handles: dict[str, Artist] = {}
    for axes in every_axes:
        found, labels = axes.get_legend_handles_labels()
        handles = dict(zip(labels, found, strict=True)) | handles
    return handles


def _band() -> Artist:
    from matplotlib.patches import Patch

    return Patch(facecolor=MUTED_INK, alpha=_BAND, linewidth=0)
