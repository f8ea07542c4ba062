"""Writing a graph store: plain arrays and JSON, whole or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.durable import atomic_folder, write_json, write_text
from varigraph.errors import FileContentError, GraphError
from varigraph.graphs.graph import Graph
from varigraph.graphs.store.layout import MAX_NODES, SCHEMA_VERSION, is_storable_id
from varigraph.tensor_types import FloatArray

__all__ = ["write_graph"]

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
        >>> from varigraph.graphs.store import read_graph
        >>> folder = pathlib.Path(tempfile.mkdtemp()) / "triangle"
        >>> write_graph(folder, Graph.from_edges([(0, 1), (1, 2), (2, 0)], ids=["a", "b", "c"]))
        >>> read_graph(folder)
        Graph(graph: 3 nodes, 3 edges)
    """
    folder = Path(folder)
    _check_replaceable(folder)
    if graph.n_nodes > MAX_NODES:
        raise GraphError(f"The store holds at most {MAX_NODES:,} nodes; {graph.name} has {graph.n_nodes:,}.")
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
        if not is_storable_id(one):
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
