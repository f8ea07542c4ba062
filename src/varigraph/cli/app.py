"""The program `varigraph`: its verbs, and what becomes of errors."""

from __future__ import annotations

import os
import sys

import typer

from varigraph.cli import datasets, embed, evaluate, fit
from varigraph.cli.console import say
from varigraph.errors import DataError, VarigraphError

__all__ = ["app", "main"]

_BAD_DATA = 3
_INTERRUPTED = 130  # what shells report for a program ended by Ctrl-C

app = typer.Typer(
    name="varigraph",
    help="Variational autoencoders on graphs: embeddings and missing links, evaluated honestly.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("fit")(fit.fit)
app.command("evaluate")(evaluate.evaluate)
app.command("embed")(embed.embed)
app.add_typer(datasets.app, name="datasets")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"varigraph {version('varigraph')}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and leave."
    ),
) -> None:
    pass


def main() -> None:
    """Runs the program: exit code 0 for success, 1 for an error, 2 for wrong usage, 3 for bad data."""
    try:
        app()
    except DataError as error:
        say(f"Error: {error}", style="red")
        sys.exit(_BAD_DATA)
    except VarigraphError as error:
        say(f"Error: {error}", style="red")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone (`varigraph embed RUN | head`); nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
