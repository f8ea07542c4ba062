"""`read_graph_file`: a graph from a file of any of the formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from varigraph.graphs.convert import Links, graph_with_nodes, take_node_tables
from varigraph.graphs.files.edge_tables import read_table_links
from varigraph.graphs.files.formats import (
    GraphFormat,
    file_kind,
    file_options,
    matrix_or_markup,
)
from varigraph.graphs.files.graph_documents import read_document_links
from varigraph.graphs.files.matrices import read_matrix_links
from varigraph.graphs.graph import Graph
from varigraph.tables import EdgeNames, NodeNames, check_is_file

__all__ = ["read_graph_file"]


def read_graph_file(
    path: str | Path,
    *,
    format: GraphFormat | None = None,
    nodes: Any = None,
    node_features: Any = None,
    id_column: str | None = None,
    label_column: str | None = None,
    **edge_options: Any,
) -> Graph:
    r"""A graph from a file of edges, with or without tables of its nodes.

    | format | endings | what it holds |
    |---|---|---|
    | csv, tsv, parquet, jsonl | .csv .tsv .txt .tab (also .gz), .parquet, .jsonl | one edge a row |
    | npz, mtx | .npz; .mtx (also .gz) | an adjacency matrix of scipy or of Matrix Market |
    | graphml, gexf, gml | these (also .gz) | nodes and edges; read through networkx |

    Nodes stand in the order of their ids, integers ascending or strings by code point, so the same edges
    in any order of rows and in any format make the same graph. Ids are integers when all those of the
    edges can be written back as the same text, otherwise strings: "007" stays "007". A row that joins a
    node to itself is no edge, but its node is there. Rows that repeat an edge, in either direction, are
    dropped and counted in `Graph.dropped`; the first one's weight stays.

    The nodes of a matrix are 0 … n − 1, unless a table of nodes gives them ids: its rows are then those of
    the matrix. In every other format a table of nodes is joined by id. Its nodes are the graph's, with
    edges or without, and an edge of a node that it does not hold is an error. If one table holds integers
    and another strings, the integers become strings.

    Args:
        path: The file; the graph is named after it.
        format: What the file is, when its ending does not say.
        nodes: A table of nodes, a path or a frame: an id, numeric columns as features, and perhaps a label.
        node_features: A bag of words, a path or a frame, with one word of a node a row: id, feature, and
            perhaps value, 1 by default; repeats add up. The features are in ascending order, behind those
            of `nodes`.
        id_column: The column of ids in `nodes`; by default found by the usual headers (id, node, name, …).
        label_column: The column of labels in `nodes`, or, without `nodes`, the node attribute of a GraphML,
            GEXF or GML file.
        **edge_options: For edge tables: `source_column` and `target_column`, by default found by the usual
            headers in any case (source and target, src and dst, from and to, u and v, …);
            `weight_column`, by default `weight`, `weights`, `edge_weight` or `w`, if there is one;
            `header=False` when the first line is an edge (columns are then called "1", "2", …: the first
            two are the ends, and of exactly three the third is the weight).
            For GraphML, GEXF and GML: `weight_column`, the edge attribute to take as weight.
            For all: `use_weights=False` passes weights over.

    Raises:
        FileContentError: A file cannot be read, a column is missing, an id is blank, or a weight is not
            positive and finite; the message names file, line and column.
        MissingExtraError: The file needs networkx, which is not installed.
        TypeError: An option has no effect on this kind of file.

    Example:
        >>> import tempfile, pathlib
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "friends.csv").write_text("from,to\nbo,al\nbo,cy\n")
        >>> _ = (folder / "people.csv").write_text("id,age,team\nal,3,A\nbo,4,B\ncy,5,A\ndi,6,B\n")
        >>> graph = read_graph_file(folder / "friends.csv", nodes=folder / "people.csv", label_column="team")
        >>> graph, graph.ids.tolist(), graph.labels.tolist()
        (Graph(friends: 4 nodes, 2 edges, 1 features), ['al', 'bo', 'cy', 'di'], ['A', 'B', 'A', 'B'])
    """
    path = Path(path)
    for one in (path, nodes, node_features):
        if isinstance(one, str | Path):
            check_is_file(Path(one))
    kind = file_kind(path, format)
    is_labelled_itself = kind == "graph file" and nodes is None
    if is_labelled_itself and label_column is not None:
        edge_options, label_column = edge_options | {"label_column": label_column}, None
    tables = take_node_tables(nodes, node_features, NodeNames(id_column, label_column))
    links = _read_links(path, format, edge_options)
    return graph_with_nodes(links, tables, name=_name_of(path))


def _read_links(path: Path, format: GraphFormat | None, options: dict[str, Any]) -> Links:
    kind = file_kind(path, format)
    known = file_options(path, format)
    for name in sorted(options.keys() - known):
        raise TypeError(f"{path} has no option {name}, read as {kind}; there are {', '.join(sorted(known))}.")
    named = matrix_or_markup(path, format)
    if named is None:
        header = options.pop("header", True)
        names = EdgeNames(**{name.removesuffix("_column"): value for name, value in options.items()})
        return read_table_links(path, format, names, header=header)
    return (read_matrix_links if kind == "sparse matrix" else read_document_links)(path, named, **options)


def _name_of(path: Path) -> str:
    stem = Path(path.name.removesuffix(".gz")).stem
    return stem.encode(errors="replace").decode()  # a run's folder and record are called by it, in UTF-8
