"""A graph from rows of edges, by ids or by positions, where every source ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import GraphError
from varigraph.graphs.convert.attributes import checked_attributes
from varigraph.graphs.graph import Graph, as_id_array
from varigraph.tensor_types import FloatArray, IndexPairs, IntArray

__all__ = ["graph_from_links", "graph_from_pairs"]


def graph_from_links(
    source: NDArray[Any], target: NDArray[Any], weights: FloatArray | None = None, **attributes: Any
) -> Graph:
    """A graph from the ids at both ends of each row; nodes stand in ascending order of the ids.

    Args:
        source: Ids, shape (n_rows,): all integers or all strings.
        target: Ids of the same kind, shape (n_rows,).
        weights: Positive, shape (n_rows,).
        **attributes: `features` and `labels`, one row a node in ascending order of the ids,
            `feature_names`, `name`.

    Raises:
        GraphError: The ids are of several kinds, or a weight is not positive.

    Example:
        >>> graph_from_links(np.array(["b", "c"]), np.array(["a", "b"])).ids.tolist()
        ['a', 'b', 'c']
    """
    is_alike = source.dtype == target.dtype  # numpy would turn integers beside strings into strings
    joined = np.concatenate([source, target]) if is_alike else [*source.tolist(), *target.tolist()]
    ids, positions = _factorised(as_id_array(joined))
    pairs = positions.reshape(2, -1).T
    return graph_from_pairs(pairs, weights, ids=ids, **checked_attributes(attributes))


def graph_from_pairs(pairs: IndexPairs, weights: FloatArray | None, **attributes: Any) -> Graph:
    """`Graph.from_edges`, with weights that are 1 throughout told as none."""
    graph = Graph.from_edges(pairs, weights=weights, **attributes)
    if graph.weights is not None and (graph.weights == 1).all():
        return replace(graph, weights=None)
    return graph


def _factorised(links: NDArray[Any]) -> tuple[NDArray[Any], IntArray]:
    """The different ids in ascending order, and the position of each entry among them."""
    if links.dtype == np.int64:
        ids, positions = np.unique(links, return_inverse=True)
        return ids, positions.astype(np.int64)
    listed = links.tolist()
    try:
        ordered = sorted(set(listed))
    except TypeError as error:
        kinds = ", ".join(sorted({type(one).__name__ for one in listed}))
        raise GraphError(f"Ids must be all integers or all strings; there are {kinds}.") from error
    position = {one: at for at, one in enumerate(ordered)}
    positions = np.fromiter(map(position.__getitem__, listed), dtype=np.int64, count=len(listed))
    return as_id_array(ordered), positions
