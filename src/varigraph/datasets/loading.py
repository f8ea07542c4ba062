"""`load_graph`: one door for every source of a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from varigraph.datasets.catalogue import dataset_names, load_dataset
from varigraph.graphs.convert import to_graph
from varigraph.graphs.files import read_edge_table
from varigraph.graphs.graph import Graph

__all__ = ["load_graph"]


def load_graph(source: Any, **options: Any) -> Graph:
    """A graph from a data set's name, an edge table, or an object of another library.

    Args:
        source: The name of a data set (`varigraph datasets` lists them); the path of an edge table (text
            with a suffix, a slash, or the name of an existing file); or whatever `to_graph` takes: a numpy
            edge array, a scipy matrix, a networkx graph, a PyG `Data`, a frame.
        **options: For a path those of `read_edge_table`, for an object those of `to_graph`.

    Raises:
        DataError: There is no such data set or file, or what is there makes no graph.

    Example:
        >>> load_graph("karate")
        Graph(karate: 34 nodes, 78 edges)
    """
    if not isinstance(source, str | Path):
        return to_graph(source, **options)
    if _looks_like_a_path(source):
        return read_edge_table(source, **options)
    return load_dataset(str(source), **options)


def _looks_like_a_path(source: str | Path) -> bool:
    if isinstance(source, Path):
        return True
    if source.lower() in dataset_names():
        return False
    return Path(source).suffix != "" or "/" in source or "\\" in source or Path(source).exists()
