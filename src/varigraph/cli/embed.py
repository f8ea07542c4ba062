"""`varigraph embed`: the embedding of a run under the user's ids, as a table or a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from varigraph.cli.console import say

if TYPE_CHECKING:
    from varigraph.models.base import GraphAutoencoder

__all__ = ["embed"]

_PICTURES = (".png", ".svg", ".pdf")


def embed(
    run: Annotated[Path, typer.Argument(help="A run folder, as `varigraph fit` leaves it.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A table (.csv, .tsv, .parquet, .jsonl; .csv.gz, .tsv.gz) or a picture (.png, .svg, .pdf); "
            "without it, CSV on standard output.",
        ),
    ] = None,
) -> None:
    """Write each node's latent vector, ids first: the posterior means; or draw them."""
    from varigraph.experiments.run import embedding_columns
    from varigraph.models import load
    from varigraph.tables.writing import write_table

    model = load(run)
    if output is None:
        model.embedding_frame().to_csv(sys.stdout, index=False)
        return
    if output.suffix.lower() in _PICTURES:
        _draw(model, output)
    else:
        write_table(output, embedding_columns(model))
    say(f"Wrote {output}: {len(model.embedding_):,} nodes, {model.embedding_.shape[1]} dimensions")


def _draw(model: GraphAutoencoder, path: Path) -> None:
    from varigraph.reporting import plot
    from varigraph.reporting.figures import save_figure

    save_figure(plot.embedding(model), path)
