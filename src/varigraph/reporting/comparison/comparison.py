"""`compare_runs`: finished runs side by side, the best marked, and whether the comparison is fair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from varigraph.errors import FileContentError
from varigraph.evaluation.documents import json_ready
from varigraph.reporting.comparison.fairness import fairness_notes
from varigraph.reporting.comparison.metrics import columns_of, metrics_of
from varigraph.reporting.comparison.runs import ComparedRun, read_runs
from varigraph.reporting.comparison.settings import MISSING
from varigraph.reporting.comparison.standings import Standings, sorted_runs
from varigraph.reporting.comparison.tables import comparison_table

__all__ = ["Comparison", "compare_runs"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs of one kind side by side; `rich.print(comparison)` shows the table, `str(comparison)` notes too.

    Attributes:
        standings: The runs, sorted, with the best of each metric and the distance of the others to it.
        notes: Why the comparison may not be fair, a sentence each.
    """

    standings: Standings
    notes: tuple[str, ...]

    @property
    def runs(self) -> tuple[ComparedRun, ...]:
        """The best of the metric that they are sorted by first, within those that can be compared."""
        return self.standings.runs

    def to_dict(self) -> dict[str, Any]:
        """A JSON document: NaN is None there, and a setting that a model does not have is left out."""
        standings = self.standings
        document: dict[str, Any] = json_ready(
            {
                "kind": standings.kind,
                "sort": standings.sort,
                "runs": [_run_document(standings, at) for at in range(len(self.runs))],
                "notes": self.notes,
            }
        )
        return document

    def markdown(self) -> str:
        """The table in GitHub's Markdown, the notes as a list below it."""
        notes = "".join(f"- {note}\n" for note in self.notes)
        return comparison_table(self.standings).markdown() + (f"\n{notes}" if notes else "")

    def __rich__(self) -> Table:
        return comparison_table(self.standings).__rich__()

    def __str__(self) -> str:
        return "\n".join([str(comparison_table(self.standings)), *self.notes])


def compare_runs(
    paths: Iterable[str | Path], *, metrics: Sequence[str] | None = None, sort: str | None = None
) -> Comparison:
    """Compares finished runs by the metrics of their test parts.

    Nothing is trained or scored: all facts are those of the runs' records.

    Args:
        paths: Run folders, `record.json` files, and records that `varigraph evaluate --json` printed; of
            models of graphs or of models of rows.
        metrics: Those to compare, in this order, such as ("auc", "ap"); all that there are unless told
            otherwise.
        sort: The metric whose best run is to stand first; the first of `metrics` unless told otherwise.

    Raises:
        DataError: A path is no finished run; two are of the same; or graphs and rows stand together.
        ValueError: There are no paths, or no run has a metric of that name.

    Example:
        >>> compare_runs(["runs/cora-gae", "runs/cora-vgae"], sort="ap")  # doctest: +SKIP
    """
    runs = read_runs(paths)
    known = metrics_of(runs)
    if not known:
        raise FileContentError("None of the runs has a metric with a value, so there is nothing to compare.")
    for name in (*(metrics or ()), *([sort] if sort else ())):
        if name not in known:
            raise ValueError(f"No run has a metric {name!r}; there are {', '.join(known)}.")
    chosen = list(dict.fromkeys(metrics or known))
    sort = sort or chosen[0]
    standings = Standings(
        runs=tuple(sorted_runs(runs, columns_of(runs, [sort]))),
        columns=tuple(columns_of(runs, chosen)),
        sort=sort,
    )
    return Comparison(standings, tuple(fairness_notes(runs)))


def _run_document(standings: Standings, at: int) -> dict[str, Any]:
    run, record = standings.runs[at], standings.runs[at].record
    settings = {name: values[at] for name, values in standings.settings.items()}
    return {
        "name": run.name,
        "path": str(run.path),
        "dataset": record.dataset,
        "data_fingerprint": run.data_fingerprint,
        "split_protocol": record.split_protocol,
        "split_seeds": record.split_seeds,
        "n_repeats": run.n_repeats,
        "model": record.model,
        "preset": record.preset,
        "differing_settings": {name: one for name, one in settings.items() if one is not MISSING},
        "metrics": _metrics_document(standings, run),
        "n_epochs": run.n_epochs,
        "best_epoch": record.counts.get("best_epoch"),
        "fit_seconds": run.fit_seconds,
        "n_threads": record.n_threads,
        "n_parameters": run.n_parameters,
    }


def _metrics_document(standings: Standings, run: ComparedRun) -> dict[str, Any]:
    document = {}
    for column in standings.columns:
        figure, behind = standings.figure(run, column), standings.behind(run, column)
        if figure is not None:
            document[column.metric] = {
                **figure,
                "measures": column.quantity or None,
                "is_best": standings.is_best(run, column),
                "behind": None if behind is None else behind.to_dict(),
            }
    return document
