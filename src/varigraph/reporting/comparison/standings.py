"""Where runs stand among each other: the best of each column, and how far the others lie behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from varigraph.evaluation.repeats import Summary, summarise
from varigraph.reporting.comparison.fairness import ground_of
from varigraph.reporting.comparison.metrics import MetricColumn, columns_of, figure_of
from varigraph.reporting.comparison.runs import ComparedKind, ComparedRun, data_labels, shared_positions
from varigraph.reporting.comparison.settings import differing_settings

__all__ = ["Difference", "Standings", "paired_difference", "sorted_runs"]

_FEWEST = 2  # of one split there is no interval
_MAIN_METRICS = ("auc", "ap", "log_likelihood", "mse")


@dataclass(frozen=True)
class Difference:
    """By how much one run is better than another.

    Attributes:
        to: The name of the better run.
        summary: Of the differences on each shared split, in the unit of the metric; above 0 where the other
            run is better, whichever way its metric counts.
    """

    to: str
    summary: Summary

    @property
    def half_width(self) -> float:
        """Of the 95 % interval of the mean difference."""
        low, high = self.summary["ci95"]
        return (high - low) / 2

    def to_dict(self) -> dict[str, Any]:
        """A JSON document."""
        return {"to": self.to, **self.summary}


@dataclass(frozen=True, eq=False)
class Standings:
    """Runs of one kind in the order of a metric.

    Runs that can be compared stand together: of the same data, protocol, negatives and tie rule. Among them
    the best of each column is known, and how far the others lie behind it.

    Attributes:
        runs: The best of the metric `sort` first, within those that can be compared.
        columns: Of metrics.
        sort: The metric that they are sorted by.
    """

    runs: tuple[ComparedRun, ...]
    columns: tuple[MetricColumn, ...]
    sort: str

    @property
    def kind(self) -> ComparedKind:
        """What the models are of."""
        return self.runs[0].kind

    @property
    def settings(self) -> dict[str, list[Any]]:
        """The settings that differ, one value a run; `MISSING` where a model has no such setting."""
        return differing_settings(self.runs)

    @property
    def data(self) -> list[str]:
        """What the data of each run are called."""
        labels = data_labels(self.runs)
        return [labels[run.data_fingerprint] for run in self.runs]

    @property
    def title(self) -> str:
        """What is compared, in words."""
        data, models = set(self.data), {run.record.model for run in self.runs}
        what = f" of {models.pop()}" if len(models) == 1 else ""
        where = f" on {data.pop()}" if len(data) == 1 else ""
        return f"{len(self.runs):,} run{'' if len(self.runs) == 1 else 's'}{what}{where}, test part"

    @property
    def main_columns(self) -> tuple[MetricColumn, ...]:
        """The columns for which there is room where there is little."""
        wanted = {*_MAIN_METRICS, self.sort}
        return tuple(column for column in self.columns if column.metric in wanted) or self.columns

    def figure(self, run: ComparedRun, column: MetricColumn) -> Summary | None:
        """What a run has of a column; None if nothing."""
        return figure_of(run, column, self.runs)

    def is_best(self, run: ComparedRun, column: MetricColumn) -> bool:
        """Whether no run that it can be compared with reads better in this column, of two runs at least."""
        rivals = [one for one, _ in self._rivals(run, column)]
        best = self.best_rival(run, column)
        mine = self.figure(run, column)
        if mine is None or best is None or len(rivals) < 2:
            return False
        highest = self.figure(best, column)
        return highest is not None and column.shown(mine["mean"]) == column.shown(highest["mean"])

    def best_rival(self, run: ComparedRun, column: MetricColumn) -> ComparedRun | None:
        """The best run of those that this one can be compared with, itself among them.

        None where nothing is better or worse in this column.
        """
        rivals = self._rivals(run, column)
        if not column.sign or not rivals:
            return None
        return max(rivals, key=lambda rival: column.sign * rival[1])[0]

    def behind(self, run: ComparedRun, column: MetricColumn) -> Difference | None:
        """How far a run lies behind the best on the splits that both were scored on.

        None of the best itself, and where they share fewer than two splits.
        """
        best = self.best_rival(run, column)
        if best is None or best is run or self.figure(run, column) is None:
            return None
        return paired_difference(best, run, column.metric, sign=column.sign)

    @property
    def sort_columns(self) -> list[MetricColumn]:
        """The columns of the metric that runs are sorted by."""
        return columns_of(self.runs, [self.sort])

    def _rivals(self, run: ComparedRun, column: MetricColumn) -> list[tuple[ComparedRun, float]]:
        """The runs of its ground that have this column, with their means."""
        found = [(one, self.figure(one, column)) for one in self.runs if ground_of(one) == ground_of(run)]
        return [(one, figure["mean"]) for one, figure in found if figure is not None]


def sorted_runs(runs: Sequence[ComparedRun], columns: Sequence[MetricColumn]) -> list[ComparedRun]:
    """Grounds in their order, within one the columns, within one column the best first."""
    grounds = {ground: at for at, ground in enumerate(dict.fromkeys(map(ground_of, runs)))}

    def place(run: ComparedRun) -> tuple[int, int, float]:
        for at, column in enumerate(columns):
            figure = figure_of(run, column, runs)
            if figure is not None:
                return grounds[ground_of(run)], at, -(column.sign or 1) * figure["mean"]
        return grounds[ground_of(run)], len(columns), math.inf

    return sorted(runs, key=place)


def paired_difference(best: ComparedRun, other: ComparedRun, metric: str, *, sign: int) -> Difference | None:
    """How far `other` lies behind `best` on the splits that they share.

    Splits differ in how hard they are, and both runs meet the same ones: the interval of the differences is
    narrower than those of the two means suggest.

    Args:
        best: The better run.
        other: Of the same data and protocol.
        metric: That both have.
        sign: 1 if more of it is better, −1 if less is.

    Returns:
        None if they share fewer than two splits, or either was not repeated.
    """
    better, worse = (_values(run, metric) for run in (best, other))
    pairs = [(at, its) for at, its in shared_positions(best, other) if at < len(better) and its < len(worse)]
    differences = np.array([sign * (better[at] - worse[its]) for at, its in pairs])
    if len(differences) < _FEWEST or not np.isfinite(differences).all():
        return None
    return Difference(best.name, summarise(differences))


def _values(run: ComparedRun, metric: str) -> list[float]:
    value = run.metrics.get(metric, math.nan)
    return value["values"] if isinstance(value, dict) else [value]
