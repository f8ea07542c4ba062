"""From held-out edges to a split: the message graph without them, and their negatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from varigraph.errors import SplitError
from varigraph.graphs.graph import DroppedRows, Graph
from varigraph.graphs.negatives import sample_non_edges
from varigraph.graphs.splits.edge_split import EdgeSplit, SplitPart
from varigraph.seeding import numpy_generator
from varigraph.tensor_types import IndexPairs, IntArray

__all__ = ["EDGE_STREAM", "check_room_for_negatives", "hold_out", "subgraph"]

# Keys of the child generators of a split's seed; see varigraph.seeding.
EDGE_STREAM = 0
"""For which edges are held out."""
_TEST_STREAM, _VAL_STREAM = 1, 2


def hold_out(
    message_graph: Graph, val: IndexPairs, test: IndexPairs, *, known_graph: Graph, seed: int
) -> EdgeSplit:
    """A split whose encoders see one graph, with as many negatives a part as positives.

    Negatives are uniform pairs that are no edge of the known graph, none twice within or across the parts.
    Those of the test part are drawn first, so they do not depend on the validation part.

    Args:
        message_graph: The train edges.
        val: Validation positives, shape (n_val, 2).
        test: Test positives, shape (n_test, 2).
        known_graph: Every edge of every part.
        seed: Of the negatives.

    Raises:
        SplitError: There are too few pairs that are no edges.
    """
    test_negatives = sample_non_edges(known_graph, len(test), generator=numpy_generator(seed, _TEST_STREAM))
    val_negatives = sample_non_edges(
        known_graph, len(val), generator=numpy_generator(seed, _VAL_STREAM), exclude=test_negatives
    )
    none = np.empty((0, 2), dtype=np.int64)
    return EdgeSplit(
        train=SplitPart("train", message_graph, message_graph.edges, none, known_graph),
        val=SplitPart("val", message_graph, val, val_negatives, known_graph),
        test=SplitPart("test", message_graph, test, test_negatives, known_graph),
        seed=seed,
    )


def check_room_for_negatives(known_graph: Graph, n_val: int, n_test: int, *, advice: str) -> None:
    """Refuses parts that are larger than the number of pairs that are no edges.

    Raises:
        SplitError: They are.
    """
    n_free = known_graph.n_pairs - known_graph.n_edges
    if n_val + n_test <= n_free:
        return
    raise SplitError(
        f"The {n_val:,} validation and {n_test:,} test edges need as many pairs that are not edges, but "
        f"{known_graph.name} has only {n_free:,} ({known_graph.n_pairs:,} pairs, {known_graph.n_edges:,} "
        f"edges). {advice}"
    )


def subgraph(graph: Graph, edge_numbers: IntArray) -> Graph:
    """The same nodes with some of the edges, in ascending order, and their weights."""
    kept = np.sort(edge_numbers)
    weights = None if graph.weights is None else graph.weights[kept]
    return replace(graph, edges=graph.edges[kept], weights=weights, dropped=DroppedRows())
