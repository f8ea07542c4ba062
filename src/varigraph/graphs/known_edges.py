"""Every edge that a user has, whatever part of a split it is in: what no prediction may bring back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from varigraph.graphs.graph import DroppedRows, Graph
from varigraph.tensor_types import IndexPairs

__all__ = ["unite_edges"]


def unite_edges(graph: Graph, pair_sets: Iterable[IndexPairs]) -> Graph:
    """The graph with further edges.

    Args:
        graph: Gives the nodes and the first edges.
        pair_sets: Pairs in any order and direction, each set of shape (n_pairs, 2); those out of range or
            from a node to itself are passed over.

    Returns:
        `graph` itself if it has all of them. Otherwise the same nodes with all edges and without weights,
        because the further edges have none.

    Example:
        >>> unite_edges(Graph.from_edges([(0, 1)], n_nodes=3), [np.array([(2, 1), (0, 0)])]).edges.tolist()
        [[0, 1], [1, 2]]
    """
    further = []
    for pairs in (one.reshape(-1, 2) for one in pair_sets):
        usable = (pairs >= 0).all(axis=1) & (pairs < graph.n_nodes).all(axis=1)
        usable &= pairs[:, 0] != pairs[:, 1]
        further.append(pairs[usable & ~graph.has_edges(pairs)])
    if not any(map(len, further)):
        return graph
    united = graph.with_edges(np.concatenate([graph.edges, *further]))
    return replace(united, dropped=DroppedRows())
