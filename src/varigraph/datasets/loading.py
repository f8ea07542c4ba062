"""`load_graph`: one door for every source of a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeAlias

from varigraph.datasets.catalogue import dataset_names, load_dataset
from varigraph.errors import FileContentError
from varigraph.graphs.convert import to_graph
from varigraph.graphs.files import read_edge_table
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import read_graph

__all__ = ["SourceKind", "load_graph", "source_kind"]

SourceKind: TypeAlias = Literal["dataset", "table", "store"]
"""What a text or path may name: a data set, the file of an edge table, a folder with a stored graph."""


def load_graph(source: Any, **options: Any) -> Graph:
    """A graph from a data set's name, an edge table, a stored graph, or an object of another library.

    Args:
        source: The name of a data set (`varigraph datasets` lists them); the path of an edge table (text
            with a suffix, a slash, or the name of an existing file); the path of a folder that a graph was
            written to; or whatever `to_graph` takes: a numpy edge array, a scipy matrix, a networkx graph,
            a PyG `Data`, a frame. A data set's name wins over a file or folder of that name; `./cora` is
            the folder.
        **options: For an edge table those of `read_edge_table`, for an object those of `to_graph`.

    Raises:
        DataError: There is no such data set or file, or what is there makes no graph.
        TypeError: An option is none of that source's.

    Example:
        >>> load_graph("karate")
        Graph(karate: 34 nodes, 78 edges)
    """
    if not isinstance(source, str | Path):
        return to_graph(source, **options)
    kind = source_kind(source)
    if kind == "dataset":
        return load_dataset(str(source), **options)
    return _stored_graph(Path(source), **options) if kind == "store" else read_edge_table(source, **options)


def source_kind(source: str | Path) -> SourceKind:
    """What a text or path names; nothing is read for it.

    Example:
        >>> source_kind("cora"), source_kind("friends.csv"), source_kind(Path("friends"))
        ('dataset', 'table', 'table')
    """
    if isinstance(source, str) and source.lower() in dataset_names():
        return "dataset"
    if Path(source).is_dir():
        return "store"
    looks_like_a_path = Path(source).suffix != "" or "/" in str(source) or "\\" in str(source)
    return "table" if isinstance(source, Path) or looks_like_a_path or Path(source).exists() else "dataset"


def _stored_graph(folder: Path) -> Graph:
    if (folder / "graph.json").exists():
        return read_graph(folder)
    inner = folder / "graph"
    hint = f"; the graph of the run in it is {inner}" if (inner / "graph.json").exists() else ""
    raise FileContentError(
        f"{folder} is a folder without graph.json, so no graph was written there{hint}. "
        "Give the path of an edge table, or a folder that a graph was written to."
    )
