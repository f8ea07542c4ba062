"""Tables of row models' results: densities in nats, errors of reconstructions, baselines beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from varigraph.evaluation.repeats import Summary
from varigraph.evaluation.row_result import ROW_METRICS, RowEvaluation
from varigraph.reporting.tables import ResultTable

__all__ = [
    "ROW_METRIC_TITLES",
    "SIGN_OF_BETTER",
    "row_evaluation_table",
    "row_figure",
    "row_summary_table",
]

ROW_METRIC_TITLES = {
    "log_likelihood": "log p(x), nats",
    "elbo": "ELBO, nats",
    "kl": "KL, nats",
    "reconstruction_log_likelihood": "log p(x|z) at mean z",
    "mse": "MSE",
    "psnr": "PSNR, dB",
    "active_units": "active units",
}
"""What tables call the metrics of rows, with their units."""

SIGN_OF_BETTER = {"log_likelihood": 1, "mse": -1, "psnr": 1}
"""Metrics of rows by which a model and its baselines are compared, and whether more of them is better."""


class _Value(NamedTuple):
    """A metric's value, and half the width of what stands behind ±; NaN for none."""

    value: float
    spread: float


def row_evaluation_table(
    evaluation: RowEvaluation, *, metrics: Sequence[str] | None = None, title: str = ""
) -> ResultTable:
    """One evaluation: under each metric the model and the baselines that have it, the best in bold.

    Values are means over rows ± one standard error. Among a bound, a divergence or a number of units there
    is no best one. Values that read the same are all in bold.

    Args:
        evaluation: From `evaluate_rows`.
        metrics: Those to show, in this order, such as ("log_likelihood", "mse"); all unless told otherwise.
        title: Above the table.

    Raises:
        ValueError: There is no metric of that name.
    """
    values = {
        name: {
            metric: _Value(value, evaluation.standard_errors[name].get(metric, math.nan))
            for metric, value in row.items()
        }
        for name, row in evaluation.metrics.items()
    }
    caption = f"{evaluation.caption[0].upper()}{evaluation.caption[1:]}"
    return _table(values, metrics, title=title, caption=caption)


def row_summary_table(
    summaries: Mapping[str, Mapping[str, Summary]],
    *,
    metrics: Sequence[str] | None = None,
    title: str = "",
) -> ResultTable:
    """Repeated runs in the same form: mean ± half the width of the 95 % interval.

    One run has no interval and shows its value alone. A bold mean whose interval overlaps another is not
    shown to be better.

    Args:
        summaries: For each predictor, summaries by metric; from `summarise_row_evaluations`.
        metrics: Those to show, in this order; all unless told otherwise.
        title: Above the table.

    Raises:
        ValueError: There are no rows, or there is no metric of that name.
    """
    values = {
        name: {
            metric: _Value(one["mean"], (one["ci95"][1] - one["ci95"][0]) / 2) for metric, one in row.items()
        }
        for name, row in summaries.items()
    }
    n_runs = max((len(one["values"]) for row in summaries.values() for one in row.values()), default=0)
    what = "One run" if n_runs == 1 else f"Mean ± half the width of its 95 % interval over {n_runs:,} runs"
    return _table(values, metrics, title=title, caption=f"{what}.")


def _table(
    values: Mapping[str, Mapping[str, _Value]], metrics: Sequence[str] | None, *, title: str, caption: str
) -> ResultTable:
    present = [metric for metric in ROW_METRICS if any(metric in row for row in values.values())]
    if not present:
        raise ValueError("There is nothing to make a table of.")
    unknown = [metric for metric in metrics or () if metric not in present]
    if unknown:
        raise ValueError(f"There is no metric {unknown[0]!r}; there are {', '.join(present)}.")
    rows: list[tuple[str, str, str]] = []
    best: set[tuple[int, int]] = set()
    for metric in present if metrics is None else metrics:
        group = {name: row[metric] for name, row in values.items() if metric in row}
        best |= {(len(rows) + number, 2) for number in _best_rows(metric, list(group.values()))}
        titles = (ROW_METRIC_TITLES[metric], *[""] * (len(group) - 1))
        rows += [
            (first, name, row_figure(metric, *one))
            for first, (name, one) in zip(titles, group.items(), strict=True)
        ]
    return ResultTable(
        ("metric", "of", "value"), tuple(rows), frozenset(best), title, caption, n_text_columns=2
    )


def _best_rows(metric: str, group: Sequence[_Value]) -> list[int]:
    """Those whose value reads the same as the best; none where there is nothing to compare."""
    known = [one for one in group if not math.isnan(one.value)]
    if metric not in SIGN_OF_BETTER or len(known) < 2:
        return []
    best = row_figure(metric, max(known, key=lambda one: SIGN_OF_BETTER[metric] * one.value).value)
    return [number for number, one in enumerate(group) if row_figure(metric, one.value) == best]


def row_figure(metric: str, value: float, spread: float = math.nan) -> str:
    """A metric of rows as tables show it, with what stands behind ± unless that is NaN.

    Example:
        >>> row_figure("log_likelihood", -1234.567, 0.5), row_figure("mse", 0.0123456)
        ('-1,234.57 ± 0.50', '0.01235')
    """
    if math.isnan(value):
        return "–"
    if metric == "mse":
        shown, behind = f"{value:.4g}", f"{spread:.2g}"
    else:
        n_decimals = 0 if metric == "active_units" and float(value).is_integer() else 2
        shown, behind = f"{value:,.{n_decimals}f}", f"{spread:,.2f}"
    return shown if math.isnan(spread) else f"{shown} ± {behind}"
