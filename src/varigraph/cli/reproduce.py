"""`varigraph reproduce`: an experiment of a document, our numbers beside the published ones."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from varigraph.cli import options as o
from varigraph.cli.console import say, show, show_json

if TYPE_CHECKING:
    from varigraph.evaluation.reproduction_record import ReproductionRecord
    from varigraph.experiments.reproduction.recipe import Recipe

__all__ = ["reproduce"]

_LISTING = frozenset({"list_all", "as_json"})


def reproduce(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            show_default=False,
            help="A recipe's name (see --list), or a recipe of your own: a file ending in .toml.",
        ),
    ] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="List the recipes, and leave.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small version: fewer seeds and cells, marked in the output.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            show_default=False,
            help="Where trials and record go; by default runs/reproduce/NAME, of --quick NAME-quick. What is "
            "done there is not done again.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            min=1,
            metavar="N",
            show_default=False,
            help="Processes side by side, with one thread each; by default one a core.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Do everything anew.")] = False,
    as_json: o.JsonOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Reproduce a table or figure: our numbers beside the published ones, with a verdict on each.

    Broken off, the same command goes on. The record is FOLDER/record.json, pictures are beside it.
    """
    if list_all:
        o.refuse_others(context, _LISTING, because="--list runs nothing")
        _list(as_json=as_json)
        return
    if name is None:
        raise typer.BadParameter("name a recipe, or give --list to see them.", param_hint="'NAME'")
    from varigraph.cli.trial_progress import TrialProgress
    from varigraph.experiments.reproduction.recipe import read_recipe
    from varigraph.experiments.reproduction.runner import reproduce as run

    recipe = read_recipe(name)
    recipe = recipe.quick() if quick else recipe
    folder = output or Path("runs") / "reproduce" / (recipe.name + ("-quick" if quick else ""))
    with _resumable(context), TrialProgress(recipe.name, quiet=quiet) as watch:
        record = run(recipe, folder, n_jobs=jobs or _n_cores(), force=force, watch=watch)
    if as_json:
        show_json(record.to_dict())
    else:
        _show(record)
    written = [*_pictures(record, folder), folder / "record.json"]
    for path in () if quiet else written:
        say(f"Wrote {path}")


def _list(*, as_json: bool) -> None:
    from varigraph.experiments.reproduction.recipe import read_recipe, recipe_names
    from varigraph.reporting.tables import ResultTable

    recipes = [read_recipe(name) for name in recipe_names()]
    if as_json:
        show_json([_document(recipe) for recipe in recipes])
        return
    rows = [(one.name, one.title, _size(one), _size(one.quick())) for one in recipes]
    columns = ("name", "what", "size", "with --quick")
    caption = "Sizes in trials; minutes are rough, on two cores."
    table = ResultTable(columns, tuple(rows), caption=caption, n_text_columns=2, folded=frozenset({1}))
    show(table)


def _document(recipe: Recipe) -> dict[str, object]:
    quick = recipe.quick()
    return {
        "name": recipe.name,
        "title": recipe.title,
        "source": recipe.source,
        "about": recipe.about,
        "n_cells": len(recipe.cells()),
        "n_trials": len(recipe.trials()),
        "minutes": recipe.minutes,
        "quick": {
            "n_cells": len(quick.cells()),
            "n_trials": len(quick.trials()),
            "minutes": quick.minutes,
        },
    }


def _size(recipe: Recipe) -> str:
    minutes = "" if recipe.minutes is None else f", {recipe.minutes:g} min"
    return f"{len(recipe.trials())}{minutes}"


def _show(record: ReproductionRecord) -> None:
    """Tables, verdicts, claims and remarks to standard output."""
    from varigraph.reporting.plain_text import one_line
    from varigraph.reporting.reproduction import tables

    show(Text(one_line(tables.reproduction_heading(record)), style="bold"))
    show(Text(one_line(record.source)))
    show("")
    for table in tables.reproduction_tables(record):
        show(table)
        show("")
    for line in tables.reproduction_lines(record):
        show(Text(one_line(line)))


def _pictures(record: ReproductionRecord, folder: Path) -> list[Path]:
    if set(record.report) <= {"table"}:
        return []  # whose figures would import matplotlib
    from varigraph.reporting.reproduction.pictures import draw

    return draw(record, folder)


def _n_cores() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def _resumable(context: typer.Context) -> Iterator[None]:
    """When it is broken off, says how to go on."""
    try:
        yield
    except (KeyboardInterrupt, OSError) as error:
        what = "Interrupted" if isinstance(error, KeyboardInterrupt) else "Broken off"
        say(f"\n{what}. What is done is kept; go on with: {_same_command(context)}", style="yellow")
        raise


def _same_command(context: typer.Context) -> str:
    """The command as it was given, but for --force, which would do everything anew."""
    told = context.params
    words = ["varigraph", "reproduce", str(told["name"])]
    words += ["--quick"] if told["quick"] else []
    words += ["-o", str(told["output"])] if told["output"] is not None else []
    words += ["--jobs", str(told["jobs"])] if told["jobs"] is not None else []
    return shlex.join(words)
