"""Formats of graph files: which one an ending names, what options each has, and the bytes of a file."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from varigraph.errors import FileContentError
from varigraph.tables import READABLE_ENDINGS, FileFormat
from varigraph.tables.file_formats import file_format

__all__ = [
    "FileKind",
    "GraphFormat",
    "file_bytes",
    "file_kind",
    "file_options",
    "matrix_or_markup",
    "table_format",
]

GraphFormat: TypeAlias = Literal["csv", "tsv", "parquet", "jsonl", "npz", "mtx", "graphml", "gexf", "gml"]
"""How a graph is written down in a file."""

FileKind: TypeAlias = Literal["edge table", "sparse matrix", "graph file"]
"""The families of formats; what options a file has depends on its family."""

_TABLES: frozenset[str] = frozenset(get_args(FileFormat))
_MATRICES = frozenset({"npz", "mtx"})
_ENDINGS: dict[str, GraphFormat] = {
    ".npz": "npz",
    ".mtx": "mtx",
    ".mtx.gz": "mtx",
    ".graphml": "graphml",
    ".graphml.gz": "graphml",
    ".gexf": "gexf",
    ".gexf.gz": "gexf",
    ".gml": "gml",
    ".gml.gz": "gml",
}
_FOR_ALL = frozenset({"nodes", "node_features", "id_column", "label_column", "use_weights"})
_OPTIONS: dict[FileKind, frozenset[str]] = {
    "edge table": _FOR_ALL | {"source_column", "target_column", "weight_column", "header"},
    "sparse matrix": _FOR_ALL,
    "graph file": _FOR_ALL | {"weight_column"},
}

_GZIP_MAGIC = b"\x1f\x8b"


def matrix_or_markup(path: Path, format: GraphFormat | None) -> GraphFormat | None:
    """The format of a file that is no table, as told or by its ending; None for a table.

    Raises:
        FileContentError: No format is told, and the ending is none of those known.
        ValueError: What is told is no format.
    """
    if format is not None and format not in get_args(GraphFormat):
        raise ValueError(f"format={format!r} is not known; there are {', '.join(get_args(GraphFormat))}.")
    if format is not None:
        return None if format in _TABLES else format
    name = path.name.casefold()
    for ending, named in _ENDINGS.items():
        if name.endswith(ending):
            return named
    if not name.endswith(READABLE_ENDINGS):
        raise FileContentError(
            f"{path.name} has none of the endings {', '.join((*READABLE_ENDINGS, *_ENDINGS))}. Rename it, or "
            "say what it is with format= (--format)."
        )
    return None


def table_format(format: GraphFormat | None) -> FileFormat | None:
    """The same format as the reader of tables calls it."""
    return next((one for one in get_args(FileFormat) if one == format), None)


def file_kind(path: str | Path, format: GraphFormat | None = None) -> FileKind:
    """The family that a file belongs to, as told or by its ending; the file is not opened.

    Raises:
        FileContentError: As `matrix_or_markup`.

    Example:
        >>> file_kind("a.csv.gz"), file_kind("a.npz"), file_kind("a.gml"), file_kind("a.dat", "csv")
        ('edge table', 'sparse matrix', 'graph file', 'edge table')
    """
    named = matrix_or_markup(Path(path), format)
    if named is None:
        return "edge table"
    return "sparse matrix" if named in _MATRICES else "graph file"


def file_options(path: str | Path, format: GraphFormat | None = None) -> frozenset[str]:
    """The options of `read_graph_file` that have an effect on a file; the file is not opened.

    Raises:
        FileContentError: As `matrix_or_markup`.

    Example:
        >>> sorted(file_options("a.csv") - file_options("a.parquet")), "header" in file_options("a.npz")
        (['header'], False)
    """
    kind = file_kind(path, format)
    is_typed = kind == "edge table" and file_format(Path(path), table_format(format)) in ("parquet", "jsonl")
    return _OPTIONS[kind] - {"header"} if is_typed else _OPTIONS[kind]


def file_bytes(path: Path) -> bytes:
    """The whole content of a file, unpacked if it is gzip, whatever its ending.

    Raises:
        FileContentError: It cannot be read or unpacked.
    """
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(_GZIP_MAGIC) else content
    except (OSError, EOFError, zlib.error) as error:
        raise FileContentError(f"{path} cannot be unpacked: {error}. It may have been cut off.") from error
