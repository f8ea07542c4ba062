"""`varigraph score` of a run on vectors or images: how well the model explains each row of a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from varigraph.cli.console import say
from varigraph.cli.outputs import output_or_stdout
from varigraph.cli.rows.data import RowData
from varigraph.cli.rows.runs import RowRun
from varigraph.cli.standard_input import readable_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from varigraph.rows import Rows

__all__ = ["score"]

_STRANGE_BY = "reconstruction_deviance"
"""What anomalies are told by: a density takes simple rows for normal ones, whatever they show."""

_DRAWN = "Intensities were made 0 or 1 once, drawn with the run's seed, as training drew them in every step."


def score(context: typer.Context, run: Path, table: str, output: Path | None) -> str:
    """Writes a table with its new columns, of other rows their ids with them; in words what was written."""
    told = context.params
    stored, reading = RowRun.load(run), RowData.of(context)
    _check_use(stored, told)
    reading.check_effect(table)
    with readable_source(table) as path:
        given = stored.other_rows(path, reading)
        rows = stored.scored(given)
        columns, remarks = _scores(stored, rows, told["samples"])
        if rows is not given:
            remarks += f" {_DRAWN}"
        anomalies, more = _anomalies(stored, rows, columns[_STRANGE_BY], told["contamination"])
        with output_or_stdout(output) as place:
            _write(path, place, rows, columns | anomalies, reading)
            if not told["quiet"]:  # before a reader of standard output can go away
                say("\n".join([remarks, *more]))
    return f"{rows.n_rows:,} row{'' if rows.n_rows == 1 else 's'}"


def _check_use(run: RowRun, told: dict[str, Any]) -> None:
    if told["samples"] is not None and not hasattr(run.model, "log_likelihood"):
        raise typer.BadParameter(
            f"{run.model.name} has no density to estimate from samples.", param_hint="'--samples'"
        )
    if told["contamination"] is not None and run.detector is not None:
        raise typer.BadParameter(
            f"the detector in {run.folder} has a threshold of its own.", param_hint="'--contamination'"
        )


def _scores(run: RowRun, rows: Rows, n_samples: int | None) -> tuple[dict[str, NDArray[Any]], str]:
    """What the model makes of each row, in nats, and a word on what that is."""
    explained = {
        "reconstruction_log_likelihood": run.model.reconstruction_log_likelihood(rows.values),
        _STRANGE_BY: run.model.reconstruction_deviance(rows.values),
    }
    if not hasattr(run.model, "log_likelihood"):
        return explained, "In nats a row: how well it is reconstructed, which is no density of it."
    estimate = run.model.log_likelihood(rows.values, n_samples=n_samples)
    densities = {"log_likelihood": estimate.values, "standard_error": estimate.standard_errors}
    count = f"{n_samples or run.model.n_samples:,}"
    return densities | explained, f"In nats a row; log_likelihood from {count} importance samples a row."


def _anomalies(
    run: RowRun, rows: Rows, scores: NDArray[Any], contamination: float | None
) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """Which rows are strange, and where the line was drawn; nothing where none was asked for.

    Args:
        run: With rows that it was not trained on.
        rows: Those in question.
        scores: How strange they are, shape (n_rows,).
        contamination: The share of usual rows beyond the line.
    """
    import numpy as np

    if run.detector is not None:
        is_strange = run.detector.predict(rows.values) < 0
        return {"anomaly": is_strange}, [f"Anomalies, as the detector finds them: {is_strange.sum():,}."]
    if contamination is None:
        return {}, []
    usual = np.sort(_held_out_scores(run))
    line = float(np.quantile(usual, 1 - contamination))
    is_strange = scores > line
    told = (
        f"Anomalies: {is_strange.sum():,} of {len(scores):,} rows, with a {_STRANGE_BY} above {line:.6g}, as "
        f"{100 * contamination:g} % of the {len(usual):,} rows have that the run was not trained on."
    )
    percentile = 100 * np.searchsorted(usual, scores, side="left") / len(usual)
    return {"percentile": percentile, "anomaly": is_strange}, [told]


def _held_out_scores(run: RowRun) -> NDArray[Any]:
    """Scores of rows as new to the model as those it is asked about: trained-on rows look too usual."""
    import numpy as np

    from varigraph.errors import RunFolderError

    if run.split is None:
        raise RunFolderError(
            f"{run.folder} is a saved model without rows of its own, so nothing says what is usual."
        )
    held_out = np.sort(np.concatenate([run.split.val, run.split.test]))
    scores: NDArray[Any] = run.model.reconstruction_deviance(run.scored(run.rows).take(held_out).values)
    return scores


def _write(source: str, place: Path, rows: Rows, columns: dict[str, NDArray[Any]], reading: RowData) -> None:
    from varigraph.tables import append_columns, write_table

    if reading.is_table(source):
        told: Any = reading.format
        append_columns(source, place, columns, header=not reading.no_header, format=told)
    else:
        write_table(place, {"id": rows.ids} | columns)
