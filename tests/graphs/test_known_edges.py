"""Known edges: every edge of every part, however the split was made, so that none comes back as new."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.known_edges import unite_edges
from varigraph.graphs.splits import (
    split_edges,
    split_edges_by,
    split_from_arrays,
    split_given_test,
    split_to_arrays,
)
from varigraph.graphs.splits.edge_split import EdgeSplit, SplitPart

RING = Graph.from_edges([(i, (i + 1) % 40) for i in range(40)], ids=[f"n{i}" for i in range(40)])
WEIGHTED = Graph.from_edges(RING.edges, ids=RING.ids, weights=np.arange(1.0, 41.0))
FURTHER = [(0, 20), (1, 0), (7, 7)]

MAKERS = {
    "at random": lambda graph: split_edges(graph, random_state=0),
    "by value": lambda graph: split_edges_by(graph, np.arange(40), random_state=0),
    "given test": lambda graph: split_given_test(graph, FURTHER, random_state=0),
    "given pairs": lambda graph: EdgeSplit.from_pairs(
        graph, train=graph.edges[:30], val=graph.edges[30:32], test=[(3, 30)]
    ),
    "given messages": lambda graph: EdgeSplit.from_pairs(
        graph, train=graph.edges[:9], val=[], test=[(9, 4)], message_edges={"test": graph.edges[20:30]}
    ),
}
made = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
on_both = pytest.mark.parametrize("graph", [RING, WEIGHTED], ids=["plain", "weighted"])


@made
@on_both
def test_every_edge_of_the_graph_and_of_any_part_is_known(make, graph):
    split = make(graph)
    for known in [split.known_graph, *(part.known_graph for part in split.parts)]:
        assert known.has_edges(graph.edges).all()
        assert known.ids is graph.ids
        for part in split.parts:
            assert known.has_edges(part.positives).all()
            assert known.has_edges(part.message_graph.edges).all()


@made
@on_both
def test_no_negative_is_known_and_nothing_else_is_added(make, graph):
    split = make(graph)
    assert not split.known_graph.has_edges(split.test.negatives).any()
    positives = {frozenset(pair) for part in split.parts for pair in part.positives.tolist()}
    edges = {frozenset(pair) for pair in graph.edges.tolist()}
    assert {frozenset(pair) for pair in split.known_graph.edges.tolist()} == edges | positives


@made
@on_both
def test_known_edges_come_back_from_a_splits_arrays_and_the_graph(make, graph):
    split = make(graph)
    again = split_from_arrays(graph, split_to_arrays(split))
    assert again.known_graph.fingerprint == split.known_graph.fingerprint
    assert again.fingerprint == split.fingerprint


def test_a_split_of_a_graph_knows_that_very_graph():
    assert split_edges(WEIGHTED, random_state=0).known_graph is WEIGHTED
    assert split_edges_by(WEIGHTED, np.arange(40)).known_graph is WEIGHTED


def test_known_edges_do_not_change_the_fingerprint_of_a_split():
    bare = EdgeSplit.from_pairs(40, train=RING.edges[:9], val=[], test=[(9, 4)])
    knowing = EdgeSplit.from_pairs(RING, train=RING.edges[:9], val=[], test=[(9, 4)])
    assert bare.known_graph.n_edges == 10 < knowing.known_graph.n_edges
    assert bare.fingerprint == knowing.fingerprint


def test_a_split_of_parts_that_know_nothing_knows_their_edges():
    messages, none = RING.with_edges(RING.edges[:5]), np.empty((0, 2), dtype=np.int64)
    train = SplitPart("train", messages, RING.edges[:5], none)
    val = SplitPart("val", messages, RING.edges[5:6], none)
    test = SplitPart("test", messages, np.array([(9, 3)]), none)
    assert EdgeSplit(train, val, test).known_graph.n_edges == 7
    knowing = SplitPart("test", messages, np.array([(9, 3)]), none, known_graph=RING)
    assert EdgeSplit(train, val, knowing).known_graph is RING


def test_message_edges_that_are_no_positives_are_known():
    split = EdgeSplit.from_pairs(5, train=[(0, 1)], val=[], test=[(1, 2)], message_edges={"test": [(4, 3)]})
    again = split_from_arrays(Graph.from_edges([], n_nodes=5), split_to_arrays(split))
    for one in (split, again):
        assert one.known_graph.edges.tolist() == [[0, 1], [1, 2], [3, 4]]


def test_positives_that_are_no_pairs_of_nodes_are_no_known_edges():
    split = EdgeSplit.from_pairs(5, train=[(0, 1), (2, 2)], val=[(1, 9)], test=[(-1, 3)])
    assert split.known_graph.edges.tolist() == [[0, 1]]


def test_a_known_graph_on_other_nodes_is_refused():
    none = np.empty((0, 2), dtype=np.int64)
    with pytest.raises(SplitError, match=r"knows a graph of 7 nodes .* one of 40"):
        SplitPart("val", RING, none, none, known_graph=Graph.from_edges([], n_nodes=7))


@given(st.lists(st.tuples(st.integers(-2, 8), st.integers(-2, 8)), max_size=12))
def test_uniting_adds_what_is_missing_and_nothing_twice(pairs):
    graph = Graph.from_edges([(0, 1), (2, 3)], n_nodes=7, weights=[2.0, 3.0])
    united = unite_edges(graph, [np.array(pairs, dtype=np.int64).reshape(-1, 2)])
    usable = {tuple(sorted(one)) for one in pairs if one[0] != one[1] and min(one) >= 0 and max(one) < 7}
    assert {tuple(edge) for edge in united.edges.tolist()} == {(0, 1), (2, 3)} | usable
    assert (united is graph) == (usable <= {(0, 1), (2, 3)}) == (united.weights is not None)
