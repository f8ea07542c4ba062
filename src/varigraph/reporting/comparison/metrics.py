"""The metrics of a comparison: which stand in one column, what they are called, and which is better."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from varigraph.evaluation.repeats import Summary
from varigraph.evaluation.row_record import RowRecord
from varigraph.evaluation.row_result import ROW_METRICS
from varigraph.evaluation.row_scale import nats_of, were_drawn
from varigraph.reporting.comparison.runs import ComparedRun, data_labels
from varigraph.reporting.row_tables import ROW_METRIC_TITLES, SIGN_OF_BETTER, row_figure
from varigraph.reporting.tables import METRIC_TITLES

__all__ = ["MetricColumn", "columns_of", "figure_of", "metrics_of"]

_LIKELIHOOD_METRICS = ("log_likelihood", "elbo", "reconstruction_log_likelihood")
_ERROR_METRICS = ("mse", "psnr")
_DRAWN, _GIVEN = "drawn zeros and ones", "rows as given"


@dataclass(frozen=True)
class MetricColumn:
    """One metric of those runs in which it measures the same thing.

    Attributes:
        metric: Its name in records.
        quantity: What it measures, where runs differ in that, such as "densities"; else empty.
        is_of_links: A fraction, shown in percent; else in the unit of its name.
    """

    metric: str
    quantity: str = ""
    is_of_links: bool = True

    @property
    def key(self) -> str:
        """Its name in files."""
        return f"{self.metric} ({self.quantity})" if self.quantity else self.metric

    @property
    def title(self) -> str:
        """Its name in tables, with the unit if it has one beside percent."""
        titles = METRIC_TITLES if self.is_of_links else ROW_METRIC_TITLES
        title = titles.get(self.metric, self.metric.capitalize())
        return f"{title} ({self.quantity})" if self.quantity else title

    @property
    def sign(self) -> int:
        """1 if more of it is better, −1 if less is, 0 where that cannot be said."""
        return 1 if self.is_of_links else SIGN_OF_BETTER.get(self.metric, 0)

    def shown(self, value: float, spread: float = math.nan, *, decimals: int = 1) -> str:
        """A value of it with what stands behind ±, if that is known."""
        if not self.is_of_links:
            return row_figure(self.metric, value, spread)
        if math.isnan(value):
            return "–"
        behind = "" if math.isnan(spread) else f" ± {100 * spread:.{decimals}f}"
        return f"{100 * value:.{decimals}f}{behind}"


def metrics_of(runs: Sequence[ComparedRun]) -> list[str]:
    """The metrics that some run has a value of, in the order of tables."""
    named = dict.fromkeys(name for run in runs for name in run.metrics)
    known = [
        name
        for name in named
        if any(name in run.metrics and not math.isnan(_summary(run.metrics[name])["mean"]) for run in runs)
    ]
    return [*(one for one in ROW_METRICS if one in known), *(one for one in known if one not in ROW_METRICS)]


def columns_of(runs: Sequence[ComparedRun], metrics: Iterable[str]) -> list[MetricColumn]:
    """The columns of these metrics: more than one of a metric that does not measure the same in all runs."""
    columns = dict.fromkeys(_column(run, metric, runs) for metric in metrics for run in runs)
    return [column for column in columns if any(figure_of(run, column, runs) for run in runs)]


def figure_of(run: ComparedRun, column: MetricColumn, runs: Sequence[ComparedRun]) -> Summary | None:
    """What a run has of a column; None if it has no value, or one that belongs in another column.

    A single run has its value for a mean, and NaN for the rest.
    """
    if column.metric not in run.metrics or _column(run, column.metric, runs) != column:
        return None
    summary = _summary(run.metrics[column.metric])
    return None if math.isnan(summary["mean"]) else summary


def _summary(value: float | Summary) -> Summary:
    if isinstance(value, Mapping):
        return value
    return {"mean": value, "sd": math.nan, "ci95": [math.nan, math.nan], "values": [value]}


def _column(run: ComparedRun, metric: str, runs: Sequence[ComparedRun]) -> MetricColumn:
    if run.kind == "graphs":
        return MetricColumn(metric)
    having = [one for one in runs if metric in one.metrics]
    measured = _measured(run, metric)
    is_told = measured == "grey values" or len({_measured(one, metric) for one in having}) > 1
    words = [measured] if is_told else []
    # Squares and nats are in the units of the columns, and of as many as there are.
    if metric != "psnr" and measured and len({one.data_fingerprint for one in having}) > 1:
        words.append(data_labels(runs)[run.data_fingerprint])
    return MetricColumn(metric, " of ".join(words), is_of_links=False)


def _measured(run: ComparedRun, metric: str) -> str:
    """What a metric of rows is of; empty where it is the same for all models."""
    record = run.record
    if not isinstance(record, RowRecord):
        return ""
    if metric in _LIKELIHOOD_METRICS:
        return nats_of(record)
    return (_DRAWN if were_drawn(record) else _GIVEN) if metric in _ERROR_METRICS else ""
