"""`varigraph plot` of a run on vectors or images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from varigraph.cli.rows.data import RowData
from varigraph.cli.rows.embed import latent_picture
from varigraph.cli.rows.options import shape_of
from varigraph.cli.rows.pictures import told_in_words
from varigraph.cli.rows.runs import RowRun

__all__ = ["picture"]


def picture(context: typer.Context, run: Path, what: str) -> Any:
    """The figure: samples, reconstructions, the manifold, the latent space, or the course of training."""
    from varigraph.reporting import plot

    stored, told = RowRun.load(run), context.params
    if what == "embedding":
        return latent_picture(context, stored)[0]
    if what == "training":
        return plot.training(stored.model)
    options: dict[str, Any] = {"image_shape": shape_of(told["image_shape"])}
    if told["count"] is not None:
        options["n"] = told["count"]
    with told_in_words(run):
        if what == "samples":
            return plot.samples(stored.model, **options)
        if what == "manifold":
            return plot.manifold(stored.model, **options)
        return plot.reconstructions(stored.model, _shown_rows(context, stored), **options)


def _shown_rows(context: typer.Context, run: RowRun) -> Any:
    """Rows that the model was not trained on: those of the user, or the run's own test part."""
    source = context.params["data"]
    if source is not None:
        return run.other_rows(source, RowData.of(context))
    if run.split is None or not len(run.split.test):
        return run.rows
    return run.rows.take(run.split.test)
