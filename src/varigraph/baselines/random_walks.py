"""Random walks on a graph, all walkers at once."""

from __future__ import annotations

import numpy as np

from varigraph.graphs.graph import Graph
from varigraph.tensor_types import IntArray

__all__ = ["NO_NODE", "random_walks"]

NO_NODE = -1
"""What stands in a walk after its end."""


def random_walks(graph: Graph, starts: IntArray, *, length: int, generator: np.random.Generator) -> IntArray:
    """Walks that go from each node to one of its neighbours, drawn in proportion to the edges' weights.

    On a connected graph the share of steps that a walker spends at a node is in the long run proportional to
    its degree (the sum of its edges' weights), whatever the start. A walk from an isolated node ends where it
    began.

    Args:
        graph: Its edges are what walkers may follow, either way.
        starts: First node of each walk, shape (n_walks,).
        length: Nodes of a walk, the first included; 1 or more.
        generator: Draws every step; one number a walker and step.

    Returns:
        Node positions, shape (n_walks, length); `NO_NODE` after the end of a walk.

    References:
        Perozzi, Al-Rfou and Skiena, DeepWalk: online learning of social representations, 2014, section 4.1.

    Example:
        >>> path = Graph.from_edges([(0, 1)], n_nodes=3)
        >>> random_walks(path, np.array([0, 2]), length=3, generator=np.random.default_rng(0)).tolist()
        [[0, 1, 0], [2, -1, -1]]
    """
    adjacency = graph.adjacency
    first, neighbours = adjacency.indptr.astype(np.int64), adjacency.indices
    line = None
    if graph.weights is not None:
        # The shares of all rows laid end to end: a node's row is one stretch of length 1. Weights themselves
        # would be lost in the running sum beside far larger ones of other rows.
        shares = adjacency.data / np.repeat(adjacency.sum(axis=1), np.diff(first))
        line = np.concatenate([[0.0], np.cumsum(shares)])
    walks = np.full((length, len(starts)), NO_NODE, dtype=np.int64)
    walks[0] = starts
    walking = np.flatnonzero(np.diff(first)[starts] > 0)
    at = walks[0, walking]
    for step in range(1, length):
        low, high = first[at], first[at + 1]
        share = generator.random(len(at))
        if line is None:
            entry = low + (share * (high - low)).astype(np.int64)
        else:
            entry = np.searchsorted(line, line[low] + share * (line[high] - line[low]), side="right") - 1
        # Rounding may carry a share just below 1 to the next row.
        at = neighbours[np.clip(entry, low, high - 1)].astype(np.int64)
        walks[step, walking] = at
    return walks.T
