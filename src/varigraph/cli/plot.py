"""`varigraph plot`: one picture of a run, the same as `vg.plot` draws."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal, TypeAlias

import typer

from varigraph.cli import options as o
from varigraph.cli.console import say
from varigraph.cli.graphs import plot as graph_plot
from varigraph.cli.kinds import Kind, kind_of_run, refuse_other_kind
from varigraph.cli.outputs import PICTURES, ForceOption, check_output
from varigraph.cli.rows import options as r
from varigraph.cli.rows import plot as row_plot

__all__ = ["plot"]

Picture: TypeAlias = Literal["training", "embedding", "reliability", "samples", "reconstructions", "manifold"]
_PICTURES: dict[Kind, tuple[str, ...]] = {
    "graphs": ("training", "embedding", "reliability"),
    "rows": ("training", "embedding", "samples", "reconstructions", "manifold"),
}
_FIGURE_OF: dict[Kind, ModuleType] = {"graphs": graph_plot, "rows": row_plot}
_OF_IMAGES = ("samples", "reconstructions", "manifold")
_EFFECTS: dict[str, tuple[str, ...]] = {
    "count": _OF_IMAGES,
    "image_shape": _OF_IMAGES,
    "data": ("embedding", "reconstructions"),
}
"""Options that some of the pictures have alone."""


def plot(
    context: typer.Context,
    run: o.Run,
    what: Annotated[
        Picture,
        typer.Argument(
            metavar="PICTURE",
            help="training, embedding; of a graph reliability; of vectors samples, reconstructions, manifold "
            "(the last needs two latent dimensions).",
        ),
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to: .png, .svg or .pdf.")
    ],
    count: Annotated[
        int | None,
        typer.Option(
            "--number",
            "-n",
            rich_help_panel=o.ROWS,
            min=1,
            metavar="N",
            help="How many images; of the manifold, along each side.",
        ),
    ] = None,
    image_shape: r.ShownShapeOption = None,
    data: r.OtherRowsOption = None,
    force: ForceOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Draw a picture of a run: how training went, where the model puts things, what it makes of them."""
    from varigraph.reporting.figures import save_figure

    check_output(output, PICTURES, force=force)
    kind = kind_of_run(run)
    refuse_other_kind(context, kind, what=f"{run} is a run on a graph")
    if what not in _PICTURES[kind]:
        raise typer.BadParameter(
            f"{run} has no picture of the kind {what}; it has {', '.join(_PICTURES[kind])}.",
            param_hint="'PICTURE'",
        )
    for name, pictures in _EFFECTS.items():
        if what not in pictures and o.is_given(context, name):
            option = {"count": "--number", "image_shape": "--image-shape"}.get(name, f"--{name}")
            raise typer.BadParameter(f"{option} has no effect on the picture {what}.")
    save_figure(_FIGURE_OF[kind].picture(context, run, what), output)
    if not quiet:
        say(f"Wrote {output}")
