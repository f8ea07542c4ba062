"""The graph store: a graph as a folder of plain arrays and JSON, never a pickle.

```
graph.json            schema, name, counts, fingerprint, what was dropped, what the other files hold
indptr.npy            int64, shape (n_nodes + 1,): row i lists the neighbours j > i, so each edge stands once
indices.npy           int32, shape (n_edges,), ascending within a row
weight.npy            float64, shape (n_edges,); absent when every weight is 1
features.npy          dense features; or as compressed rows:
features.indptr.npy   features.indices.npy   features.values.npy
labels.npy            or labels.json when they are Python objects
ids.npy               int64; or ids.json when some are strings; absent when ids are 0 … n_nodes − 1
feature_names.json    a list of strings
```
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.durable import atomic_folder, write_json, write_text
from varigraph.errors import FileContentError, GraphError, RunFolderError
from varigraph.graphs.graph import DroppedRows, Graph, as_id_array
from varigraph.tensor_types import FloatArray, IndexPairs

__all__ = ["SCHEMA_VERSION", "read_graph", "write_graph"]

SCHEMA_VERSION = 1
"""Written into `graph.json`; a store of another version is refused."""

_MAX_NODES = 2**31 - 1  # positions are stored as int32
_VERIFIED_ENTRIES = 5_000_000  # up to here recomputing the fingerprint takes a second or two
_JSON_SCALARS = (str, int, float, bool, type(None))


def write_graph(folder: str | Path, graph: Graph) -> None:
    """Writes a graph as a folder, whole or not at all; a store that is already there is replaced.

    Args:
        folder: Where to; it may be a graph store or empty already, but nothing else.
        graph: Its ids must be integers or strings.

    Raises:
        GraphError: An id, label or feature is of a kind that has no place on disk.
        FileContentError: `folder` is a file, or holds something other than a graph store.
        OSError: The disk is full or the place may not be written to; what was there is as it was.

    Example:
        >>> import tempfile, pathlib
        >>> folder = pathlib.Path(tempfile.mkdtemp()) / "triangle"
        >>> write_graph(folder, Graph.from_edges([(0, 1), (1, 2), (2, 0)], ids=["a", "b", "c"]))
        >>> read_graph(folder)
        Graph(graph: 3 nodes, 3 edges)
    """
    folder = Path(folder)
    _check_replaceable(folder)
    if graph.n_nodes > _MAX_NODES:
        raise GraphError(f"The store holds at most {_MAX_NODES:,} nodes; {graph.name} has {graph.n_nodes:,}.")
    with atomic_folder(folder) as temporary:
        contents = {
            "ids": _write_ids(temporary, graph.ids),
            "features": _write_features(temporary, graph.features),
            "labels": _write_labels(temporary, graph.labels),
        }
        _write_edges(temporary, graph)
        if graph.feature_names is not None:
            _write_list(temporary / "feature_names.json", [str(one) for one in graph.feature_names])
        document = {
            "schema_version": SCHEMA_VERSION,
            "name": graph.name,
            "n_nodes": graph.n_nodes,
            "n_edges": graph.n_edges,
            "fingerprint": graph.fingerprint,
            "dropped": asdict(graph.dropped),
            "has_weights": graph.weights is not None,
            "has_feature_names": graph.feature_names is not None,
            **contents,
        }
        write_json(temporary / "graph.json", document)


def read_graph(folder: str | Path, *, mmap: bool = False) -> Graph:
    """Reads a graph that `write_graph` wrote, trusting nothing in the folder.

    Args:
        folder: The store.
        mmap: Leave weights, features and labels on disk until they are used. The arrays may be written to
            (torch asks for that); the files do not change.

    Returns:
        The same graph: same ids in kind, same feature dtype, same fingerprint. The fingerprint is
        recomputed and compared up to five million entries; beyond, shapes and ranges are checked.

    Raises:
        RunFolderError: `folder` is no graph store, or one of a schema that this version does not read.
        FileContentError: A file of the store is missing, damaged or does not fit the others.
    """
    folder = Path(folder)
    document = _read_document(folder)
    reader = _Reader(folder, mmap)
    try:
        graph = _read_parts(reader, document)
    except FileContentError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise FileContentError(f"The graph store {folder} is damaged: {_reason(error)}.") from error
    if _n_entries(graph) <= _VERIFIED_ENTRIES and graph.fingerprint != document.get("fingerprint"):
        raise FileContentError(
            f"The graph store {folder} is not what was written: its fingerprint does not match. "
            "Make it again from the source."
        )
    return graph


def _check_replaceable(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FileContentError(f"{folder} is a file; a graph store is a folder. Choose another name.")
    if any(folder.iterdir()) and not (folder / "graph.json").is_file():
        raise FileContentError(
            f"{folder} holds files but is no graph store, so it is not replaced. Choose another folder."
        )


def _write_edges(folder: Path, graph: Graph) -> None:
    indptr = np.searchsorted(graph.edges[:, 0], np.arange(graph.n_nodes + 1)).astype(np.int64)
    _save(folder / "indptr.npy", indptr)
    _save(folder / "indices.npy", graph.edges[:, 1].astype(np.int32))
    if graph.weights is not None:
        _save(folder / "weight.npy", graph.weights.astype(np.float64))


def _write_ids(folder: Path, ids: NDArray[Any]) -> str:
    """Writes ids and says how: `positions`, `integers` or `strings`."""
    if ids.dtype.kind in "iu":
        if np.array_equal(ids, np.arange(len(ids))):
            return "positions"
        _save(folder / "ids.npy", ids.astype(np.int64))
        return "integers"
    listed = ids.tolist()
    for one in listed:
        if not _is_storable_id(one):
            raise GraphError(
                f"The id {one!r} is a {type(one).__name__}; on disk ids are strings or integers only. "
                "Give the nodes such names before saving."
            )
    _write_list(folder / "ids.json", listed)
    return "strings"


def _write_features(folder: Path, features: FloatArray | sp.csr_array | None) -> dict[str, Any] | None:
    if features is None:
        return None
    if not sp.issparse(features):
        _save(folder / "features.npy", np.asarray(features))
        return {"kind": "dense", "shape": list(features.shape)}
    rows = sp.csr_array(features)
    n_entries = int(rows.indptr[-1])
    _save(folder / "features.indptr.npy", rows.indptr)
    _save(folder / "features.indices.npy", rows.indices[:n_entries])
    _save(folder / "features.values.npy", rows.data[:n_entries])
    return {"kind": "csr", "shape": list(rows.shape), "n_entries": n_entries}


def _write_labels(folder: Path, labels: NDArray[Any] | None) -> str | None:
    """Writes labels and says how: `array`, or `list` for Python objects."""
    if labels is None:
        return None
    if labels.dtype.kind != "O":
        _save(folder / "labels.npy", labels)
        return "array"
    listed = [one.item() if isinstance(one, np.generic) else one for one in labels.tolist()]
    try:
        if not all(isinstance(one, _JSON_SCALARS) for one in listed):
            raise ValueError("some are neither numbers nor strings")
        _write_list(folder / "labels.json", listed)
    except ValueError as error:
        raise GraphError(f"The labels cannot be saved: {error}. Use strings, integers or None.") from error
    return "list"


def _save(path: Path, array: NDArray[Any]) -> None:
    if array.dtype.hasobject or array.dtype.names is not None:
        raise GraphError(f"{path.stem} of dtype {array.dtype} cannot be saved; make it an array of numbers.")
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)


def _write_list(path: Path, values: list[Any]) -> None:
    # ASCII escapes, because an id read from a badly encoded source may hold a lone surrogate.
    write_text(path, json.dumps(values, allow_nan=False) + "\n")


def _is_storable_id(one: Any) -> bool:
    return isinstance(one, str | int) and not isinstance(one, bool)


def _read_document(folder: Path) -> dict[str, Any]:
    path = folder / "graph.json"
    if not path.is_file():
        raise RunFolderError(f"{folder} is no graph store: there is no graph.json in it.")
    document = _read_json(path)
    if not isinstance(document, dict) or "schema_version" not in document:
        raise RunFolderError(f"{path} describes no graph store: it states no schema_version.")
    if document["schema_version"] != SCHEMA_VERSION:
        raise RunFolderError(
            f"The graph store {folder} has schema {document['schema_version']!r}; this version of varigraph "
            f"reads schema {SCHEMA_VERSION}. Read it with the version that wrote it, or make it again."
        )
    return document


def _read_parts(reader: _Reader, document: dict[str, Any]) -> Graph:
    n_nodes, n_edges = _count(document, "n_nodes"), _count(document, "n_edges")
    # The edges come first: their files prove n_nodes before anything of that size is made.
    edges = _read_edges(reader, n_nodes, n_edges)
    names = reader.strings("feature_names") if document["has_feature_names"] else None
    return Graph(
        edges=edges,
        ids=_read_ids(reader, document["ids"], n_nodes),
        weights=reader.array("weight", (n_edges,), np.float64) if document["has_weights"] else None,
        features=_read_features(reader, document["features"]),
        labels=_read_labels(reader, document["labels"], n_nodes),
        feature_names=names,
        name=str(document["name"]),
        dropped=DroppedRows(**{key: _count(document["dropped"], key) for key in asdict(DroppedRows())}),
    )


def _read_edges(reader: _Reader, n_nodes: int, n_edges: int) -> IndexPairs:
    indptr = reader.array("indptr", (n_nodes + 1,), np.int64)
    indices = reader.array("indices", (n_edges,), np.int32)
    _check_compressed("indptr.npy", indptr, indices, n_nodes)
    rows = np.repeat(np.arange(n_nodes), np.diff(indptr))
    return np.stack([rows, indices.astype(np.int64)], axis=1)


def _read_ids(reader: _Reader, kind: str, n_nodes: int) -> NDArray[Any]:
    if kind == "positions":
        return np.arange(n_nodes)
    if kind == "integers":
        return reader.array("ids", (n_nodes,), np.int64)
    listed = reader.json_list("ids", n_nodes)
    if not all(_is_storable_id(one) for one in listed):
        raise GraphError("ids.json holds something that is neither a string nor an integer.")
    return as_id_array(listed)


def _read_features(reader: _Reader, contents: dict[str, Any] | None) -> FloatArray | sp.csr_array | None:
    if contents is None:
        return None
    n_rows, n_columns = (_checked_count(one, "features.shape") for one in contents["shape"])
    if contents["kind"] == "dense":
        return reader.array("features", (n_rows, n_columns))
    if contents["kind"] != "csr":
        raise GraphError(f"features of the kind {contents['kind']!r} are unknown")
    n_entries = _count(contents, "n_entries")
    indptr = reader.array("features.indptr", (n_rows + 1,))
    indices = reader.array("features.indices", (n_entries,))
    values = reader.array("features.values", (n_entries,))
    _check_compressed("features.indptr.npy", indptr, indices, n_columns)
    return sp.csr_array((values, indices, indptr), shape=(n_rows, n_columns))


def _read_labels(reader: _Reader, kind: str | None, n_nodes: int) -> NDArray[Any] | None:
    if kind is None:
        return None
    if kind == "array":
        return reader.array("labels", (n_nodes,))
    return np.fromiter(reader.json_list("labels", n_nodes), dtype=object, count=n_nodes)


class _Reader:
    """Reads the store's files by their fixed names: no name or path is ever taken from JSON."""

    def __init__(self, folder: Path, mmap: bool) -> None:
        self._folder = folder
        self._mmap = mmap

    def array(self, stem: str, shape: tuple[int, ...], dtype: type | None = None) -> NDArray[Any]:
        """An array whose header states this shape and dtype; the header is read before the data."""
        path = self._folder / f"{stem}.npy"
        try:
            found_shape, found_dtype = _checked_header(path)
            array = np.load(path, mmap_mode="c" if self._mmap else None, allow_pickle=False)
        except (OSError, ValueError, EOFError, OverflowError) as error:
            raise FileContentError(f"{path} cannot be read as an array: {_reason(error)}.") from error
        if found_shape != shape or (dtype is not None and found_dtype != dtype):
            wanted = "" if dtype is None else f"{np.dtype(dtype)} "
            raise FileContentError(
                f"{path} holds {found_dtype} of shape {found_shape}, but the store needs {wanted}of shape "
                f"{shape}."
            )
        return np.asarray(array)

    def json_list(self, stem: str, length: int) -> list[Any]:
        """A JSON list of this length."""
        path = self._folder / f"{stem}.json"
        values = _read_json(path)
        if not isinstance(values, list) or len(values) != length:
            raise FileContentError(f"{path} is not a list of {length} values.")
        return values

    def strings(self, stem: str) -> tuple[str, ...]:
        """A JSON list of strings."""
        path = self._folder / f"{stem}.json"
        values = _read_json(path)
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise FileContentError(f"{path} is not a list of strings.")
        return tuple(values)


def _checked_header(path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype that an npy file states, once the file is known to be as long as they say."""
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        if version not in read:
            raise ValueError(f"it is of npy version {version}")
        shape, _, dtype = read[version](file)
        start = file.tell()
    if dtype.hasobject or dtype.names is not None:
        raise ValueError("it holds Python objects, which are never loaded")
    size = path.stat().st_size
    n_bytes = dtype.itemsize
    for length in shape:
        n_bytes *= length
    if size != start + n_bytes:
        raise ValueError(f"it is {size:,} bytes long where its header asks for {start + n_bytes:,}")
    return shape, dtype


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FileContentError(f"{path} cannot be read as JSON: {_reason(error)}.") from error


def _reason(error: BaseException) -> str:
    """The first line of what went wrong, without a full stop."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, KeyError):
        return f"graph.json does not state {error}"
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _count(document: dict[str, Any], key: str) -> int:
    return _checked_count(document[key], key)


def _checked_count(value: Any, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise GraphError(f"{what} is {value!r}, which is no count.")
    return value


def _check_compressed(what: str, indptr: NDArray[Any], indices: NDArray[Any], n_columns: int) -> None:
    """Checks that offsets rise from 0 to the number of entries, and that entries name columns that exist."""
    if indptr.dtype.kind != "i" or indices.dtype.kind != "i":
        raise GraphError(f"{what} and its indices must be integers.")
    if indptr[0] != 0 or indptr[-1] != len(indices) or (np.diff(indptr) < 0).any():
        raise GraphError(f"{what} must rise from 0 to {len(indices)}, the number of entries.")
    if indices.size and (indices.min() < 0 or indices.max() >= n_columns):
        raise GraphError(f"the entries of {what} must lie between 0 and {n_columns - 1}.")


def _n_entries(graph: Graph) -> int:
    features = graph.features
    if features is None:
        return graph.n_nodes + graph.n_edges
    return graph.n_nodes + graph.n_edges + int(features.nnz if sp.issparse(features) else features.size)
