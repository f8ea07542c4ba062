"""Reading a graph store, and checking that its parts fit each other and are what was written."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.errors import FileContentError, GraphError, RunFolderError
from varigraph.graphs.graph import DroppedRows, Graph, as_id_array
from varigraph.graphs.store.checked_files import StoreFiles, reason_of
from varigraph.graphs.store.layout import SCHEMA_VERSION, is_storable_id
from varigraph.tensor_types import FloatArray, IndexPairs
from varigraph.untrusted import read_json

__all__ = ["read_graph"]

_VERIFIED_ENTRIES = 5_000_000  # up to here recomputing the fingerprint takes a second or two


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
    files = StoreFiles(folder, mmap)
    try:
        graph = _read_parts(files, document)
    except FileContentError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise FileContentError(f"The graph store {folder} is damaged: {reason_of(error)}.") from error
    if _n_entries(graph) <= _VERIFIED_ENTRIES and graph.fingerprint != document.get("fingerprint"):
        raise FileContentError(
            f"The graph store {folder} is not what was written: its fingerprint does not match. "
            "Make it again from the source."
        )
    return graph


def _read_document(folder: Path) -> dict[str, Any]:
    path = folder / "graph.json"
    if not path.exists():
        raise RunFolderError(f"{folder} is no graph store: there is no graph.json in it.")
    document = read_json(folder, "graph.json")
    if not isinstance(document, dict) or "schema_version" not in document:
        raise RunFolderError(f"{path} describes no graph store: it states no schema_version.")
    if document["schema_version"] != SCHEMA_VERSION:
        raise RunFolderError(
            f"The graph store {folder} has schema {repr(document['schema_version'])[:40]}; this version "
            f"reads schema {SCHEMA_VERSION}. Read it with the version that wrote it, or make it again."
        )
    return document


def _read_parts(files: StoreFiles, document: dict[str, Any]) -> Graph:
    n_nodes, n_edges = _count(document, "n_nodes"), _count(document, "n_edges")
    # The edges come first: their files prove n_nodes before anything of that size is made.
    edges = _read_edges(files, n_nodes, n_edges)
    names = files.strings("feature_names") if document["has_feature_names"] else None
    return Graph(
        edges=edges,
        ids=_read_ids(files, document["ids"], n_nodes),
        weights=files.array("weight", (n_edges,), np.float64) if document["has_weights"] else None,
        features=_read_features(files, document["features"]),
        labels=_read_labels(files, document["labels"], n_nodes),
        feature_names=names,
        name=str(document["name"]),
        dropped=DroppedRows(**{key: _count(document["dropped"], key) for key in asdict(DroppedRows())}),
    )


def _read_edges(files: StoreFiles, n_nodes: int, n_edges: int) -> IndexPairs:
    indptr = files.array("indptr", (n_nodes + 1,), np.int64)
    indices = files.array("indices", (n_edges,), np.int32)
    _check_compressed("indptr.npy", indptr, indices, n_nodes)
    rows = np.repeat(np.arange(n_nodes), np.diff(indptr))
    return np.stack([rows, indices.astype(np.int64)], axis=1)


def _read_ids(files: StoreFiles, kind: str, n_nodes: int) -> NDArray[Any]:
    if kind == "positions":
        return np.arange(n_nodes)
    if kind == "integers":
        return files.array("ids", (n_nodes,), np.int64)
    listed = files.json_list("ids", n_nodes)
    if not all(is_storable_id(one) for one in listed):
        raise GraphError("ids.json holds something that is neither a string nor an integer.")
    return as_id_array(listed)


def _read_features(files: StoreFiles, contents: dict[str, Any] | None) -> FloatArray | sp.csr_array | None:
    if contents is None:
        return None
    n_rows, n_columns = (_checked_count(one, "features.shape") for one in contents["shape"])
    if contents["kind"] == "dense":
        return files.array("features", (n_rows, n_columns))
    if contents["kind"] != "csr":
        raise GraphError(f"features of the kind {contents['kind']!r} are unknown")
    n_entries = _count(contents, "n_entries")
    indptr = files.array("features.indptr", (n_rows + 1,))
    indices = files.array("features.indices", (n_entries,))
    values = files.array("features.values", (n_entries,))
    _check_compressed("features.indptr.npy", indptr, indices, n_columns)
    return sp.csr_array((values, indices, indptr), shape=(n_rows, n_columns))


def _read_labels(files: StoreFiles, kind: str | None, n_nodes: int) -> NDArray[Any] | None:
    if kind is None:
        return None
    if kind == "array":
        return files.array("labels", (n_nodes,))
    return np.fromiter(files.json_list("labels", n_nodes), dtype=object, count=n_nodes)


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
