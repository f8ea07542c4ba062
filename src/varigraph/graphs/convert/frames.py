"""A graph from a data frame with one edge a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from varigraph.graphs.convert.edge_rows import Links
from varigraph.graphs.convert.node_tables import graph_with_nodes, take_node_tables
from varigraph.graphs.graph import Graph
from varigraph.tables import EdgeNames, NodeNames, frame_kind, take_edge_columns

__all__ = ["from_frame"]


def from_frame(  # noqa: PLR0913 - each option names a part of the user's tables
    frame: Any,
    *,
    source_column: str | None = None,
    target_column: str | None = None,
    weight_column: str | None = None,
    use_weights: bool = True,
    nodes: Any = None,
    node_features: Any = None,
    id_column: str | None = None,
    label_column: str | None = None,
    **attributes: Any,
) -> Graph:
    """A graph from a pandas, polars or Arrow frame with one edge a row.

    Nodes stand in the order of their ids, ascending, and columns are found as in
    `varigraph.graphs.files.read_graph_file`. Ids keep the frame's type; if one column holds integers and
    the other strings, all are strings.

    Args:
        frame: The frame; it is only read.
        source_column: The column of one end.
        target_column: The column of the other end.
        weight_column: The column of the weights.
        use_weights: Whether weights are taken; if not, a column of them is passed over.
        nodes: A frame (or the path of a file) with one node a row: its id, numeric columns as features,
            a label. Its nodes are the graph's, with edges or without.
        node_features: A frame (or the path of a file) with one feature of a node a row: id, feature, and
            perhaps value.
        id_column: The column of ids in `nodes`.
        label_column: The column of labels in `nodes`.
        **attributes: `features` and `labels`, one row a node in ascending order of the ids,
            `feature_names`, `name`.

    Returns:
        A graph that remembers the kind of frame, so that tables made for the user are of that kind.

    Raises:
        GraphError: A column is missing, an id is blank, a weight is not positive and finite, or an edge is
            of a node that `nodes` does not hold.

    Example:
        >>> import pandas as pd
        >>> edges = pd.DataFrame({"source": ["b", "c"], "target": ["a", "b"]})
        >>> people = pd.DataFrame({"id": ["d", "c", "b", "a"], "age": [4, 3, 2, 1]})
        >>> graph = from_frame(edges, nodes=people)
        >>> graph.ids.tolist(), graph.features.ravel().tolist(), graph.degrees.tolist()
        (['a', 'b', 'c', 'd'], [1.0, 2.0, 3.0, 4.0], [1, 2, 1, 0])
    """
    columns = take_edge_columns(frame, EdgeNames(source_column, target_column, weight_column, use_weights))
    tables = take_node_tables(nodes, node_features, NodeNames(id_column, label_column))
    links = Links(
        columns.source, columns.target, columns.weights, place=lambda row: f"row {row} of the frame of edges"
    )
    return replace(graph_with_nodes(links, tables, **attributes), frame_kind=frame_kind(frame))
