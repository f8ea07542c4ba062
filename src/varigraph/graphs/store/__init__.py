"""The graph store: a graph as a folder of plain arrays and JSON, never a pickle; `layout` lists its files."""

from varigraph.graphs.store.layout import SCHEMA_VERSION
from varigraph.graphs.store.reading import read_graph
from varigraph.graphs.store.writing import write_graph

__all__ = [
    "SCHEMA_VERSION",
    "read_graph",
    "write_graph",
]
