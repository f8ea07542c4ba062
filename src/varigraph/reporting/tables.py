"""Tables of results and of data sets: as rich tables for a terminal, as Markdown, as plain text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from varigraph.datasets.card import DatasetCard, DatasetKind
from varigraph.evaluation.link_prediction import LinkEvaluation
from varigraph.evaluation.repeats import Summary
from varigraph.reporting.plain_text import one_line, shown_text

__all__ = [
    "METRIC_TITLES",
    "ResultTable",
    "card_table",
    "dataset_table",
    "evaluation_table",
    "summary_table",
]

_NO_VALUE = "–"
METRIC_TITLES = {"auc": "AUC", "ap": "AP", "mrr": "MRR", "nmi": "NMI", "ari": "ARI", "macro_f1": "Macro-F1"}
"""What tables call a metric of links or of probes, where that is not its name with a capital."""


@dataclass(frozen=True)
class ResultTable:
    """Cells of text with some in bold; `rich.print(table)`, `str(table)` and `table.markdown()` show it.

    Attributes:
        columns: Column titles; the first column names the rows.
        rows: Cells, one a column; the first `n_text_columns` columns are words, the others numbers.
        best: Positions (row, column) of cells in bold.
        title: Above the table, or empty.
        caption: Below the table, or empty.
        n_text_columns: Columns that are aligned to the left.
        folded: Columns whose cells go on in the next line where a terminal is too narrow for all; the others
            stay whole. Without any, the first stays whole and the others do not.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: frozenset[tuple[int, int]] = frozenset()
    title: str = ""
    caption: str = ""
    n_text_columns: int = 1
    folded: frozenset[int] = frozenset()

    def __rich__(self) -> Table:
        # Without frames, names and seven metrics fit into 80 columns.
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
        table.title, table.title_justify = Text(one_line(self.title)) if self.title else None, "left"
        table.caption, table.caption_justify = (
            Text(shown_text(self.caption)) if self.caption else None,
            "left",
        )
        for number, name in enumerate(self.columns):
            justify: JustifyMethod = "left" if number < self.n_text_columns else "right"
            is_whole = number not in self.folded if self.folded else number == 0
            table.add_column(Text(one_line(name)), justify=justify, no_wrap=is_whole, overflow="fold")
        for number, row in enumerate(self.rows):
            # Text, not a string: square brackets in a user's names are no markup.
            table.add_row(
                *(Text(one_line(cell), style=self._style(number, at)) for at, cell in enumerate(row))
            )
        return table

    def _style(self, row: int, column: int) -> str:
        return "bold" if (row, column) in self.best else ""

    def markdown(self) -> str:
        """The table in GitHub's Markdown, ending in a newline; cells in bold stand between asterisks."""
        rows = [
            [
                f"**{_escaped(cell)}**" if (number, at) in self.best else _escaped(cell)
                for at, cell in enumerate(row)
            ]
            for number, row in enumerate(self.rows)
        ]
        rule = ["---" if number < self.n_text_columns else "---:" for number in range(len(self.columns))]
        header = [_escaped(name) for name in self.columns]
        lines = ["| " + " | ".join(row) + " |" for row in [header, rule, *rows]]
        above = [f"**{_escaped(self.title)}**", ""] if self.title else []
        below = ["", _escaped(self.caption)] if self.caption else []
        return "\n".join([*above, *lines, *below]) + "\n"

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = ["  ".join(self._padded(row, widths)).rstrip() for row in (self.columns, *self.rows)]
        return "\n".join([*filter(None, [self.title]), *lines, *filter(None, [self.caption])])

    def _padded(self, row: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
        for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
            yield cell.ljust(width) if number < self.n_text_columns else cell.rjust(width)


def evaluation_table(
    evaluation: LinkEvaluation, *, metrics: Sequence[str] | None = None, title: str = "", decimals: int = 2
) -> ResultTable:
    """One evaluation: a row a predictor, the model first, metrics in percent, the best of each in bold.

    Args:
        evaluation: From `evaluate_links`.
        metrics: Those to show, in this order, such as ("auc", "ap"); all unless told otherwise.
        title: Above the table.
        decimals: Of the percentages.
    """
    cells = {
        name: {metric: _Cell(value, _percent(value, decimals), "") for metric, value in row.items()}
        for name, row in evaluation.metrics.items()
    }
    caption = f"In percent. {evaluation.caption[0].upper()}{evaluation.caption[1:]}"
    return _metrics_table(cells, metrics, title=title, caption=caption)


def summary_table(
    summaries: Mapping[str, Mapping[str, Summary]],
    *,
    metrics: Sequence[str] | None = None,
    title: str = "",
    decimals: int = 1,
) -> ResultTable:
    """Repeated runs: mean ± half the width of the 95 % interval, in percent, the best mean in bold.

    One run has no interval and shows its value alone. Means that read the same are all in bold; a bold mean
    whose interval overlaps another is not shown to be better.

    Args:
        summaries: For each row (a predictor, or a model on a data set), summaries by metric, the same for
            all rows; from `summarise_evaluations`.
        metrics: Those to show, in this order; all unless told otherwise.
        title: Above the table.
        decimals: Of the percentages.

    Raises:
        ValueError: There are no rows, they have different metrics, or there is no metric of that name.
    """
    cells = {
        name: {metric: _summary_cell(one, decimals) for metric, one in row.items()}
        for name, row in summaries.items()
    }
    counts = sorted({len(one["values"]) for row in summaries.values() for one in row.values()})
    runs = " to ".join(f"{count:,}" for count in dict.fromkeys((*counts[:1], *counts[-1:])))
    is_single = counts[-1:] == [1]
    what = "one run" if is_single else f"mean ± half the width of its 95 % interval over {runs} runs"
    return _metrics_table(cells, metrics, title=title, caption=f"In percent: {what}.")


def dataset_table(cards: Iterable[DatasetCard], *, kind: DatasetKind = "graph") -> ResultTable:
    """Data sets of one kind, a row each: name, what it is, and its counts.

    Args:
        cards: Of any kinds; those of another are left out.
        kind: "graph" or "rows", which have different counts.
    """
    of_kind = [one for one in cards if one.kind == kind]
    columns = ("name", "what", *(_counts(of_kind[0]) if of_kind else ()))
    rows = tuple((one.name, one.title, *_counts(one).values()) for one in of_kind)
    return ResultTable(columns, rows, title=_TITLES[kind], n_text_columns=2)


def card_table(card: DatasetCard) -> ResultTable:
    """One data set in full: its counts, source, licence, citation and raw files."""
    facts = {
        "what": card.title,
        "loaded by": f"{'load_graph' if card.kind == 'graph' else 'load_rows'}({card.name!r})",
        **_counts(card),
        "parts": ", ".join(f"{name} {size:,}" for name, size in card.part_sizes),
        "source": card.source,
        "licence": card.licence,
        "cite": card.citation,
        "raw files": ", ".join(file.name for file in card.raw_files) or "none: it comes with varigraph",
        "notes": card.notes,
    }
    rows = tuple((name, value) for name, value in facts.items() if value)
    return ResultTable(("", card.name), rows, n_text_columns=2)


_TITLES: dict[DatasetKind, str] = {"graph": "Graphs", "rows": "Rows: vectors and images"}


def _counts(card: DatasetCard) -> dict[str, str]:
    """What is counted in a data set of that kind, by the title of its column."""
    shared = {"features": _count(card.n_features), "classes": _count(card.n_classes)}
    if card.kind == "graph":
        return {"nodes": _count(card.n_nodes), "edges": _count(card.n_edges), **shared}
    return {
        "rows": _count(card.n_rows),
        **shared,
        "image": " × ".join(map(str, card.image_shape or _NO_VALUE)),
    }


class _Cell(NamedTuple):
    """A metric with its text: the value as shown, and what follows it, such as " ± 0.4"."""

    value: float
    shown: str
    interval: str


def _metrics_table(
    cells: Mapping[str, Mapping[str, _Cell]], metrics: Sequence[str] | None, *, title: str, caption: str
) -> ResultTable:
    if not cells:
        raise ValueError("There is nothing to make a table of.")
    first, *others = cells
    for name in others:
        if cells[name].keys() != cells[first].keys():
            raise ValueError(
                f"The row {name!r} has the metrics {', '.join(cells[name])}, but the row {first!r} has "
                f"{', '.join(cells[first])}."
            )
    unknown = [one for one in metrics or () if one not in cells[first]]
    if unknown:
        raise ValueError(f"There is no metric {unknown[0]!r}; there are {', '.join(cells[first])}.")
    metrics = list(cells[first]) if metrics is None else metrics
    best = {
        (number, column)
        for column, metric in enumerate(metrics, start=1)
        for number in _best_rows([row[metric] for row in cells.values()])
    }
    return ResultTable(
        columns=("", *(METRIC_TITLES.get(metric, metric.capitalize()) for metric in metrics)),
        rows=tuple(
            (name, *(row[metric].shown + row[metric].interval for metric in metrics))
            for name, row in cells.items()
        ),
        best=frozenset(best),
        title=title,
        caption=caption,
    )


def _best_rows(column: Sequence[_Cell]) -> list[int]:
    """The rows whose value reads the same as the highest; none if all are NaN."""
    known = [cell for cell in column if not math.isnan(cell.value)]
    if not known:
        return []
    highest = max(known, key=lambda cell: cell.value)
    return [number for number, cell in enumerate(column) if cell.shown == highest.shown]


def _summary_cell(summary: Summary, decimals: int) -> _Cell:
    low, high = summary["ci95"]
    interval = "" if math.isnan(high) else f" ± {_percent((high - low) / 2, decimals)}"
    return _Cell(summary["mean"], _percent(summary["mean"], decimals), interval)


def _percent(value: float, decimals: int) -> str:
    return _NO_VALUE if math.isnan(value) else f"{100 * value:.{decimals}f}"


def _count(number: int) -> str:
    return f"{number:,}" if number else _NO_VALUE


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
