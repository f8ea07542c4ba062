"""`split_edges`: a graph's edges at random into train, validation and test, with negatives."""

from __future__ import annotations

from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.graphs.splits.holding_out import EDGE_STREAM, hold_out, subgraph
from varigraph.graphs.splits.part_sizes import random_part_sizes
from varigraph.seeding import numpy_generator, resolve_seed
from varigraph.tensor_types import RandomState

__all__ = ["split_edges"]


def split_edges(
    graph: Graph, *, val: float = 0.05, test: float = 0.10, random_state: RandomState = None
) -> EdgeSplit:
    """Splits edges at random into train, validation and test, as Kipf and Welling did.

    ⌊test · E⌋ edges are test positives and ⌊val · E⌋ validation positives, each with as many negatives:
    uniform pairs that are no edge of the full graph, none twice in either order within or across the parts.
    An encoder sees the train edges only, for all three parts. (PyG's `RandomLinkSplit` gives the test
    encoder the validation edges as well, which is another protocol; `EdgeSplit.from_pairs` can hold it.)
    Weights travel with their edges; all message graphs share ids, features and labels with `graph`.

    Edges and the negatives of each part are drawn from child generators of their own, test first: the test
    part depends on `test` and the seed, not on `val`.

    Args:
        graph: The full graph; it is not changed.
        val: Fraction of edges for validation, 0 ≤ val, val + test < 1; 0 leaves the part empty.
        test: Fraction of edges for test.
        random_state: An integer makes the same split each time; see `EdgeSplit.seed`.

    Raises:
        SplitError: The fractions are out of range, the graph has too few edges for a part that was asked
            for, or too few pairs that are not edges; the message names fractions that work.

    References:
        Kipf and Welling, Variational graph auto-encoders, 2016, section 3.

    Example:
        >>> ring = Graph.from_edges([(i, (i + 1) % 40) for i in range(40)])
        >>> split = split_edges(ring, random_state=0)
        >>> split
        EdgeSplit(graph: train 34 + 0, val 2 + 2, test 4 + 4 positives + negatives)
        >>> split.verify().is_sound
        True
    """
    n_val, n_test = random_part_sizes(graph, val, test)
    seed = resolve_seed(random_state)
    order = numpy_generator(seed, EDGE_STREAM).permutation(graph.n_edges)
    message_graph = subgraph(graph, order[n_test + n_val :])
    test_edges = graph.edges[order[:n_test]]
    val_edges = graph.edges[order[n_test : n_test + n_val]]
    return hold_out(message_graph, val_edges, test_edges, known_graph=graph, seed=seed)
