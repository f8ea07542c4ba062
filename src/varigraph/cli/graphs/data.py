"""Where a graph comes from, as the command line was told."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from varigraph.cli.standard_input import STANDARD_INPUT, readable_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from varigraph.graphs.files import GraphFormat
    from varigraph.graphs.graph import Graph
    from varigraph.tensor_types import IndexPairs

__all__ = ["DataOptions"]

_DATA_OPTIONS = {
    "format": ("--format", "format"),
    "source_column": ("--source-column", "source_column"),
    "target_column": ("--target-column", "target_column"),
    "weight_column": ("--weight-column", "weight_column"),
    "unweighted": ("--unweighted", "use_weights"),
    "no_header": ("--no-header", "header"),
    "node_table": ("--node-table", "nodes"),
    "feature_table": ("--feature-table", "node_features"),
    "id_column": ("--id-column", "id_column"),
    "label_column": ("--label-column", "label_column"),
}
"""From a field of `DataOptions` to the option that people know, and the one that readers know."""


@dataclass(frozen=True)
class DataOptions:
    """What is told about the source of a graph; the fields are called as the verbs' parameters."""

    format: GraphFormat | None = None
    source_column: str | None = None
    target_column: str | None = None
    weight_column: str | None = None
    unweighted: bool = False
    no_header: bool = False
    node_table: Path | None = None
    feature_table: Path | None = None
    id_column: str | None = None
    label_column: str | None = None

    @classmethod
    def of(cls, context: typer.Context) -> DataOptions:
        """What the verb of this context was told."""
        return cls(**{one.name: context.params[one.name] for one in fields(cls)})

    def load(self, source: str) -> Graph:
        """The graph of a name or path, or of standard input.

        Raises:
            typer.BadParameter: An option was given that has no effect on this source.
            DataError: There is no graph, or what is there makes none.
        """
        self._check_effect(source)
        with readable_source(source) as place:
            return self._load(place)

    def load_with_values(self, source: str, column: str) -> tuple[Graph, NDArray[Any]]:
        """The graph, and the values of a column of its edge table, one an edge: see `read_edge_values`.

        Raises:
            typer.BadParameter: As `load`.
            DataError: As `load`, or the source has no such column.
        """
        from varigraph.datasets.loading import source_kind
        from varigraph.graphs.files import read_edge_values

        self._check_effect(source)
        if source != STANDARD_INPUT and source_kind(source) != "file":
            raise typer.BadParameter(f"{source} is no edge table, so it has no column {column!r}.")
        told = {
            name: value
            for name, value in self._reader_options().items()
            if name in ("source_column", "target_column", "header", "format")
        }
        with readable_source(source) as place:
            graph = self._load(place)
            return graph, read_edge_values(place, column, graph, **told)

    def further_edges(self, path: Path, graph: Graph) -> tuple[Graph, IndexPairs]:
        """Edges of a table of their own, read by the same options: see `read_further_edges`.

        Raises:
            DataError: The file holds no edges between nodes of the graph.
        """
        from varigraph.graphs.files import read_further_edges

        told = self._reader_options()
        names = ("source_column", "target_column", "weight_column", "header")
        return read_further_edges(path, graph, **{name: told[name] for name in names if name in told})

    def _load(self, place: str) -> Graph:
        from varigraph.datasets.loading import load_graph

        return load_graph(place, **self._reader_options())

    def _reader_options(self) -> dict[str, Any]:
        """What was given, as `read_graph_file` calls it."""
        named = {reader: getattr(self, field) for field, (_, reader) in _DATA_OPTIONS.items()}
        given = {name: value for name, value in named.items() if value not in (None, False)}
        # The program asks whether to leave something out, the reader whether to take it.
        return given | {name: False for name in ("use_weights", "header") if name in given}

    def _check_effect(self, source: str) -> None:
        given = {field for field in _DATA_OPTIONS if getattr(self, field) not in (None, False)}
        if source == STANDARD_INPUT and self.format is None:
            raise typer.BadParameter("Standard input has no ending that says what it is; say --format.")
        if self.unweighted and self.weight_column is not None:
            raise typer.BadParameter(
                "--weight-column has no effect with --unweighted; leave one of them out."
            )
        if given:
            allowed, because = self._options_of(source)
            for field in sorted(given - allowed):
                raise typer.BadParameter(f"{_DATA_OPTIONS[field][0]} has no effect on {source}: {because}.")

    def _options_of(self, source: str) -> tuple[set[str], str]:
        """Which options have an effect on a source, and why the others have none."""
        from varigraph.datasets import dataset_names
        from varigraph.datasets.loading import source_kind
        from varigraph.graphs.files import file_kind, file_options

        known = "file" if source == STANDARD_INPUT else source_kind(source)
        if known == "store":
            return set(), "it is a stored graph"
        if known == "dataset":
            if source.lower() not in dataset_names():
                return set(_DATA_OPTIONS), "there is nothing of that name"  # which loading will say better
            return set(), f"it is a data set; the file is ./{source}"
        kind, readers = file_kind(source, self.format), file_options(source, self.format) | {"format"}
        allowed = {field for field, (_, reader) in _DATA_OPTIONS.items() if reader in readers}
        of_nodes = {"id_column"} if kind == "graph file" else {"id_column", "label_column"}
        if self.node_table is None and any(getattr(self, field) is not None for field in of_nodes):
            return allowed - of_nodes, "there is no --node-table with such a column"
        return allowed, f"it is read as {'an' if kind == 'edge table' else 'a'} {kind}"
