"""A graph from a data frame with one edge a row."""

from __future__ import annotations

from typing import Any

from varigraph.graphs.convert.edge_rows import graph_from_links
from varigraph.graphs.graph import Graph
from varigraph.tables import EdgeNames, take_edge_columns

__all__ = ["from_frame"]


def from_frame(
    frame: Any,
    *,
    source_column: str | None = None,
    target_column: str | None = None,
    weight_column: str | None = None,
    **attributes: Any,
) -> Graph:
    """A graph from a pandas, polars or Arrow frame with one edge a row.

    Nodes stand in the order of their ids, ascending, and columns are found as in
    `varigraph.graphs.files.read_edge_table`. Ids keep the frame's type; if one column holds integers and
    the other strings, all are strings.

    Args:
        frame: The frame; it is only read.
        source_column: The column of one end.
        target_column: The column of the other end.
        weight_column: The column of the weights.
        **attributes: `features` and `labels`, one row a node in ascending order of the ids,
            `feature_names`, `name`.

    Raises:
        GraphError: A column is missing, an id is blank, or a weight is not positive and finite.
    """
    columns = take_edge_columns(frame, EdgeNames(source_column, target_column, weight_column))
    return graph_from_links(columns.source, columns.target, columns.weights, **attributes)
