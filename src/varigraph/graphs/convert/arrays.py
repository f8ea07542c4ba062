"""A graph from a numpy array of edges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.errors import GraphError
from varigraph.graphs.convert.attributes import checked_attributes
from varigraph.graphs.convert.edge_rows import graph_from_links, graph_from_pairs
from varigraph.graphs.graph import Graph

__all__ = ["from_edge_array"]


def from_edge_array(
    array: NDArray[Any],
    *,
    n_nodes: int | None = None,
    ids: Iterable[Any] | None = None,
    weights: ArrayLike | None = None,
    **attributes: Any,
) -> Graph:
    """A graph from rows of pairs.

    Args:
        array: shape (n_rows, 2). Integers are positions 0 … n_nodes − 1, as in PyG; strings are ids, and
            nodes then stand in their order.
        n_nodes: The number of nodes; by default as many as ids, features, labels or positions need.
        ids: Names of the positions.
        weights: Positive, shape (n_rows,).
        **attributes: `features`, `labels`, `feature_names`, `name`.

    Raises:
        GraphError: The shape is another, a position is out of range, or a weight is not positive.
    """
    if array.ndim != 2 or array.shape[1] != 2:
        raise GraphError(_array_shape_message(array))
    checked = None if weights is None else np.asarray(weights, dtype=np.float64)
    if array.dtype.kind in "OU" and array.size:
        if n_nodes is not None or ids is not None:
            raise GraphError("An array of ids names its nodes itself; leave n_nodes and ids out.")
        return graph_from_links(array[:, 0], array[:, 1], checked, **attributes)
    attributes = checked_attributes(attributes)
    if n_nodes is None and ids is None:
        n_nodes = _n_rows(attributes)
    return graph_from_pairs(array, checked, n_nodes=n_nodes, ids=ids, **attributes)


def _n_rows(attributes: dict[str, Any]) -> int | None:
    sized = [attributes[key] for key in ("features", "labels") if key in attributes]
    return int(sized[0].shape[0]) if sized else None


def _array_shape_message(array: NDArray[Any]) -> str:
    advice = "give one row an edge"
    if array.ndim == 2 and array.shape[0] == 2:
        advice = "transpose an edge_index of shape (2, n_edges)"
    elif array.ndim == 2 and array.shape[0] == array.shape[1]:
        advice = "wrap an adjacency matrix in scipy.sparse.csr_array"
    elif array.ndim == 2 and array.shape[1] == 3:
        advice = "pass the third column as weights="
    return f"An edge array has shape (n_rows, 2), got {array.shape}; {advice}."
