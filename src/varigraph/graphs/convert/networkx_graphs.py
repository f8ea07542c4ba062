"""A graph from a networkx graph of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import GraphError
from varigraph.graphs.convert.attributes import checked_attributes
from varigraph.graphs.convert.edge_rows import Links, graph_from_pairs
from varigraph.graphs.graph import Graph, as_id_array
from varigraph.tensor_types import FloatArray, IntArray

__all__ = ["from_networkx", "networkx_links"]


def from_networkx(graph: Any, *, weight: str | None = "weight", **attributes: Any) -> Graph:
    """A graph from networkx: directions are dropped, and parallel edges are one edge.

    Nodes stand in ascending order when their ids are all integers or all strings, so that every format
    gives the same graph; otherwise in the order of `graph.nodes`.

    Args:
        graph: A networkx Graph, DiGraph, MultiGraph or MultiDiGraph.
        weight: The edge attribute to take as weight; an edge without it weighs 1. None takes no weights.
        **attributes: `features` and `labels`, one row a node in the order of `graph.nodes` (they are put
            in the graph's order), `feature_names`, `name`.

    Raises:
        GraphError: A weight is no positive number.
    """
    names = as_id_array(graph.nodes)
    order = _order_of(names)
    ids = names[order]
    position = {one: at for at, one in enumerate(ids.tolist())}
    links = _weighted_links(graph, weight)
    pairs = np.array([(position[a], position[b]) for a, b, _ in links], dtype=np.int64).reshape(-1, 2)
    taken = checked_attributes(attributes, order=order, n_nodes=len(ids))
    taken.setdefault("name", graph.name or "graph")
    return graph_from_pairs(pairs, _link_weights(links, weight), ids=ids, **taken)


def networkx_links(graph: Any, *, weight: str | None = "weight") -> Links:
    """The edges and nodes of a networkx graph by its ids, which must be all integers or all strings.

    Raises:
        GraphError: A weight is no positive number.
    """
    rows = _weighted_links(graph, weight)
    return Links(
        source=as_id_array([a for a, _, _ in rows]),
        target=as_id_array([b for _, b, _ in rows]),
        weights=_link_weights(rows, weight),
        nodes=as_id_array(graph.nodes),
        place=lambda row: f"the edge {rows[row][:2]!r}",
    )


def _order_of(names: NDArray[Any]) -> IntArray:
    """Positions in ascending order of the names when they can be sorted, otherwise as they are."""
    if names.dtype == np.int64:
        return np.argsort(names, kind="stable")
    listed = names.tolist()
    if all(isinstance(one, str) for one in listed):
        return np.array(sorted(range(len(listed)), key=listed.__getitem__), dtype=np.int64)
    return np.arange(len(listed))


def _weighted_links(graph: Any, weight: str | None) -> list[tuple[Any, Any, Any]]:
    return [(a, b, None) for a, b in graph.edges()] if weight is None else list(graph.edges(data=weight))


def _link_weights(links: Sequence[tuple[Any, Any, Any]], attribute: str | None) -> FloatArray | None:
    if all(value is None for _, _, value in links):
        return None
    weights = np.ones(len(links))
    for row, (a, b, value) in enumerate(links):
        try:
            weights[row] = 1.0 if value is None else float(value)
        except (TypeError, ValueError):
            weights[row] = np.nan
        if not (np.isfinite(weights[row]) and weights[row] > 0):
            raise GraphError(
                f"The {attribute!r} of the edge ({a!r}, {b!r}) is {value!r}; weights are positive and finite."
            )
    return weights
