"""`varigraph reproduce`: an experiment of a document, our numbers beside the published ones."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from varigraph.cli import options as o
from varigraph.cli.console import keeps_words, say, show, show_json

if TYPE_CHECKING:
    from varigraph.cli.trial_progress import TrialProgress
    from varigraph.evaluation.reproduction_record import ReproductionRecord
    from varigraph.experiments.reproduction.recipe import Recipe
    from varigraph.reporting.tables import ResultTable

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
    folder = output or Path("runs") / "reproduce" / (recipe.name + ("-quick" if recipe.is_quick else ""))
    _check_drawable(recipe)
    watch = TrialProgress(recipe.name, quiet=quiet)
    with _terminable(), _resumable(context, watch), watch:
        record = run(recipe, folder, n_jobs=jobs or _n_cores(), force=force, watch=watch, news=watch.news)
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
    if not keeps_words(table):
        joined = [(one, f"{what}: {size}; with --quick {small}") for one, what, size, small in rows]
        table = replace(table, columns=columns[:2], rows=tuple(joined))
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
    show(Text(one_line(" ".join(record.about.split()))))
    show("")
    for table in tables.reproduction_tables(record):
        for one in [table] if keeps_words(table) else _by_metric(record, table):
            show(one)
            show("")
    for line in tables.reproduction_lines(record):
        show(Text(one_line(line)))


def _by_metric(record: ReproductionRecord, table: ResultTable) -> list[ResultTable]:
    """A table a metric in place of one of all metrics."""
    from varigraph.reporting.reproduction.tables import reproduction_table

    if len(record.axes) > 1:
        return [table]  # already of one metric
    return [reproduction_table(record, metrics=[name]) for name in record.metrics]


def _pictures(record: ReproductionRecord, folder: Path) -> list[Path]:
    from varigraph.evaluation.drawn_pictures import remove_drawn

    if not _has_pictures(record.report):
        remove_drawn(folder)
        return []  # whose figures would import matplotlib
    from varigraph.reporting.reproduction.pictures import draw

    return draw(record, folder)


def _has_pictures(report: Iterable[str]) -> bool:
    return not set(report) <= {"table"}


def _check_drawable(recipe: Recipe) -> None:
    """Notices before hours of trials that their pictures cannot be drawn."""
    if _has_pictures(recipe.report):
        from varigraph.reporting.figures.canvas import check_drawable

        check_drawable()


def _n_cores() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def _resumable(context: typer.Context, watch: TrialProgress) -> Iterator[None]:
    """When it is broken off, says how to go on."""
    try:
        yield
    except (KeyboardInterrupt, OSError) as error:
        is_interrupt = isinstance(error, KeyboardInterrupt)
        if is_interrupt or watch.has_begun:
            what = "Interrupted" if is_interrupt else "Broken off"
            say(f"\n{what}. What is done is kept; go on with: {_same_command(context)}", style="yellow")
        raise


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM, as of a batch system, is answered as Ctrl-C is: workers end, and what is done is kept."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _same_command(context: typer.Context) -> str:
    """The command as it was given, but for --force, which would do everything anew."""
    told = context.params
    words = ["varigraph", "reproduce", str(told["name"])]
    words += ["--quick"] if told["quick"] else []
    words += ["-o", str(told["output"])] if told["output"] is not None else []
    words += ["--jobs", str(told["jobs"])] if told["jobs"] is not None else []
    return shlex.join(words)
