"""The program `varigraph`: its verbs, and what becomes of errors."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from varigraph.cli import compare, datasets, embed, evaluate, fit, plot, predict, reproduce, sample, score
from varigraph.cli.console import say
from varigraph.cli.failures import exit_code, sentence
from varigraph.cli.grouped_help import GroupedCommand

__all__ = ["app", "main"]

app = typer.Typer(
    name="varigraph",
    help="Variational autoencoders of graphs, vectors and images: embeddings, missing links, densities, "
    "samples; evaluated honestly.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_VERBS: dict[Callable[..., None], str] = {
    fit.fit: "Train a model and leave a run folder.",
    evaluate.evaluate: "Score a model over splits, or a finished run.",
    embed.embed: "Write or draw a run's embedding.",
    predict.predict: "List the likeliest missing links of a run.",
    score.score: "Add link probabilities or densities to a table.",
    sample.sample: "Draw new vectors or images from a run.",
    plot.plot: "Draw one of the pictures of a run.",
    compare.compare: "Put finished runs side by side.",
    reproduce.reproduce: "Repeat a paper's experiment beside its numbers.",
}
for verb, short_help in _VERBS.items():
    app.command(cls=GroupedCommand, short_help=short_help)(verb)
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
