"""Graphs from files: edge tables, sparse matrices, GraphML, GEXF, GML, and tables of nodes beside them."""

from varigraph.graphs.files.edge_values import read_edge_values
from varigraph.graphs.files.formats import FileKind, GraphFormat, file_kind, file_options
from varigraph.graphs.files.further_edges import read_further_edges
from varigraph.graphs.files.reading import read_graph_file

__all__ = [
    "FileKind",
    "GraphFormat",
    "file_kind",
    "file_options",
    "read_edge_values",
    "read_further_edges",
    "read_graph_file",
]
