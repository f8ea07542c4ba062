"""Graphs from files of edges."""

from __future__ import annotations

from pathlib import Path

from varigraph.graphs.convert import graph_from_links
from varigraph.graphs.graph import Graph
from varigraph.tables import EdgeNames, read_edge_columns

__all__ = ["read_edge_table"]


def read_edge_table(
    path: str | Path,
    *,
    source_column: str | None = None,
    target_column: str | None = None,
    weight_column: str | None = None,
    header: bool = True,
) -> Graph:
    r"""A graph from a table with one edge a row: CSV or TSV (plain or gzip), or Parquet.

    Nodes stand in the order of their ids, integers ascending or strings by code point, so the same edges
    in any order of rows and in any format make the same graph. Ids are integers when those of both
    columns can be written back as the same text, otherwise strings: "007" stays "007". A row that joins a
    node to itself is no edge, but its node is there. Rows that repeat an edge, in either direction, are
    dropped and counted in `Graph.dropped`; the first one's weight stays.

    Args:
        path: The file; the graph is named after it.
        source_column: The column of one end; by default found by the usual headers in any case (source
            and target, src and dst, from and to, u and v, node1 and node2, …).
        target_column: The column of the other end.
        weight_column: The column of the weights; by default `weight`, `weights`, `edge_weight` or `w`,
            if there is one.
        header: Whether the first line names the columns. If not, they are called "1", "2", …: the first
            two are the ends, and of exactly three the third is the weight.

    Raises:
        FileContentError: The file cannot be read, a column is missing, an id is blank, or a weight is not
            positive and finite; the message names file, line and column.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "friends.csv"
        >>> _ = path.write_text("from,to\nbo,al\nbo,cy\n")
        >>> graph = read_edge_table(path)
        >>> graph, graph.ids.tolist()
        (Graph(friends: 3 nodes, 2 edges), ['al', 'bo', 'cy'])
    """
    path = Path(path)
    names = EdgeNames(source_column, target_column, weight_column)
    columns = read_edge_columns(path, names, header=header)
    name = Path(path.name.removesuffix(".gz")).stem
    return graph_from_links(columns.source, columns.target, columns.weights, name=name)
