"""Scores of node pairs from their neighbourhoods: untrained, and what every link predictor must beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.features import tfidf as tfidf_rows
from varigraph.graphs.features import unit_rows
from varigraph.graphs.graph import Graph
from varigraph.tensor_types import FloatArray, IndexPairs, IntArray

__all__ = [
    "HEURISTICS",
    "Heuristic",
    "adamic_adar",
    "common_neighbours",
    "feature_cosine",
    "heuristics_for",
    "katz",
    "pairs_at_distance_two",
    "preferential_attachment",
    "resource_allocation",
]

Heuristic: TypeAlias = Callable[[Graph, IndexPairs], FloatArray]
"""From a message graph and pairs, shape (n_pairs, 2), to scores, shape (n_pairs,): higher is likelier."""

_BLOCK_ENTRIES = 2**22  # entries of sparse rows, or values of dense ones, held at a time: some 50 MB


def common_neighbours(graph: Graph, pairs: IndexPairs) -> FloatArray:
    """The number of nodes that are neighbours of both, |Γ(i) ∩ Γ(j)|.

    As all scores of this file it is symmetric in the pair and takes an edge as an edge, whatever its weight.

    Args:
        graph: The message graph.
        pairs: Node positions, shape (n_pairs, 2).

    Returns:
        shape (n_pairs,), float64.

    Raises:
        GraphError: A position is no node of the graph.

    Example:
        >>> square = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 0)])
        >>> common_neighbours(square, np.array([(0, 2), (0, 1)])).tolist()
        [2.0, 0.0]
    """
    return _weigh_common_neighbours(graph, pairs, np.ones(graph.n_nodes))


def adamic_adar(graph: Graph, pairs: IndexPairs) -> FloatArray:
    """Common neighbours v, each counted as 1 / ln d(v): who knows few says more.

    A common neighbour of two different nodes has a degree of 2 or more, so the logarithm is never 0. A node
    paired with itself may have neighbours of degree 1, which count nothing here.

    Args, Returns, Raises: As `common_neighbours`.

    References:
        Adamic and Adar, Friends and neighbors on the Web, 2003.
    """
    several = graph.degrees > 1
    weights = np.zeros(graph.n_nodes)
    weights[several] = 1 / np.log(graph.degrees[several])
    return _weigh_common_neighbours(graph, pairs, weights)


def resource_allocation(graph: Graph, pairs: IndexPairs) -> FloatArray:
    """Common neighbours v, each counted as 1 / d(v).

    Args, Returns, Raises: As `common_neighbours`.

    References:
        Zhou, Lü and Zhang, Predicting missing links via local information, 2009.
    """
    return _weigh_common_neighbours(graph, pairs, 1 / np.maximum(graph.degrees, 1))


def preferential_attachment(graph: Graph, pairs: IndexPairs) -> FloatArray:
    """The product of the two degrees, d(i) · d(j).

    Args, Returns, Raises: As `common_neighbours`.

    References:
        Barabási and Albert, Emergence of scaling in random networks, 1999.
    """
    first, second = _checked(graph, pairs).T
    return np.asarray(graph.degrees[first].astype(np.float64) * graph.degrees[second])


def katz(graph: Graph, pairs: IndexPairs, *, beta: float = 0.005, max_length: int = 3) -> FloatArray:
    """Walks between the two, the longer the less: Σ_{l = 1 … max_length} beta^l (A^l)_ij.

    Katz's index sums over all lengths; walks of up to 3 steps with beta 0.005 are what the HeaRT benchmark
    takes, and need no inverse. From both ends the walks meet in the middle, so that never more than
    ⌈max_length / 2⌉ steps of a block of pairs are held.

    Args:
        graph: The message graph; the term of length 1 tells whether the pair is one of its edges.
        pairs: Node positions, shape (n_pairs, 2).
        beta: What each step multiplies by, above 0.
        max_length: The length of the longest walks, 1 or more.

    Returns:
        shape (n_pairs,), float64.

    Raises:
        GraphError: A position is no node of the graph.
        ValueError: `beta` or `max_length` is out of range.

    References:
        Katz, A new status index derived from sociometric analysis, 1953.
    """
    if not beta > 0 or max_length < 1:
        raise ValueError(f"beta must be above 0 and max_length at least 1, got {beta} and {max_length}.")
    pairs = _checked(graph, pairs)
    adjacency = _pattern(graph)
    reach = _reach(adjacency, (max_length + 1) // 2)
    # The first end takes the odd step, so let it be the one with fewer walks.
    pairs = np.where((reach[pairs[:, 0]] <= reach[pairs[:, 1]])[:, None], pairs, pairs[:, ::-1])
    scores = np.zeros(len(pairs))
    for block in _blocks(reach[pairs].sum(axis=1)):
        scores[block] = _walk_scores(adjacency, pairs[block], beta, max_length)
    return scores


def feature_cosine(graph: Graph, pairs: IndexPairs, *, tfidf: bool = True) -> FloatArray:
    """The cosine between the two nodes' features; 0 if one of them has none.

    Args:
        graph: A graph with features; its edges do not matter.
        pairs: Node positions, shape (n_pairs, 2).
        tfidf: Whether features that are counts are weighed by how rare they are first.

    Returns:
        shape (n_pairs,), in [-1, 1], and in [0, 1] for features that are not negative.

    Raises:
        GraphError: The graph has no features, or a position is no node of it.
    """
    if graph.features is None:
        raise GraphError(f"{graph.name} has no node features, so their cosine is not defined.")
    pairs = _checked(graph, pairs)
    rows = tfidf_rows(graph.features) if tfidf else unit_rows(graph.features)
    if sp.issparse(rows):
        return _row_products(rows, rows, pairs)
    scores = np.empty(len(pairs))
    for block in _blocks(np.full(len(pairs), 2 * graph.n_features)):
        scores[block] = np.einsum("pf,pf->p", *rows[pairs[block].T])
    return scores


HEURISTICS: Mapping[str, Heuristic] = MappingProxyType(
    {
        "common_neighbours": common_neighbours,
        "adamic_adar": adamic_adar,
        "resource_allocation": resource_allocation,
        "preferential_attachment": preferential_attachment,
        "katz": katz,
        "feature_cosine": feature_cosine,
    }
)
"""Every heuristic by its name, in the order of a table."""


def heuristics_for(graph: Graph) -> Mapping[str, Heuristic]:
    """Those of `HEURISTICS` that this graph allows: without features there is no `feature_cosine`."""
    usable = {name: one for name, one in HEURISTICS.items() if one is not feature_cosine}
    return HEURISTICS if graph.features is not None else MappingProxyType(usable)


def pairs_at_distance_two(graph: Graph) -> Iterator[IndexPairs]:
    """Every pair that has a common neighbour and is no edge, once, in blocks.

    Yields:
        shape (n_pairs, 2), smaller position first, in ascending order over all blocks.
    """
    pattern = _pattern(graph)
    for block in _blocks((pattern @ graph.degrees).astype(np.int64)):  # walks of two steps from each node
        reached = (pattern[block] @ pattern).tocoo()
        first, second = reached.coords[0].astype(np.int64) + block.start, reached.coords[1].astype(np.int64)
        pairs = np.stack([first, second], axis=1)[first < second]
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        yield pairs[~graph.has_edges(pairs)]


def _checked(graph: Graph, pairs: IndexPairs) -> IndexPairs:
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    if pairs.size and (pairs.min() < 0 or pairs.max() >= graph.n_nodes):
        raise GraphError(
            f"Pairs hold positions from {pairs.min()} to {pairs.max()}, but {graph.name} has "
            f"{graph.n_nodes} nodes (0 to {graph.n_nodes - 1})."
        )
    return pairs


def _pattern(graph: Graph) -> sp.csr_array:
    adjacency = graph.adjacency
    ones = np.ones(len(adjacency.indices))
    return sp.csr_array((ones, adjacency.indices, adjacency.indptr), shape=adjacency.shape)


def _weigh_common_neighbours(graph: Graph, pairs: IndexPairs, node_weights: FloatArray) -> FloatArray:
    """Σ_v A_iv w_v A_jv for each pair, shape (n_pairs,)."""
    pattern = _pattern(graph)
    weighted = sp.csr_array(
        (node_weights[pattern.indices], pattern.indices, pattern.indptr), shape=pattern.shape
    )
    return _row_products(pattern, weighted, _checked(graph, pairs))


def _row_products(left: sp.csr_array, right: sp.csr_array, pairs: IndexPairs) -> FloatArray:
    """The inner product of row i of the one and row j of the other for each pair, in blocks of pairs."""
    n_entries = np.diff(left.indptr)[pairs[:, 0]] + np.diff(right.indptr)[pairs[:, 1]]
    scores = np.empty(len(pairs))
    for block in _blocks(n_entries):
        first, second = pairs[block].T
        scores[block] = left[first].multiply(right[second]).sum(axis=1)
    return scores


def _reach(adjacency: sp.csr_array, n_steps: int) -> IntArray:
    """At most how many nodes the walks of n_steps from each node end at, shape (n_nodes,)."""
    reach = np.ones(adjacency.shape[0])
    for _ in range(n_steps):
        reach = np.minimum(adjacency @ reach, adjacency.shape[0])
    return reach.astype(np.int64)


def _walk_scores(adjacency: sp.csr_array, pairs: IndexPairs, beta: float, max_length: int) -> FloatArray:
    """Σ_l beta^l (A^l)_ij of one block; the counts are whole numbers, so both directions agree exactly."""
    ends = [_unit_rows_at(nodes, adjacency.shape[0]) for nodes in pairs.T]
    scores = np.zeros(len(pairs))
    for length in range(1, max_length + 1):
        mover = (length + 1) % 2
        ends[mover] = ends[mover] @ adjacency
        scores += beta**length * ends[0].multiply(ends[1]).sum(axis=1)
    return scores


def _unit_rows_at(nodes: IntArray, n_nodes: int) -> sp.csr_array:
    """One row a node with a 1 at its position, shape (len(nodes), n_nodes)."""
    return sp.csr_array((np.ones(len(nodes)), nodes, np.arange(len(nodes) + 1)), shape=(len(nodes), n_nodes))


def _blocks(n_entries: NDArray[np.integer]) -> Iterator[slice]:
    """Runs of pairs whose rows have at most `_BLOCK_ENTRIES` entries together, or one pair at least."""
    ends = np.cumsum(n_entries)
    start = 0
    while start < len(ends):
        before = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, before + _BLOCK_ENTRIES, side="right")), start + 1)
        yield slice(start, stop)
        start = stop
