"""`varigraph embed`: the embedding of a run under the user's ids, as a table or a picture."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal

import typer

from varigraph.cli import options as o
from varigraph.cli.console import say
from varigraph.cli.graphs import embed as graph_embed
from varigraph.cli.kinds import Kind, kind_of_run, refuse_other_kind
from varigraph.cli.outputs import PICTURES, ForceOption, check_output, is_picture
from varigraph.cli.rows import embed as row_embed
from varigraph.cli.rows import options as r

__all__ = ["embed"]

_EMBED_OF: dict[Kind, ModuleType] = {"graphs": graph_embed, "rows": row_embed}
_READING = ("format", "no_header", "id_column", "label_column", "columns", "array")


def embed(
    context: typer.Context,
    run: o.Run,
    *,
    data: r.OtherRowsOption = None,
    format: r.RowFormatOption = None,
    no_header: r.NoRowHeaderOption = False,
    id_column: r.RowIdColumnOption = None,
    label_column: r.RowLabelColumnOption = None,
    columns: r.ColumnsOption = None,
    array: r.ArrayOption = None,
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
    """Write the latent vector of each node or row, ids first: the posterior means; or draw them."""
    from varigraph.tables.writing import WRITABLE_ENDINGS

    check_output(output, (*WRITABLE_ENDINGS, *PICTURES), force=force)
    if projection is not None and not is_picture(output):
        raise typer.BadParameter(f"it is for pictures: -o {run.name}.png", param_hint="'--projection'")
    kind = kind_of_run(run)
    refuse_other_kind(context, kind, what=f"{run} is a run on a graph")
    if data is None:
        r.refuse_reading(context, _READING, where="--data")
    half = _EMBED_OF[kind]
    if output is not None and is_picture(output):
        written = half.draw(context, run, output)
    else:
        written = half.write(context, run, output)
    if output is not None:
        say(f"Wrote {output}: {written}")
