"""Tables of a comparison: for a terminal of any width, and as typed columns for a file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from varigraph.reporting.comparison.metrics import MetricColumn
from varigraph.reporting.comparison.runs import ComparedRun
from varigraph.reporting.comparison.settings import MISSING, setting_text
from varigraph.reporting.comparison.standings import Standings
from varigraph.reporting.tables import ResultTable

__all__ = ["comparison_columns", "comparison_table", "facts_table", "results_table"]

_NO_VALUE, _BEST = "–", "best"


@dataclass(frozen=True)
class _Block:
    """Some columns of a table: titles, a list of cells a column, and which rows are in bold in each."""

    titles: Sequence[str]
    cells: Sequence[Sequence[str]]
    best: Sequence[Sequence[int]] = ()


def comparison_table(standings: Standings) -> ResultTable:
    """All of it in one table, a row a run: names, settings that differ, metrics, and what training cost."""
    words = [_names(standings), *_identity(standings), _settings(standings)]
    numbers = [_metrics(standings, standings.columns), _behind(standings), _costs(standings)]
    return _table(standings, words, numbers, caption=_caption(standings))


def results_table(standings: Standings, *, is_narrow: bool = False) -> ResultTable:
    """The metrics alone.

    Args:
        standings: The runs.
        is_narrow: No more than the main metrics and the one that runs are sorted by; of rows a line for each
            metric and run, since their metrics have long names.
    """
    columns = standings.main_columns if is_narrow else standings.columns
    if is_narrow and standings.kind == "rows":
        return _long_table(standings, columns)
    numbers = [_metrics(standings, columns), _behind(standings)]
    return _table(standings, [_names(standings)], numbers, caption=_caption(standings), folded={0})


def _long_table(standings: Standings, columns: Sequence[MetricColumn]) -> ResultTable:
    rows: list[tuple[str, ...]] = []
    best = set()
    for column in columns:
        title = column.title
        for run in standings.runs:
            if standings.figure(run, column) is None:
                continue
            if standings.is_best(run, column):
                best.add((len(rows), 2))
            behind = _behind_cell(standings, run, column)
            rows.append((title, run.name, _cell(standings, run, column), behind))
            title = ""
    is_paired = any(row[3] not in ("", _NO_VALUE, _BEST) for row in rows)
    n_columns = 4 if is_paired else 3
    return ResultTable(
        ("metric", "run", "value", "behind")[:n_columns],
        tuple(row[:n_columns] for row in rows),
        frozenset(best),
        standings.title,
        _caption(standings),
        n_text_columns=2,
        folded=frozenset({0, 1}),
    )


def facts_table(standings: Standings) -> ResultTable:
    """What the runs were: data and model where they differ, all settings in one column, costs."""
    joined = [
        ", ".join(
            f"{name} {setting_text(values[at])}"
            for name, values in standings.settings.items()
            if values[at] is not MISSING
        )
        for at in range(len(standings.runs))
    ]
    settings = [_Block(["settings that differ"], [joined])] if any(joined) else []
    words = [_names(standings), *_identity(standings), *settings]
    n_words = sum(len(block.titles) for block in words)
    folded = {0, n_words - 1} if settings else {0}
    return _table(standings, words, [_costs(standings)], folded=folded, title="")


def comparison_columns(standings: Standings) -> dict[str, ArrayLike]:
    """The same as columns for a table file: fractions and nats as records have them, NaN where there is none.

    Behind each metric stand the ends of its 95 % interval if any run was repeated, and behind those of the
    metric that it is sorted by how far each run lies behind the best.
    """
    runs = standings.runs
    columns: dict[str, ArrayLike] = {
        "run": [run.name for run in runs],
        "data": standings.data,
        "model": [run.record.model for run in runs],
        **{name: _for_file(values) for name, values in standings.settings.items()},
        "repeats": [run.n_repeats for run in runs],
    }
    for column in standings.columns:
        columns |= _metric_columns(standings, column)
    columns["epochs"] = [_or_nan(run.n_epochs) for run in runs]
    columns["seconds"] = [run.fit_seconds for run in runs]
    columns["parameters"] = [_or_nan(run.n_parameters) for run in runs]
    return columns


def _metric_columns(standings: Standings, column: MetricColumn) -> dict[str, ArrayLike]:
    figures = [standings.figure(run, column) for run in standings.runs]
    found: dict[str, ArrayLike] = {column.key: [math.nan if one is None else one["mean"] for one in figures]}
    if _is_repeated(standings):
        for at, end in enumerate(("low", "high")):
            found[f"{column.key} {end}"] = [math.nan if one is None else one["ci95"][at] for one in figures]
    if column.metric == standings.sort:
        behind = [standings.behind(run, column) for run in standings.runs]
        if any(behind):
            found[f"{column.key} behind"] = [one.summary["mean"] if one else math.nan for one in behind]
            found[f"{column.key} behind ±"] = [one.half_width if one else math.nan for one in behind]
    return found


def _table(
    standings: Standings,
    words: Sequence[_Block],
    numbers: Sequence[_Block],
    *,
    caption: str = "",
    folded: set[int] | None = None,
    title: str | None = None,
) -> ResultTable:
    blocks = [*words, *numbers]
    titles = [title for block in blocks for title in block.titles]
    cells = [column for block in blocks for column in block.cells]
    best = [rows for block in blocks for rows in block.best or [()] * len(block.titles)]
    return ResultTable(
        columns=tuple(titles),
        rows=tuple(zip(*cells, strict=True)),
        best=frozenset((row, at) for at, rows in enumerate(best) for row in rows),
        title=standings.title if title is None else title,
        caption=caption,
        n_text_columns=sum(len(block.titles) for block in words),
        folded=frozenset(folded or ()),
    )


def _names(standings: Standings) -> _Block:
    return _Block(["run"], [[run.name for run in standings.runs]])


def _identity(standings: Standings) -> list[_Block]:
    """Data and model, where they differ; else the title tells them."""
    found = {"data": standings.data, "model": [run.record.model for run in standings.runs]}
    return [_Block([name], [values]) for name, values in found.items() if len(set(values)) > 1]


def _settings(standings: Standings) -> _Block:
    settings = standings.settings
    return _Block([*settings], [[setting_text(one) for one in values] for values in settings.values()])


def _metrics(standings: Standings, columns: Sequence[MetricColumn]) -> _Block:
    best = [
        [at for at, run in enumerate(standings.runs) if standings.is_best(run, column)] for column in columns
    ]
    cells = [[_cell(standings, run, column) for run in standings.runs] for column in columns]
    return _Block([column.title for column in columns], cells, best)


def _cell(standings: Standings, run: ComparedRun, column: MetricColumn) -> str:
    figure = standings.figure(run, column)
    if figure is None:
        return _NO_VALUE
    low, high = figure["ci95"]
    return column.shown(figure["mean"], (high - low) / 2)


def _behind(standings: Standings) -> _Block:
    """How far each run lies behind the best, in the metric that it is sorted by; none if nobody can know."""
    columns = [
        column
        for column in standings.sort_columns
        if any(standings.behind(run, column) for run in standings.runs)
    ]
    return _Block(
        [f"behind in {column.title}" for column in columns],
        [[_behind_cell(standings, run, column) for run in standings.runs] for column in columns],
    )


def _behind_cell(standings: Standings, run: ComparedRun, column: MetricColumn) -> str:
    if standings.best_rival(run, column) is run:
        return _BEST
    behind = standings.behind(run, column)
    return column.shown(behind.summary["mean"], behind.half_width, decimals=2) if behind else _NO_VALUE


def _costs(standings: Standings) -> _Block:
    runs = standings.runs
    cells = {
        "epochs": [_count(run.n_epochs) for run in runs],
        "seconds": [_seconds(run.fit_seconds) for run in runs],
        "parameters": [_count(run.n_parameters) for run in runs],
    }
    known = {name: values for name, values in cells.items() if set(values) != {_NO_VALUE}}
    return _Block([*known], [*known.values()])


def _caption(standings: Standings) -> str:
    sentences = ["In percent."] if standings.kind == "graphs" else []
    counts = sorted({run.n_repeats for run in standings.runs})
    if counts[-1] > 1:
        repeats = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
        sentences.append(
            f"± half the 95 % interval of the mean over {repeats} repeats; seconds are of one of them."
        )
    if _behind(standings).titles:
        sentences.append(
            "Behind: paired difference to the best of the same data on shared splits ± half its 95 % "
            "interval; if that holds 0, it is not shown to be worse."
        )
        columns = standings.sort_columns
        if any(_is_unpaired(standings, run, column) for column in columns for run in standings.runs):
            sentences.append(f"Behind {_NO_VALUE}: shares fewer than two splits with that best.")
    return " ".join(sentences)


def _is_unpaired(standings: Standings, run: ComparedRun, column: MetricColumn) -> bool:
    """Whether there is a better run to lie behind, but no splits to measure by how much."""
    best = standings.best_rival(run, column)
    is_behind = best is not None and best is not run and standings.figure(run, column) is not None
    return is_behind and standings.behind(run, column) is None


def _is_repeated(standings: Standings) -> bool:
    return any(run.n_repeats > 1 for run in standings.runs)


def _for_file(values: Sequence[Any]) -> ArrayLike:
    texts: Any = [None if value is MISSING else setting_text(value) for value in values]
    return texts  # type: ignore[no-any-return]


def _or_nan(number: int | None) -> float:
    return math.nan if number is None else number


def _count(number: int | None) -> str:
    return _NO_VALUE if number is None else f"{number:,}"


def _seconds(seconds: float) -> str:
    if math.isnan(seconds):
        return _NO_VALUE
    return f"{seconds:,.1f}" if seconds < 10 else f"{seconds:,.0f}"
