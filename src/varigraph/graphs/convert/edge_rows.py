"""A graph from rows of edges, by ids or by positions, where every source ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import DataError, GraphError
from varigraph.graphs.convert.attributes import checked_attributes
from varigraph.graphs.graph import Graph, as_id_array
from varigraph.tensor_types import FloatArray, IndexPairs, IntArray

__all__ = ["Links", "graph_from_links", "graph_from_pairs", "ids_in_order", "of_one_kind"]


def _nameless(row: int) -> str:
    return f"row {row} of the edges"


@dataclass(frozen=True)
class Links:
    """Edge rows by the user's ids, before they are joined with what is known about the nodes.

    Attributes:
        source: Ids of one end, shape (n_rows,).
        target: Ids of the other end, shape (n_rows,).
        weights: Positive, shape (n_rows,), or None.
        nodes: Ids of nodes that are there whether a row names them or not, shape (n_known,), or None.
        labels: The label of each of `nodes`, or None.
        are_positions: Whether ids are rows of a matrix, which a table of nodes may rename in its order.
        source_name: What the source is called in a message.
        place: From a row's position to words such as `line 4 of edges.csv`.
        error: What a fault in the content is raised as.
    """

    source: NDArray[Any]
    target: NDArray[Any]
    weights: FloatArray | None = None
    nodes: NDArray[Any] | None = None
    labels: NDArray[Any] | None = None
    are_positions: bool = False
    source_name: str = "the graph"
    place: Callable[[int], str] = _nameless
    error: type[DataError] = GraphError


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
    ids, positions = ids_in_order(as_id_array(joined))
    pairs = positions.reshape(2, -1).T
    return graph_from_pairs(pairs, weights, ids=ids, **checked_attributes(attributes))


def graph_from_pairs(pairs: IndexPairs, weights: FloatArray | None, **attributes: Any) -> Graph:
    """`Graph.from_edges`, with weights that are 1 throughout told as none."""
    graph = Graph.from_edges(pairs, weights=weights, **attributes)
    if graph.weights is not None and (graph.weights == 1).all():
        return replace(graph, weights=None)
    return graph


def ids_in_order(ids: NDArray[Any]) -> tuple[NDArray[Any], IntArray]:
    """The different ids in ascending order, and the position of each entry among them.

    Args:
        ids: shape (n,), as `as_id_array` makes them.

    Raises:
        GraphError: They are of kinds that have no order among each other.
    """
    if ids.dtype == np.int64:
        ordered, positions = np.unique(ids, return_inverse=True)
        return ordered, positions.astype(np.int64)
    listed = ids.tolist()
    try:
        names = sorted(set(listed))
    except TypeError as error:
        kinds = ", ".join(sorted({type(one).__name__ for one in listed}))
        raise GraphError(f"Ids must be all integers or all strings; there are {kinds}.") from error
    position = {one: at for at, one in enumerate(names)}
    positions = np.fromiter(map(position.__getitem__, listed), dtype=np.int64, count=len(listed))
    return as_id_array(names), positions


def of_one_kind(arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """Arrays of ids that can be compared: where some hold integers and others strings, all hold strings.

    An integer becomes the text that it is written as, so a table in which a single odd id keeps all ids
    strings still fits one without it.

    Example:
        >>> of_one_kind([np.array([7, 8]), np.array(["007", "7"], dtype=object)])[0].tolist()
        ['7', '8']
    """
    # Looking at each of a million ids again takes as long as reading them.
    ids = [one if len(one) and one.dtype in (np.int64, object) else as_id_array(one) for one in arrays]
    if all(one.dtype == np.int64 for one in ids):
        return ids
    return [one.astype(str).astype(object) if one.dtype == np.int64 else one for one in ids]
