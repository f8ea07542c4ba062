"""The graph in the folder of a model, and the split of it that a run is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import DataError, RunFolderError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.arrays import split_from_arrays
from varigraph.graphs.splits.edge_split import EdgeSplit, as_pairs
from varigraph.graphs.store import read_graph
from varigraph.models.restoring import FAULTS, read_tensors, reason
from varigraph.tensor_types import IndexPairs
from varigraph.untrusted import file_inside

__all__ = ["StoredData", "read_split", "read_stored_data"]


@dataclass(frozen=True, eq=False)
class StoredData:
    """What a stored model was trained on, and what else it knows of.

    Attributes:
        message_graph: The edges that it has learnt from.
        known_graph: Every edge that the user has.
        held_out: Edges held out for validation, shape (n_pairs, 2).
    """

    message_graph: Graph
    known_graph: Graph
    held_out: IndexPairs


def read_stored_data(folder: Path, *, was_refitted: bool) -> StoredData:
    """The data of a model's folder.

    Args:
        folder: Of a saved model or a finished run.
        was_refitted: The model was trained on every edge, so what split there is concerns it no more.

    Raises:
        RunFolderError: A file is damaged.
        ValueError: The edges are not edges of the graph.
    """
    graph = _stored_graph(folder)
    nothing = np.empty((0, 2), dtype=np.int64)
    split = None if was_refitted else _split_of(folder, graph)
    if split is not None:
        return StoredData(split.train.message_graph, split.known_graph, split.val.positives)
    message = folder / "message.safetensors"
    if not message.exists():
        return StoredData(graph, graph, nothing)
    tensors = {name: tensor.numpy() for name, tensor in read_tensors(folder, message.name).items()}
    message_graph = graph.with_edges(tensors["edges"], tensors.get("weights"))
    held_out = as_pairs(tensors["held_out"], "held_out")
    if held_out.ndim != 2 or not graph.has_edges(held_out).all():
        raise ValueError("held_out holds what is no edge of graph/")
    return StoredData(message_graph, graph, held_out)


def read_split(folder: Path) -> EdgeSplit | None:
    """The split of a run folder; None for a folder without one.

    Raises:
        RunFolderError: The split or its graph is damaged.
    """
    if not (folder / "split.safetensors").exists():
        return None
    return _split_of(folder, _stored_graph(folder))


def _split_of(folder: Path, graph: Graph) -> EdgeSplit | None:
    path = folder / "split.safetensors"
    if not path.exists():
        return None
    tensors = read_tensors(folder, path.name)
    try:
        arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
        _check_split_arrays(arrays, graph.n_nodes)
        return split_from_arrays(graph, arrays)
    except FAULTS as error:
        raise RunFolderError(f"{path} holds no split of the graph beside it: {reason(error)}") from error


def _check_split_arrays(arrays: Mapping[str, NDArray[Any]], n_nodes: int) -> None:
    """Positions may be wrong in a user's own split, which is for `verify` to report; here they are damage."""
    for name, array in arrays.items():
        if array.dtype != (np.float64 if name.endswith("weights") else np.int64):
            raise ValueError(f"{name} holds {array.dtype}")
        if name.endswith(("tives", "edges")) and array.size and not 0 <= array.min() <= array.max() < n_nodes:
            raise ValueError(f"{name} holds positions that are not in 0 … {n_nodes - 1}")


def _stored_graph(folder: Path) -> Graph:
    try:
        file_inside(folder, "graph/graph.json")  # or the graph's own folder would be taken for its bounds
        return read_graph(folder / "graph")
    except DataError as error:
        raise RunFolderError(f"The graph of {folder} cannot be read: {error}") from error
