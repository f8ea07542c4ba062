"""Uniform pairs of nodes that are not edges, drawn exactly: by rank, without rejection."""

from __future__ import annotations

import numpy as np

from varigraph.errors import GraphError, SplitError
from varigraph.graphs.graph import Graph
from varigraph.tensor_types import IndexPairs, IntArray

__all__ = ["sample_non_edges"]


def sample_non_edges(
    graph: Graph, n: int, *, generator: np.random.Generator, exclude: Graph | IndexPairs | None = None
) -> IndexPairs:
    """Draws pairs of different nodes that are not edges, uniformly and without replacement.

    All N(N − 1)/2 unordered pairs have a rank; the t-th non-edge has rank t plus the number of edges before
    it, which a binary search over the edges finds. So every set of n non-edges is equally likely, in a dense
    graph as in a sparse one, and up to all of them. Nothing of size N² is made: memory is
    O(n + n_edges + n_nodes), and up to 50 n integers when over 2 % of all non-edges are asked for.

    Args:
        graph: The full graph, so that no edge of any part is drawn.
        n: How many pairs.
        generator: Where the randomness comes from.
        exclude: Further pairs that must not be drawn, in any order and direction, or a graph of them on
            the same nodes.

    Returns:
        shape (n, 2), smaller position first, in random order: the first k rows are such a sample too.

    Raises:
        SplitError: There are fewer than n such pairs.
        GraphError: `exclude` names a position that is no node.

    Example:
        >>> path = Graph.from_edges([(0, 1), (1, 2)])
        >>> sample_non_edges(path, 1, generator=np.random.default_rng(0)).tolist()
        [[0, 2]]
    """
    if n < 0:
        raise SplitError(f"A sample of {n} pairs was asked for; the number must be 0 or more.")
    starts = _row_starts(graph.n_nodes)
    taken = _taken_ranks(graph, exclude, starts)
    n_free = graph.n_pairs - len(taken)
    if n > n_free:
        also = "" if exclude is None else " outside the excluded pairs"
        raise SplitError(
            f"{n:,} pairs that are not edges were asked for, but {graph.name} has only {n_free:,}{also} "
            f"({graph.n_pairs:,} pairs of {graph.n_nodes:,} nodes, {graph.n_edges:,} edges). Ask for fewer."
        )
    drawn = generator.choice(n_free, size=n, replace=False) if n else np.empty(0, dtype=np.int64)
    free_before = taken - np.arange(len(taken))  # how many free pairs stand before each taken one
    return _pairs_at(drawn + np.searchsorted(free_before, drawn, side="right"), starts)


def _row_starts(n_nodes: int) -> IntArray:
    """The rank of the first pair (i, i + 1) of every i, shape (n_nodes,); pairs stand in ascending order."""
    nodes = np.arange(n_nodes, dtype=np.int64)
    return nodes * (2 * n_nodes - nodes - 1) // 2


def _ranks_of(pairs: IndexPairs, starts: IntArray) -> IntArray:
    """Ranks of pairs i < j, shape (n_pairs,)."""
    return np.asarray(starts[pairs[:, 0]] + pairs[:, 1] - pairs[:, 0] - 1, dtype=np.int64)


def _pairs_at(ranks: IntArray, starts: IntArray) -> IndexPairs:
    """The pairs of these ranks, shape (n_ranks, 2): `_ranks_of` undone, in integers, so without rounding."""
    # The last node starts no pair: its start lies past every rank, so the search never lands on it.
    low = np.searchsorted(starts, ranks, side="right") - 1
    return np.stack([low, ranks - starts[low] + low + 1], axis=1)


def _taken_ranks(graph: Graph, exclude: Graph | IndexPairs | None, starts: IntArray) -> IntArray:
    """Ascending ranks of the pairs that may not be drawn; a graph's edges stand in that order already."""
    ranks = _ranks_of(graph.edges, starts)
    if exclude is None:
        return ranks
    others = (
        exclude.edges if isinstance(exclude, Graph) else np.asarray(exclude, dtype=np.int64).reshape(-1, 2)
    )
    if others.size and (others.min() < 0 or others.max() >= graph.n_nodes):
        raise GraphError(
            f"Excluded pairs hold positions from {others.min()} to {others.max()}, but {graph.name} has "
            f"{graph.n_nodes} nodes (0 to {graph.n_nodes - 1})."
        )
    further = np.sort(_ranks_of(np.sort(others[others[:, 0] != others[:, 1]], axis=1), starts))
    merged = np.insert(ranks, np.searchsorted(ranks, further), further)
    return merged[np.diff(merged, prepend=-1) > 0]
