"""`varigraph embed`: the embedding of a run under the user's ids, as a table or a picture."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from varigraph.cli.console import say, show_file

if TYPE_CHECKING:
    from varigraph.models.base import GraphAutoencoder

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
) -> None:
    """Write each node's latent vector, ids first: the posterior means; or draw them."""
    from varigraph.models import load
    from varigraph.tables.writing import write_table

    if output is not None:
        _check_ending(output)
    if projection is not None and not (output and _is_picture(output)):
        raise typer.BadParameter(f"it is for pictures: -o {run.name}.png", param_hint="'--projection'")
    model = load(run)
    if output is None:
        _write_to_stdout(model.embedding_columns())
        return
    if _is_picture(output):
        _draw(model, output, method=projection or "pca")
    else:
        write_table(output, model.embedding_columns())
    say(f"Wrote {output}: {len(model.embedding_):,} nodes, {model.embedding_.shape[1]} dimensions")


def _check_ending(output: Path) -> None:
    from varigraph.tables.writing import WRITABLE_ENDINGS

    if not output.name.lower().endswith((*WRITABLE_ENDINGS, *_PICTURES)):
        raise typer.BadParameter(
            f"{output} has none of the endings {', '.join((*WRITABLE_ENDINGS, *_PICTURES))}.",
            param_hint="'--output' / '-o'",
        )


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in _PICTURES


def _write_to_stdout(columns: dict[str, Any]) -> None:
    """The same bytes as a file gets."""
    from varigraph.tables.writing import write_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "embedding.csv"
        write_table(path, columns)
        show_file(path)


def _draw(model: GraphAutoencoder, path: Path, *, method: Literal["pca", "tsne"]) -> None:
    from varigraph.reporting import plot
    from varigraph.reporting.figures import save_figure

    save_figure(plot.embedding(model, method=method), path)
