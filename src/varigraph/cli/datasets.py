"""`varigraph datasets`: what there is, its cards, and the standard-library graph of one's own Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from varigraph.cli.console import say, show, show_json

if TYPE_CHECKING:
    from varigraph.datasets import DatasetCard

__all__ = ["app"]

app = typer.Typer(help="List the data sets, show a card, build the standard-library graph anew.")

_OF_ROWS = ("n_rows", "image_shape", "part_sizes")
_OF_GRAPHS = ("n_nodes", "n_edges")


@app.callback(invoke_without_command=True)
def list_datasets(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the cards as JSON.")] = False,
) -> None:
    """List the data sets."""
    if context.invoked_subcommand is not None:
        return
    from varigraph.datasets import card, dataset_names
    from varigraph.reporting.tables import dataset_table

    cards = [card(name) for name in dataset_names()]
    if as_json:
        show_json([_document(one) for one in cards])
        return
    show(dataset_table(cards, kind="graph"))
    show("")
    show(dataset_table(cards, kind="rows"))


@app.command("show", short_help="Show one card.")
def show_card(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The data set's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Show one card: source, licence, counts, citation, raw files."""
    from varigraph.datasets import card
    from varigraph.reporting.tables import card_table

    one = card(name)
    if as_json:
        show_json(_document(one))
        return
    show(card_table(one))


@app.command("build-stdlib", short_help="Build the standard-library graph of this Python.")
def build_stdlib(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the graph store.")],
    library: Annotated[
        Path | None, typer.Option(help="A standard library's folder; by default this Python's.")
    ] = None,
) -> None:
    """Build the import graph of a Python standard library, as the embedded `stdlib` was built."""
    from varigraph.datasets.stdlib import freeze_stdlib_graph

    graph = freeze_stdlib_graph(output, library)
    say(f"Wrote {output}: {graph!r}")


def _document(card: DatasetCard) -> dict[str, Any]:
    """A card without the counts of the other kind."""
    from dataclasses import asdict

    other = _OF_ROWS if card.kind == "graph" else _OF_GRAPHS
    document = {name: value for name, value in asdict(card).items() if name not in other}
    return document | ({"part_sizes": dict(card.part_sizes)} if card.kind == "rows" else {})
