"""`varigraph embed`: the embedding of a run under the user's ids, as a table or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from varigraph.cli.console import say
from varigraph.cli.outputs import ForceOption, check_output, output_or_stdout

if TYPE_CHECKING:
    from varigraph.models.graphs.base import GraphAutoencoder

__all__ = ["embed"]

_PICTURES = (".png", ".svg", ".pdf")


def embed(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `varigraph fit` leaves it.")],
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
    projection: Annotated[
        Literal["pca", "tsne"] | None,
        typer.Option(
            help="For a picture of more than two dimensions: pca (the default) for distances, tsne for "
            "neighbourhoods (slower)."
        ),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Write each node's latent vector, ids first: the posterior means; or draw them."""
    from varigraph.models import load
    from varigraph.tables.writing import WRITABLE_ENDINGS, write_table

    check_output(output, (*WRITABLE_ENDINGS, *_PICTURES), force=force)
    if projection is not None and not (output and _is_picture(output)):
        raise typer.BadParameter(f"it is for pictures: -o {run.name}.png", param_hint="'--projection'")
    model = load(run)
    if output is not None and _is_picture(output):
        _draw(model, output, method=projection or "pca")
    else:
        with output_or_stdout(output) as path:
            write_table(path, model.embedding_columns())
    if output is not None:
        say(f"Wrote {output}: {len(model.embedding_):,} nodes, {model.embedding_.shape[1]} dimensions")


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in _PICTURES


def _draw(model: GraphAutoencoder, path: Path, *, method: Literal["pca", "tsne"]) -> None:
    from varigraph.reporting import plot
    from varigraph.reporting.figures import save_figure

    save_figure(plot.embedding(model, method=method), path)
