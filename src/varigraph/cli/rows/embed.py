"""`varigraph embed` of a run on vectors or images: the latent vector of each row, or of other rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from varigraph.cli.console import say
from varigraph.cli.outputs import output_or_stdout
from varigraph.cli.rows.data import RowData
from varigraph.cli.rows.runs import RowRun

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["draw", "latent_picture", "write"]


def write(context: typer.Context, run: Path, output: Path | None) -> str:
    """The table; in words what was written."""
    from varigraph.tables.writing import write_table

    stored = RowRun.load(run)
    columns, _ = _own_or_other(context, stored)
    with output_or_stdout(output) as path:
        write_table(path, columns)
    return _in_words(columns)


def draw(context: typer.Context, run: Path, output: Path) -> str:
    """The picture, coloured by label if there are labels; in words what was drawn."""
    from varigraph.reporting.figures import save_figure

    figure, words = latent_picture(context, RowRun.load(run))
    save_figure(figure, output)
    return words


def latent_picture(context: typer.Context, run: RowRun) -> tuple[Any, str]:
    """A figure of the latent space of the run's rows, or of those of --data; and in words what is shown.

    Raises:
        typer.BadParameter: The latent space has one dimension.
    """
    import numpy as np

    from varigraph.reporting import plot

    if run.model.latent_dim < 2:
        raise typer.BadParameter(
            f"the model in {run.folder} has one latent dimension, and a picture needs two.",
            param_hint="'RUN'",
        )
    columns, labels = _own_or_other(context, run)
    if context.params["data"] is None:
        labels = _own_labels(run)
    points = np.stack([values for name, values in columns.items() if name != "id"], axis=1)
    figure = plot.embedding(
        points,
        labels=labels,
        ids=columns["id"],
        title=f"Latent space of {run.model.name} ({len(points):,} rows)",
        method=context.params.get("projection") or "auto",
    )
    return figure, _in_words(columns)


def _own_or_other(context: typer.Context, run: RowRun) -> tuple[dict[str, NDArray[Any]], NDArray[Any] | None]:
    """Columns id, z0, z1, … of the run's rows, or of those of --data with their labels."""
    from varigraph.tables import embedding_columns

    source = context.params["data"]
    if source is None:
        return run.embedding(), None
    rows = run.other_rows(source, RowData.of(context))
    return embedding_columns(rows.ids, run.model.transform(rows.values)), rows.labels


def _own_labels(run: RowRun) -> NDArray[Any] | None:
    """The labels of the run's rows, which are not stored with it; without them a word on why not."""
    from varigraph.errors import DataError

    try:
        return run.rows.labels
    except DataError as error:
        say(f"Without colours, because the labels cannot be read again: {error}")
        return None


def _in_words(columns: dict[str, NDArray[Any]]) -> str:
    n_rows, n_latent = len(columns["id"]), len(columns) - 1
    return f"{n_rows:,} row{'' if n_rows == 1 else 's'}, {n_latent} dimension{'' if n_latent == 1 else 's'}"
