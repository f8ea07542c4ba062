"""Pictures of runs side by side: their metrics with intervals, and how their validation went."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from varigraph.evaluation.repeats import Summary
from varigraph.reporting.figures.canvas import new_figure
from varigraph.reporting.style import CLASS_STYLES, INK, MUTED_INK, dress, entitle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from varigraph.reporting.comparison import Comparison
    from varigraph.reporting.comparison.metrics import MetricColumn
    from varigraph.reporting.comparison.standings import Standings
    from varigraph.reporting.comparison.validation import RunCurve, RunPanel

__all__ = ["comparison_figure", "validation_figure"]

_DOT = "#332288"
_LINE_HEIGHT = 0.3  # inches a run
_PANEL_WIDTH = 2.9
_CAPTION_LETTERS = 13  # an inch
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)))
_LOG_FROM = 20.0  # losses that differ by more than this factor are drawn on a logarithmic axis
_MARKS = 9  # on each curve, so that it can be told without colours


@dataclass(frozen=True)
class _Panel:
    """One axis: its label, and for each run the summary that is drawn, with whether it is the best."""

    label: str
    summaries: Sequence[Summary | None]
    is_best: Sequence[bool]
    factor: float
    has_zero: bool = False


def comparison_figure(comparison: Comparison, *, columns: Sequence[MetricColumn] | None = None) -> Figure:
    """A panel a metric and a line a run: the mean as a dot, its 95 % interval, the single repeats as marks.

    Where runs were repeated on the same splits, a last panel shows how far each lies behind the best in the
    metric that they are sorted by; there an interval that reaches 0 shows no difference.

    Args:
        comparison: From `compare_runs`.
        columns: The metrics to draw; the main ones unless told otherwise.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    standings = comparison.standings
    panels = _panels(standings, columns or standings.main_columns)
    places, headings = _places(standings)
    n_lines = len(places) + len(headings)
    width = 1.0 + _PANEL_WIDTH * len(panels) + 0.075 * max(len(run.name) for run in standings.runs)
    caption = _caption(comparison, n_letters=int(_CAPTION_LETTERS * width))
    height = 1.5 + _LINE_HEIGHT * n_lines + 0.16 * len(caption)
    figure = new_figure(width=width, height=height)
    every_axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, panel in zip(every_axes, panels, strict=True):
        _draw_panel(axes, panel, places)
    labels = {place: run.name for place, run in zip(places, standings.runs, strict=True)} | headings
    every_axes[0].set_yticks([*labels], [*labels.values()], parse_math=False)
    for place, text in zip(labels, every_axes[0].get_yticklabels(), strict=True):
        text.set_color(INK)
        text.set_fontweight("bold" if place in headings else "normal")
    every_axes[0].set_ylim(n_lines - 0.4, -0.6)
    entitle(every_axes[0], standings.title[0].upper() + standings.title[1:])
    figure.supxlabel("\n".join(caption), x=0.01, ha="left", fontsize=9, color=MUTED_INK, parse_math=False)
    return figure


def validation_figure(panels: Sequence[RunPanel], *, title: str = "Validation by epoch") -> Figure:
    """The validation of several runs over each other; a large mark is at the epoch whose weights were kept.

    Args:
        panels: From `validation_curves`.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    names = list(dict.fromkeys(curve.name for panel in panels for curve in panel.curves))
    longest = max(map(len, names))
    figure = new_figure(width=7.2 + 0.075 * longest, height=1.0 + 2.7 * len(panels))
    every_axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, panel in zip(every_axes, panels, strict=True):
        dress(axes)
        axes.set_ylabel("\n".join(textwrap.wrap(panel.title, 34)))
        for curve in panel.curves:
            _draw_curve(axes, curve, names.index(curve.name))
        values = np.concatenate([curve.values for curve in panel.curves])
        if values.min() > 0 and values.max() > _LOG_FROM * values.min():
            axes.set_yscale("log")
        axes.legend(frameon=False, fontsize=9, labelcolor=INK, loc="upper left", bbox_to_anchor=(1, 1))
    every_axes[-1].set_xlabel("epoch (large mark: the epoch whose weights were kept)")
    every_axes[-1].xaxis.get_major_locator().set_params(integer=True)
    entitle(every_axes[0], title)
    return figure


def _panels(standings: Standings, columns: Sequence[MetricColumn]) -> list[_Panel]:
    runs = standings.runs
    panels = [
        _Panel(
            f"{column.title}, percent" if column.is_of_links else column.title,
            [standings.figure(run, column) for run in runs],
            [standings.is_best(run, column) for run in runs],
            100.0 if column.is_of_links else 1.0,
        )
        for column in columns
    ]
    for column in standings.sort_columns:
        behind = [standings.behind(run, column) for run in runs]
        if any(behind):
            label = f"behind the best in {column.title}" + (", points" if column.is_of_links else "")
            summaries = [one.summary if one else None for one in behind]
            panels.append(
                _Panel(label, summaries, [False] * len(runs), 100.0 if column.is_of_links else 1.0, True)
            )
    return panels


def _places(standings: Standings) -> tuple[list[int], dict[int, str]]:
    """The line of each run from the top, and headings for the data between them if there are several."""
    places: list[int] = []
    headings: dict[int, str] = {}
    several, last = len(set(standings.data)) > 1, None
    for data in standings.data:
        if several and data != last:
            headings[len(places) + len(headings)] = data
            last = data
        places.append(len(places) + len(headings))
    return places, headings


def _draw_panel(axes: Axes, panel: _Panel, places: Sequence[int]) -> None:
    dress(axes)
    axes.grid(visible=False, axis="y")
    if panel.has_zero:
        axes.axvline(0, color=MUTED_INK, linewidth=1.0, linestyle=(0, (4, 2)))
    for place, summary, is_best in zip(places, panel.summaries, panel.is_best, strict=True):
        if summary is None:
            continue
        values = panel.factor * np.array(summary["values"])
        mean, (low, high) = panel.factor * summary["mean"], (panel.factor * end for end in summary["ci95"])
        if len(values) > 1:
            axes.plot(values, np.full(len(values), place), "|", color=MUTED_INK, markersize=6, alpha=0.6)
        if math.isfinite(low):
            axes.plot([low, high], [place, place], color=INK, linewidth=2.0, solid_capstyle="butt")
        face = _DOT if is_best else "#FFFFFF"
        axes.plot(mean, place, "o", markersize=7, markerfacecolor=face, markeredgecolor=_DOT, zorder=3)
    axes.set_xlabel("\n".join(textwrap.wrap(panel.label, 32)))
    axes.margins(x=0.08)


def _caption(comparison: Comparison, *, n_letters: int) -> list[str]:
    is_repeated = any(run.n_repeats > 1 for run in comparison.runs)
    told = (
        "Dots are means, bars their 95 % intervals, ticks single repeats" if is_repeated else "One run each"
    )
    marked = "; the best of what can be compared is filled." if len(comparison.runs) > 1 else "."
    return [line for note in (told + marked, *comparison.notes) for line in textwrap.wrap(note, n_letters)]


def _draw_curve(axes: Axes, curve: RunCurve, number: int) -> None:
    style = CLASS_STYLES[number % len(CLASS_STYLES)]
    every = max(1, len(curve.epochs) // _MARKS)
    axes.plot(
        curve.epochs,
        curve.values,
        color=style.colour,
        linestyle=_DASHES[number % len(_DASHES)],
        linewidth=1.4,
        marker=style.marker,
        markersize=4,
        markevery=(number % every, every),
        label=curve.name,
    )
    is_kept = curve.epochs == curve.kept_epoch
    axes.plot(
        curve.epochs[is_kept],
        curve.values[is_kept],
        style.marker,
        markersize=9,
        color=style.colour,
        markeredgecolor=INK,
    )
