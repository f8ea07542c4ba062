"""`split_given_test`: the user's own test edges, validation at random from the edges that are left."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.known_edges import unite_edges
from varigraph.graphs.splits.edge_split import EdgeSplit, as_pairs
from varigraph.graphs.splits.holding_out import EDGE_STREAM, check_room_for_negatives, hold_out, subgraph
from varigraph.graphs.splits.part_sizes import check_fractions, floor_of, share_of
from varigraph.seeding import numpy_generator, resolve_seed
from varigraph.tensor_types import IndexPairs, RandomState

__all__ = ["split_given_test"]


def split_given_test(
    graph: Graph, test_edges: ArrayLike, *, val: float = 0.05, random_state: RandomState = None
) -> EdgeSplit:
    """Splits off test edges that the user gives; validation is a random share of the edges that are left.

    Test edges that `graph` has leave the training graph. Those that it does not have are known edges too
    (see `SplitPart.known_graph`): they are no negatives, and no prediction brings them back. Message graphs
    keep the weights of `graph`; the known graph has none if some of its edges have none. Negatives are
    uniform pairs that are no known edge, as many as positives, disjoint across the parts.

    Args:
        graph: The user's graph, with or without the test edges; it is not changed.
        test_edges: Node positions in any order and direction, shape (n_rows, 2). Self-loops and repeats are
            passed over.
        val: Fraction of the edges that are left for validation, 0 ≤ val < 1; 0 leaves the part empty.
        random_state: An integer makes the same split each time; see `EdgeSplit.seed`.

    Raises:
        SplitError: A position is no node, no test edge or no edge to train on is left, `val` is out of range
            or less than one edge, or there are too few pairs that are not edges.

    Example:
        >>> ring = Graph.from_edges([(i, (i + 1) % 40) for i in range(40)])
        >>> split = split_given_test(ring, [(0, 1), (5, 4), (0, 20)], random_state=0)
        >>> split
        EdgeSplit(graph: train 37 + 0, val 1 + 1, test 3 + 3 positives + negatives)
        >>> split.known_graph.n_edges
        41
    """
    check_fractions(graph, val, 0)
    test = _checked_test_edges(graph, test_edges)
    left = np.flatnonzero(~test.has_edges(graph.edges))
    n_val = _val_size(graph, len(left), val)
    known_graph = unite_edges(graph, [test.edges])
    check_room_for_negatives(
        known_graph, n_val, test.n_edges, advice="Give fewer test edges or ask for a smaller val."
    )
    seed = resolve_seed(random_state)
    order = left[numpy_generator(seed, EDGE_STREAM).permutation(len(left))]
    val_edges, message_graph = graph.edges[order[:n_val]], subgraph(graph, order[n_val:])
    return hold_out(message_graph, val_edges, test.edges, known_graph=known_graph, seed=seed)


def _checked_test_edges(graph: Graph, test_edges: ArrayLike) -> Graph:
    """The test edges as a graph on the same nodes: each once, without self-loops."""
    rows: IndexPairs = as_pairs(test_edges, "test_edges")
    if rows.ndim != 2:
        raise SplitError(f"test_edges must have shape (n_rows, 2), got {rows.shape}.")
    outside = np.flatnonzero(((rows < 0) | (rows >= graph.n_nodes)).any(axis=1))
    if len(outside):
        raise SplitError(
            f"Test edge {outside[0]} is {rows[outside[0]].tolist()}, but the positions of {graph.name} run "
            f"from 0 to {graph.n_nodes - 1}."
        )
    test = graph.with_edges(rows)
    if not test.n_edges:
        raise SplitError(
            f"None of the {len(rows):,} rows of test_edges joins two different nodes, so there is nothing to "
            "test on."
        )
    return test


def _val_size(graph: Graph, n_left: int, val: float) -> int:
    if not n_left:
        raise SplitError(
            f"All {graph.n_edges:,} edges of {graph.name} are test edges, so none is left to train on; give "
            "a graph with further edges, or fewer test edges."
        )
    n_val = floor_of(val, n_left)
    if val > 0 and n_val == 0:
        least = f"at least val={share_of(1, n_left)}, or 0 for no such part" if n_left > 1 else "val=0"
        raise SplitError(
            f"val={val} of the {n_left:,} edges of {graph.name} that are no test edges is less than one "
            f"edge; ask for {least}."
        )
    return n_val
