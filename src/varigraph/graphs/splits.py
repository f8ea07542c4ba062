"""`split_edges`: a graph's edges at random into train, validation and test, with negatives."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from varigraph.errors import SplitError
from varigraph.graphs.edge_split import EdgeSplit, PartName, SplitPart
from varigraph.graphs.graph import DroppedRows, Graph
from varigraph.graphs.negatives import sample_non_edges
from varigraph.graphs.split_arrays import split_from_arrays, split_to_arrays
from varigraph.graphs.split_report import SplitFinding, SplitReport
from varigraph.seeding import numpy_generator, resolve_seed
from varigraph.tensor_types import IndexPairs, IntArray, RandomState

__all__ = [
    "EdgeSplit",
    "PartName",
    "SplitFinding",
    "SplitPart",
    "SplitReport",
    "split_edges",
    "split_from_arrays",
    "split_to_arrays",
]

_EDGE_STREAM, _TEST_STREAM, _VAL_STREAM = 0, 1, 2  # keys of the child generators; see varigraph.seeding


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
            for, or too few pairs that are not edges.

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
    n_val, n_test = _part_sizes(graph, val, test)
    seed = resolve_seed(random_state)
    order = numpy_generator(seed, _EDGE_STREAM).permutation(graph.n_edges)
    message_graph = _subgraph(graph, order[n_test + n_val :])
    test_negatives, val_negatives = _negatives(graph, n_test, n_val, seed)
    test_edges = graph.edges[order[:n_test]]
    val_edges = graph.edges[order[n_test : n_test + n_val]]
    return EdgeSplit(
        train=SplitPart("train", message_graph, message_graph.edges, np.empty((0, 2), dtype=np.int64)),
        val=SplitPart("val", message_graph, val_edges, val_negatives),
        test=SplitPart("test", message_graph, test_edges, test_negatives),
        seed=seed,
    )


def _part_sizes(graph: Graph, val: float, test: float) -> tuple[int, int]:
    """How many edges go to validation and to test, checked against the fractions and the graph."""
    if not (min(val, test) >= 0 and val + test < 1):
        raise SplitError(f"val={val} and test={test} must be fractions of 0 or more, together below 1.")
    if graph.n_edges == 0:
        raise SplitError(f"{graph.name} has no edges, so there is nothing to split.")
    sizes = tuple(_floor_of(fraction, graph.n_edges) for fraction in (val, test))
    for name, fraction, size in zip(("val", "test"), (val, test), sizes, strict=True):
        if fraction > 0 and size == 0:
            raise SplitError(
                f"{name}={fraction} of the {graph.n_edges:,} edges of {graph.name} is less than one edge; "
                f"ask for at least {name}={_one_edge_of(graph.n_edges)}, or 0 for no such part."
            )
    n_free = graph.n_pairs - graph.n_edges
    if n_free < sum(sizes):
        raise SplitError(
            f"Validation and test need {sum(sizes):,} pairs that are not edges, but {graph.name} has only "
            f"{n_free:,} ({graph.n_pairs:,} pairs, {graph.n_edges:,} edges). Ask for smaller fractions."
        )
    return sizes[0], sizes[1]


def _floor_of(fraction: float, n_edges: int) -> int:
    # As the decimal that was written: in floating point, 0.29 · 100 is just below 29.
    return math.floor(Fraction(str(float(fraction))) * n_edges)


def _one_edge_of(n_edges: int) -> float:
    """A short decimal, rounded up, that is one edge or a little more."""
    steps = 10 ** (len(str(n_edges)) + 1)
    return float(math.ceil(steps / n_edges) / steps)


def _subgraph(graph: Graph, edge_numbers: IntArray) -> Graph:
    """The same nodes with some of the edges, in ascending order, and their weights."""
    kept = np.sort(edge_numbers)
    weights = None if graph.weights is None else graph.weights[kept]
    return replace(graph, edges=graph.edges[kept], weights=weights, dropped=DroppedRows())


def _negatives(graph: Graph, n_test: int, n_val: int, seed: int) -> tuple[IndexPairs, IndexPairs]:
    for_test = sample_non_edges(graph, n_test, generator=numpy_generator(seed, _TEST_STREAM))
    val_generator = numpy_generator(seed, _VAL_STREAM)
    return for_test, sample_non_edges(graph, n_val, generator=val_generator, exclude=for_test)
