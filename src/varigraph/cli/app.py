"""The program `varigraph`: its verbs, and what becomes of errors."""

from __future__ import annotations

import sys

import typer

from varigraph.cli import datasets, embed, evaluate, fit, predict, score
from varigraph.cli.console import say
from varigraph.cli.failures import exit_code, sentence

__all__ = ["app", "main"]

app = typer.Typer(
    name="varigraph",
    help="Variational autoencoders on graphs: embeddings and missing links, evaluated honestly.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("fit", short_help="Train a model on a graph and leave a run folder.")(fit.fit)
app.command("evaluate", short_help="Score a model over splits, or a finished run.")(evaluate.evaluate)
app.command("embed", short_help="Write or draw a run's embedding.")(embed.embed)
app.command("predict", short_help="List the likeliest missing links of a run.")(predict.predict)
app.command("score", short_help="Add link probabilities to a table of pairs.")(score.score)
app.add_typer(datasets.app, name="datasets", short_help="List data sets, show one, build one.")


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
    except BaseException as error:
        code = exit_code(error)
        if code is None:
            raise
        if message := sentence(error):
            say(message, style="red")
        sys.exit(code)
