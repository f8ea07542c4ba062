"""Edges of a graph that stand in a table of their own, such as those to test on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from varigraph.errors import FileContentError
from varigraph.graphs.files.edge_tables import read_table_links
from varigraph.graphs.files.formats import GraphFormat
from varigraph.graphs.graph import Graph
from varigraph.graphs.node_lookup import check_nodes_known, find_nodes
from varigraph.tables import EdgeNames, check_is_file
from varigraph.tensor_types import IndexPairs

__all__ = ["read_further_edges"]

_ADVICE = "Give the node an edge in the graph, or name it in a node table."


def read_further_edges(
    path: str | Path,
    graph: Graph,
    *,
    source_column: str | None = None,
    target_column: str | None = None,
    weight_column: str | None = None,
    header: bool = True,
    format: GraphFormat | None = None,
) -> tuple[Graph, IndexPairs]:
    r"""The edges of a table between nodes of a graph, and the graph with those among them that it has not.

    Args:
        path: The edge table; its columns are found as those of the graph's own.
        graph: Knows the nodes. If it has weights, the edges that are new to it need some too.
        source_column: As for `read_graph_file`.
        target_column: Likewise.
        weight_column: Likewise.
        header: Likewise.
        format: Likewise.

    Returns:
        The united graph, and the table's rows as node positions, shape (n_rows, 2).

    Raises:
        FileContentError: The file cannot be read, or names what is no node of the graph; the message names
            file and line. Or the graph has weights and the table has none.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "later.csv"
        >>> _ = path.write_text("source,target\ncy,al\nbo,al\n")
        >>> graph = Graph.from_edges([(0, 1), (1, 2)], ids=["al", "bo", "cy"])
        >>> united, rows = read_further_edges(path, graph)
        >>> united.n_edges, rows.tolist()
        (3, [[2, 0], [1, 0]])
    """
    path = Path(path)
    check_is_file(path)
    names = EdgeNames(source_column, target_column, weight_column)
    links = read_table_links(path, format, names, header=header)
    ends = [links.source, links.target]
    rows = find_nodes(graph, ends)
    check_nodes_known(graph, rows, ends, place=links.place, advice=_ADVICE)
    is_new = ~graph.has_edges(rows)
    if not is_new.any():
        return graph, rows
    weights = None
    if graph.weights is not None:
        if links.weights is None:
            raise FileContentError(
                f"{path} has no weights, and {int(is_new.sum()):,} of its rows are new to the weighted graph "
                f"{graph.name}; give it a column of weights, or pass over all weights with "
                "use_weights=False (--unweighted)."
            )
        weights = np.concatenate([graph.weights, links.weights[is_new]])
    united = graph.with_edges(np.concatenate([graph.edges, rows[is_new]]), weights)
    return replace(united, dropped=graph.dropped), rows
