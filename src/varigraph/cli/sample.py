"""`varigraph sample`: new vectors or images, drawn from a run's prior, as a picture or a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from varigraph.cli import options as o
from varigraph.cli.console import say
from varigraph.cli.kinds import refuse_run
from varigraph.cli.outputs import PICTURES, ForceOption, check_output, is_picture, output_or_stdout
from varigraph.cli.rows.options import ShownShapeOption, shape_of
from varigraph.cli.rows.pictures import told_in_words
from varigraph.cli.rows.runs import RowRun

if TYPE_CHECKING:
    from varigraph.tensor_types import FloatArray

__all__ = ["sample"]

_ARRAY = ".npy"
_MOST = 2**31 - 1


def sample(
    run: o.Run,
    *,
    count: Annotated[
        int, typer.Option("--number", "-n", min=1, max=_MOST, metavar="N", help="How many.")
    ] = 64,
    mean: Annotated[
        bool | None,
        typer.Option(
            "--mean/--draw",
            show_default=False,
            help="Of p(x | z) take the mean (the default for a picture), or draw from it (the default "
            "otherwise).",
        ),
    ] = None,
    image_shape: ShownShapeOption = None,
    seed: Annotated[int, typer.Option(min=0, max=o.LARGEST_SEED, metavar="N", help="Seed of the draws.")] = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A picture (.png, .svg, .pdf), a table (.csv, .tsv, .parquet, .jsonl; .csv.gz, .tsv.gz) or "
            "an array (.npy); without it, CSV on standard output.",
        ),
    ] = None,
    force: ForceOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Draw new vectors or images from a vae: latent vectors from the prior, rows from the decoder."""
    from varigraph.tables.writing import WRITABLE_ENDINGS

    check_output(output, (*PICTURES, *WRITABLE_ENDINGS, _ARRAY), force=force)
    if image_shape is not None and not is_picture(output):
        raise typer.BadParameter("it is for pictures: -o grid.png", param_hint="'--image-shape'")
    refuse_run(run, "graphs", because="samples are drawn from a vae of vectors or images")
    stored = RowRun.load(run)
    if not hasattr(stored.model, "sample"):
        raise typer.BadParameter(
            f"the model in {run}, of the kind {stored.model.name}, has no prior to draw from; a vae has one.",
            param_hint="'RUN'",
        )
    if output is not None and is_picture(output):
        from varigraph.reporting import plot
        from varigraph.reporting.figures import save_figure

        with told_in_words(run):
            figure = plot.samples(
                stored.model,
                count,
                random_state=seed,
                mean=mean is not False,
                image_shape=shape_of(image_shape),
            )
        save_figure(figure, output)
    else:
        _write(stored, stored.model.sample(count, random_state=seed, mean=bool(mean)), output)
    if output is not None and not quiet:
        say(f"Wrote {output}: {count:,} sample{'' if count == 1 else 's'}")


def _write(run: RowRun, rows: FloatArray, output: Path | None) -> None:
    import numpy as np

    from varigraph.durable import atomic_file
    from varigraph.tables.writing import write_table

    if output is not None and output.suffix.casefold() == _ARRAY:
        with atomic_file(output) as temporary, temporary.open("wb") as file:
            np.save(file, rows, allow_pickle=False)
        return
    names = run.feature_names or [f"x{at}" for at in range(rows.shape[1])]
    columns: dict[str, Any] = dict(zip(names, rows.T, strict=True))
    with output_or_stdout(output) as place:
        write_table(place, columns)
