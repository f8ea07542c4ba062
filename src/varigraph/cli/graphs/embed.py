"""`varigraph embed` of a run on a graph: each node's latent vector."""

from __future__ import annotations

from pathlib import Path

import typer

from varigraph.cli.outputs import output_or_stdout

__all__ = ["draw", "write"]


def write(context: typer.Context, run: Path, output: Path | None) -> str:
    """The table; in words what was written."""
    from varigraph.models import load
    from varigraph.tables.writing import write_table

    model = load(run)
    with output_or_stdout(output) as path:
        write_table(path, model.embedding_columns())
    return f"{len(model.embedding_):,} nodes, {model.embedding_.shape[1]} dimensions"


def draw(context: typer.Context, run: Path, output: Path) -> str:
    """The picture; in words what was drawn."""
    from varigraph.models import load
    from varigraph.reporting import plot
    from varigraph.reporting.figures import save_figure

    model = load(run)
    save_figure(plot.embedding(model, method=context.params["projection"] or "pca"), output)
    return f"{len(model.embedding_):,} nodes, {model.embedding_.shape[1]} dimensions"
