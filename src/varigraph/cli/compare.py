"""`varigraph compare`: finished runs side by side, as a table, a document or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from varigraph.cli import options as o
from varigraph.cli.console import fits, say, show, show_json
from varigraph.cli.outputs import PICTURES, ForceOption, check_output, is_picture

if TYPE_CHECKING:
    from varigraph.reporting.comparison import Comparison

__all__ = ["compare"]

_DOCUMENTS = (".md", ".json")


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...",
            help="Run folders, and records that `varigraph evaluate --json` printed to a file: all on "
            "graphs, or all on vectors and images.",
        ),
    ],
    *,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            help="A metric to show, such as auc or mse; may stand more than once. By default all.",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The metric whose best run stands first; by default the first one shown."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="A picture (.png, .svg, .pdf), a table (.csv, .tsv, .parquet, .jsonl; .csv.gz, .tsv.gz), "
            ".md or .json; without it, a table on standard output.",
        ),
    ] = None,
    curves: Annotated[
        bool,
        typer.Option("--curves", help="For a picture: how training went, by epoch. Needs run folders."),
    ] = False,
    force: ForceOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
    quiet: o.QuietOption = False,
) -> None:
    """Compare finished runs: what they scored on their test parts, in which settings they differ, the cost.

    The best of what can be compared is in bold. Where runs were repeated on the same splits, the table has
    the paired difference to the best with its 95 % interval. What makes a comparison unfair is said in words.
    """
    from varigraph.tables.writing import WRITABLE_ENDINGS

    check_output(output, (*PICTURES, *WRITABLE_ENDINGS, *_DOCUMENTS), force=force)
    if curves and not is_picture(output):
        raise typer.BadParameter("it is for a picture: -o comparison.png", param_hint="'--curves'")
    if as_json and output is not None:
        raise typer.BadParameter("it prints to standard output; for a file say -o FILE.json alone.")
    comparison = _compared(runs, metric, sort)
    if output is not None:
        _write(comparison, output, curves=curves, has_chosen=bool(metric))
    elif as_json:
        show_json(comparison.to_dict())
    else:
        _show(comparison)
    if not quiet:
        for note in comparison.notes:
            say(f"Note: {note}")
        if output is not None:
            say(f"Wrote {output}")


def _compared(runs: list[Path], metrics: list[str] | None, sort: str | None) -> Comparison:
    from varigraph.errors import DataError
    from varigraph.reporting.comparison import compare_runs

    try:
        return compare_runs(runs, metrics=metrics, sort=sort)
    except DataError:
        raise
    except ValueError as error:  # a metric that no run has
        raise typer.BadParameter(str(error)) from error


def _show(comparison: Comparison) -> None:
    """One table where the terminal is wide enough for it, else results and facts apart."""
    from varigraph.reporting.comparison.tables import comparison_table, facts_table, results_table

    standings = comparison.standings
    whole = comparison_table(standings)
    if fits(whole):
        show(whole)
        return
    results = results_table(standings)
    show(results if fits(results) else results_table(standings, is_narrow=True))
    show("")
    show(facts_table(standings))


def _write(comparison: Comparison, output: Path, *, curves: bool, has_chosen: bool) -> None:
    from varigraph.durable import write_json, write_text
    from varigraph.reporting.comparison.tables import comparison_columns
    from varigraph.tables.writing import write_table

    ending = output.suffix.casefold()
    if is_picture(output):
        _draw(comparison, output, curves=curves, has_chosen=has_chosen)
    elif ending == ".md":
        write_text(output, comparison.markdown())
    elif ending == ".json":
        write_json(output, comparison.to_dict())
    else:
        write_table(output, comparison_columns(comparison.standings))


def _draw(comparison: Comparison, output: Path, *, curves: bool, has_chosen: bool) -> None:
    from varigraph.reporting.comparison.validation import validation_curves
    from varigraph.reporting.figures import comparison_figure, save_figure, validation_figure

    if curves:
        figure = validation_figure(validation_curves(comparison.runs))
    else:
        columns = comparison.standings.columns if has_chosen else None
        figure = comparison_figure(comparison, columns=columns)
    save_figure(figure, output)
