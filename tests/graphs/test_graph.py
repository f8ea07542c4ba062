"""Laws of `Graph`: canonical edges, lookups against slow ones, what is refused."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.graph import DroppedRows, Graph, as_id_array

N_NODES = 7
rows_of_pairs = st.lists(st.tuples(st.integers(0, N_NODES - 1), st.integers(0, N_NODES - 1)), max_size=40)


def naive_simple_graph(rows):
    """First row of each edge, and the rows dropped, one row at a time."""
    first, seen = {}, set()
    self_loops = duplicates = reversed_rows = 0
    for number, (a, b) in enumerate(rows):
        if a == b:
            self_loops += 1
        elif (a, b) in seen:
            duplicates += 1
        elif (b, a) in seen:
            reversed_rows += 1
            seen.add((a, b))
        else:
            first[min(a, b), max(a, b)] = number
            seen.add((a, b))
    return first, DroppedRows(self_loops, duplicates, reversed_rows)


@given(rows_of_pairs)
def test_from_edges_equals_a_walk_over_the_rows(rows):
    graph = Graph.from_edges(rows, n_nodes=N_NODES, weights=np.arange(1.0, len(rows) + 1))
    first, dropped = naive_simple_graph(rows)
    assert [tuple(edge) for edge in graph.edges.tolist()] == sorted(first)
    assert graph.weights.tolist() == [first[edge] + 1 for edge in sorted(first)]
    assert graph.dropped == dropped
    assert len(rows) == graph.n_edges + dropped.self_loops + dropped.duplicates + dropped.reversed


@given(rows_of_pairs, st.randoms())
def test_neither_the_order_of_rows_nor_their_direction_changes_the_graph(rows, random):
    graph = Graph.from_edges(rows, n_nodes=N_NODES)
    shuffled = [pair if random.random() < 0.5 else pair[::-1] for pair in random.sample(rows, len(rows))]
    again = Graph.from_edges(shuffled, n_nodes=N_NODES)
    assert np.array_equal(again.edges, graph.edges)
    assert again.fingerprint == graph.fingerprint


@given(rows_of_pairs)
def test_cleaning_a_clean_graph_drops_nothing(rows):
    graph = Graph.from_edges(rows, n_nodes=N_NODES)
    again = Graph.from_edges(graph.edges, n_nodes=N_NODES)
    assert np.array_equal(again.edges, graph.edges)
    assert again.dropped == DroppedRows()


@given(
    rows_of_pairs,
    st.lists(st.tuples(st.integers(-3, N_NODES + 9), st.integers(-3, N_NODES + 9)), max_size=60),
)
def test_has_edges_equals_membership_in_a_set_of_pairs(rows, pairs):
    graph = Graph.from_edges(rows, n_nodes=N_NODES)
    members = {frozenset(edge) for edge in graph.edges.tolist()}
    naive = [len(set(pair)) == 2 and frozenset(pair) in members for pair in pairs]
    assert graph.has_edges(np.array(pairs, dtype=np.int64).reshape(-1, 2)).tolist() == naive


@given(rows_of_pairs)
def test_adjacency_and_degrees_equal_those_of_networkx(rows):
    graph = Graph.from_edges(rows, n_nodes=N_NODES)
    other = nx.Graph(pair for pair in rows if pair[0] != pair[1])
    other.add_nodes_from(range(N_NODES))
    assert np.array_equal(graph.adjacency.toarray(), nx.to_numpy_array(other, nodelist=range(N_NODES)))
    assert graph.degrees.tolist() == [other.degree(node) for node in range(N_NODES)]
    assert graph.density == pytest.approx(nx.density(other), abs=1e-15)  # one division each


def test_adjacency_holds_the_weight_of_each_edge_both_ways():
    graph = Graph.from_edges([(2, 0), (1, 2)], weights=[0.5, 3.0])
    assert graph.adjacency.toarray().tolist() == [[0, 0, 0.5], [0, 0, 3.0], [0.5, 3.0, 0]]


@pytest.mark.parametrize("n_nodes", [0, 1, 5])
def test_a_graph_without_edges_has_every_property(n_nodes):
    graph = Graph.from_edges([], n_nodes=n_nodes)
    assert (graph.n_edges, graph.density, graph.adjacency.nnz) == (0, 0.0, 0)
    assert graph.degrees.tolist() == [0] * n_nodes
    assert graph.has_edges(np.array([[0, 1]])).tolist() == [False]
    assert len(graph.fingerprint) == 64


@given(rows_of_pairs, rows_of_pairs)
def test_with_edges_changes_the_edges_and_nothing_else(rows, others):
    features = np.eye(N_NODES, dtype=np.float32)
    graph = Graph.from_edges(rows, ids="abcdefg", features=features, labels=np.arange(N_NODES), name="seven")
    changed = graph.with_edges(np.array(others, dtype=np.int64).reshape(-1, 2))
    assert np.array_equal(changed.edges, Graph.from_edges(others, n_nodes=N_NODES).edges)
    assert changed.ids is graph.ids
    assert changed.features is features
    assert changed.labels is graph.labels
    assert (changed.name, changed.weights) == ("seven", None)


def test_with_edges_does_not_keep_what_was_computed_from_the_old_edges():
    graph = Graph.from_edges([(0, 1), (1, 2)])
    assert graph.degrees.tolist() == [1, 2, 1]
    assert graph.with_edges(np.array([[0, 2]])).degrees.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "ids",
    [
        [7, -3, 0],
        ["x", "007", "7"],
        [(0, 0), (0, 1), (1, 0)],
        ["a", 1, (2, 3)],
        [np.str_("a"), np.int64(4), "b"],
    ],
)
def test_index_of_is_the_inverse_of_ids(ids):
    graph = Graph.from_edges([(0, 1)], ids=ids)
    assert graph.index_of(graph.ids).tolist() == [0, 1, 2]
    assert graph.index_of([ids[2], ids[0]]).tolist() == [2, 0]


@pytest.mark.parametrize(("ids", "unknown"), [([1, 2], 3), (["1", "2"], 1), ([(0, 1), (1, 0)], (1, 1))])
def test_index_of_names_the_first_unknown_id(ids, unknown):
    graph = Graph.from_edges([(0, 1)], ids=ids, name="two")
    with pytest.raises(GraphError, match="is not a node of two") as caught:
        graph.index_of([ids[0], unknown])
    assert str(caught.value).startswith(repr(unknown))


def test_ids_keep_their_kind():
    assert as_id_array([1, np.int32(2)]).dtype == np.int64
    assert as_id_array(np.array(["a", "b"])).tolist() == ["a", "b"]
    assert [type(one) for one in as_id_array([np.str_("a"), "b"]).tolist()] == [str, str]
    assert as_id_array([(1, 2), (3, 4)]).tolist() == [(1, 2), (3, 4)]
    assert as_id_array([True, 2]).dtype == object


def test_the_fingerprint_of_names_does_not_depend_on_who_holds_them():
    plain = Graph.from_edges([(0, 1)], ids=["a", "b"])
    assert Graph.from_edges([(0, 1)], ids=np.array(["a", "b"])).fingerprint == plain.fingerprint
    assert Graph.from_edges([(0, 1)], ids=[np.str_("a"), "b"]).fingerprint == plain.fingerprint
    assert Graph.from_edges([(0, 1)], ids=["a", "c"]).fingerprint != plain.fingerprint


def test_the_fingerprint_tells_edges_weights_and_features_apart_and_not_dense_from_sparse():
    features = np.array([[0, 1.5], [2, 0], [0, 0]])
    graphs = [
        Graph.from_edges([(0, 1)], n_nodes=3),
        Graph.from_edges([(0, 2)], n_nodes=3),
        Graph.from_edges([(0, 1)], n_nodes=3, weights=[2.0]),
        Graph.from_edges([(0, 1)], n_nodes=3, features=features),
        Graph.from_edges([(0, 1)], n_nodes=3, features=features * 2),
    ]
    assert len({graph.fingerprint for graph in graphs}) == len(graphs)
    as_sparse = Graph.from_edges([(0, 1)], n_nodes=3, features=sp.csr_array(features))
    assert as_sparse.fingerprint == graphs[3].fingerprint


def test_taking_the_fingerprint_leaves_the_features_untouched():
    stored_zero = sp.csr_array(
        (np.array([0.0, 3.0, 1.0]), np.array([1, 2, 0]), np.array([0, 2, 3])), shape=(2, 3)
    )
    before = [array.copy() for array in (stored_zero.data, stored_zero.indices, stored_zero.indptr)]
    Graph.from_edges([(0, 1)], features=stored_zero).fingerprint  # noqa: B018
    after = [stored_zero.data, stored_zero.indices, stored_zero.indptr]
    assert all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pairs": [(0, 3)], "n_nodes": 3}, r"row 0 is \[0, 3\].*0 to 2"),
        ({"pairs": [(0, 1), (-1, 2)]}, r"row 1 is \[-1, 2\]"),
        ({"pairs": [(0.5, 1.0)]}, "whole numbers"),
        ({"pairs": [(0, 1, 2, 3)]}, r"shape \(1, 4\)"),
        ({"pairs": [(0, 1)], "ids": ["a", "a"]}, "'a' stands 2 times"),
        ({"pairs": [(0, 1)], "ids": [2**70, 1]}, "beyond 64 bits"),
        ({"pairs": [(0, 1)], "weights": [0.0]}, "positive and finite"),
        ({"pairs": [(0, 1)], "weights": [np.nan]}, "positive and finite"),
        ({"pairs": [(0, 1)], "weights": [1.0, 2.0]}, "give one a row"),
        ({"pairs": [(0, 1)], "features": np.ones((3, 2))}, "2 nodes but 3 rows of features"),
        ({"pairs": [(0, 1)], "features": np.ones(2)}, "features must have 2 axes"),
        ({"pairs": [(0, 1)], "features": np.array([[1.0], [np.inf]])}, "must be finite"),
        ({"pairs": [(0, 1)], "features": np.array([["a"], ["b"]])}, "must be numbers"),
        ({"pairs": [(0, 1)], "features": np.eye(2, dtype=np.float16)}, "give them as float32"),
        ({"pairs": [(0, 1)], "features": [[1.0], [2.0]]}, r"got a list; to_graph\(graph, features="),
        ({"pairs": [(0, 1)], "labels": ["a", "b"]}, r"got a list; to_graph\(graph, labels="),
        ({"pairs": [(0, 1)], "features": np.eye(2), "feature_names": ("a",)}, "2 feature columns but 1"),
        ({"pairs": [(0, 1)], "ids": np.array([["a", "b"], ["c", "d"]])}, "ids must have one axis"),
        ({"pairs": [(0, 9_123_456_789)]}, "these look like ids"),
        ({"pairs": [(0, 1)], "labels": np.zeros(3)}, "2 nodes but 3 rows of labels"),
        ({"pairs": [(0, 1)], "labels": np.zeros((2, 2))}, "labels must have 1 axes"),
    ],
)
def test_what_makes_no_graph_is_refused_with_the_reason(arguments, message):
    with pytest.raises(GraphError, match=message):
        Graph.from_edges(**arguments)


@pytest.mark.parametrize(
    "edges",
    [[[1, 0]], [[0, 0]], [[1, 2], [0, 1]], [[0, 1], [0, 1]]],
    ids=["reversed", "loop", "unsorted", "twice"],
)
def test_the_constructor_takes_canonical_edges_only(edges):
    with pytest.raises(GraphError, match=r"use Graph.from_edges"):
        Graph(edges=np.array(edges), ids=np.arange(3))


def test_the_constructor_checks_weights():
    with pytest.raises(GraphError, match="positive and finite"):
        Graph(edges=np.array([[0, 1]]), ids=np.arange(2), weights=np.array([-1.0]))
