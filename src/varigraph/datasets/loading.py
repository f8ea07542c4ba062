"""`load_graph`: one door for every source of a graph."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal, TypeAlias

from varigraph.datasets.card import DatasetKind
from varigraph.datasets.catalogue import dataset_names, load_dataset
from varigraph.errors import DatasetUnavailableError, FileContentError
from varigraph.graphs.convert import to_graph
from varigraph.graphs.files import read_graph_file
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import read_graph

__all__ = ["SourceKind", "check_name", "load_graph", "source_kind"]

SourceKind: TypeAlias = Literal["dataset", "file", "store"]
"""What a text or path may name: a data set, a file of a graph, a folder with a stored graph."""


def load_graph(source: Any, **options: Any) -> Graph:
    """A graph from a data set's name, a file, a stored graph, or an object of another library.

    Args:
        source: The name of a graph (`varigraph datasets` lists them); the path of a file (text with a
            suffix, a slash, or the name of an existing file): an edge table, a sparse matrix, GraphML, GEXF
            or GML; the path of a folder that a graph was written to; or whatever `to_graph` takes: a numpy
            edge array, a scipy matrix, a networkx graph, a PyG `Data`, a frame. A data set's name wins over
            a file or folder of that name; `./cora` is the folder.
        **options: For a file those of `varigraph.graphs.files.read_graph_file` (`format`, `nodes`,
            `node_features`, `source_column`, …), for an object those of `to_graph`.

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
        check_name(str(source), "graph")
        return load_dataset(str(source), **options)
    return _stored_graph(Path(source), **options) if kind == "store" else read_graph_file(source, **options)


def source_kind(source: str | Path) -> SourceKind:
    """What a text or path names; nothing is read for it.

    Example:
        >>> source_kind("cora"), source_kind("friends.csv"), source_kind(Path("friends"))
        ('dataset', 'file', 'file')
    """
    if isinstance(source, str) and source.lower() in dataset_names():
        return "dataset"
    try:
        is_folder, is_there = Path(source).is_dir(), Path(source).exists()
    except (OSError, ValueError):  # a name too long for any file, or with a zero byte
        is_folder, is_there = False, False
    if is_folder:
        return "store"
    looks_like_a_path = Path(source).suffix != "" or "/" in str(source) or "\\" in str(source)
    return "file" if isinstance(source, Path) or looks_like_a_path or is_there else "dataset"


def check_name(name: str, kind: DatasetKind) -> None:
    """Checks that a name is that of a data set, of whichever kind; if not, says what was probably meant.

    Args:
        name: The name.
        kind: What is to be loaded: the data sets of that kind are listed.

    Raises:
        DatasetUnavailableError: There is none of that name.
    """
    if name.lower() in dataset_names():
        return
    by_folded = {one.casefold(): one for one in dataset_names()}
    for path in Path().iterdir():
        by_folded |= {path.stem.casefold(): path.name, path.name.casefold(): path.name}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    meant = f" Did you mean {by_folded[close[0]]}?" if close else ""
    raise DatasetUnavailableError(
        f"There is neither a data set nor a file named {name!r}.{meant} The data sets of {_PLURAL[kind]} are "
        f"{', '.join(dataset_names(kind))}."
    )


_PLURAL: dict[DatasetKind, str] = {"graph": "graphs", "rows": "rows"}


def _stored_graph(folder: Path) -> Graph:
    if (folder / "graph.json").exists():
        return read_graph(folder)
    inner = folder / "graph"
    hint = f"; the graph of the run in it is {inner}" if (inner / "graph.json").exists() else ""
    raise FileContentError(
        f"{folder} is a folder without graph.json, so no graph was written there{hint}. "
        "Give the path of a file, or a folder that a graph was written to."
    )
