"""Random splits: Kipf's counts, undirected-safe, sound, and a pure function of the seed."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse as sp

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges


def random_graph(n_nodes, n_rows, *, seed=0, **attributes):
    rows = np.random.default_rng(seed).integers(0, n_nodes, (n_rows, 2))
    return Graph.from_edges(rows, n_nodes=n_nodes, **attributes)


def unordered(pairs):
    return [frozenset(pair) for pair in pairs.reshape(-1, 2).tolist()]


@given(
    st.integers(30, 60), st.integers(40, 200), st.floats(0.1, 0.4), st.floats(0.1, 0.4), st.integers(0, 99)
)
def test_every_edge_is_in_one_part_and_every_negative_in_none(n_nodes, n_rows, val, test, seed):
    graph = random_graph(n_nodes, n_rows, seed=seed)
    split = split_edges(graph, val=val, test=test, random_state=seed)
    parts = [set(unordered(part.positives)) for part in split.parts]
    assert sum(map(len, parts)) == graph.n_edges
    assert set.union(*parts) == set(unordered(graph.edges))
    negatives = unordered(split.val.negatives) + unordered(split.test.negatives)
    assert len(set(negatives)) == len(negatives)
    assert all(len(pair) == 2 for pair in negatives)
    assert not set(negatives) & set(unordered(graph.edges))
    assert split.verify().is_sound


@pytest.mark.parametrize(
    ("n_edges", "n_val", "n_test"), [(5278, 263, 527), (4552, 227, 455), (44324, 2216, 4432)]
)
def test_counts_are_those_of_kipf_on_cora_citeseer_and_pubmed(n_edges, n_val, n_test):
    ring = Graph.from_edges([(node, (node + 1) % n_edges) for node in range(n_edges)])
    split = split_edges(ring, random_state=0)
    assert (split.val.n_positives, split.val.n_negatives) == (n_val, n_val)
    assert (split.test.n_positives, split.test.n_negatives) == (n_test, n_test)
    assert split.train.n_positives == n_edges - n_val - n_test
    assert split.train.negatives.shape == (0, 2)


def test_a_fraction_is_the_decimal_that_was_written():
    ring = Graph.from_edges([(node, (node + 1) % 100) for node in range(100)])
    assert 0.29 * 100 < 29  # what a floor in floating point would make 28
    assert split_edges(ring, test=0.29, random_state=0).test.n_positives == 29


def test_all_parts_pass_messages_over_the_train_edges_only():
    graph = random_graph(40, 150)
    split = split_edges(graph, random_state=0)
    for part in split.parts:
        assert part.message_graph is split.train.message_graph
    assert np.array_equal(split.train.message_graph.edges, split.train.positives)


def test_weights_travel_with_their_edges_and_node_attributes_are_shared():
    rows = np.random.default_rng(3).integers(0, 30, (120, 2))
    graph = Graph.from_edges(
        rows,
        ids=[f"n{node}" for node in range(30)],
        weights=np.arange(1.0, 121.0),
        features=sp.csr_array(np.eye(30)),
        labels=np.arange(30),
    )
    message_graph = split_edges(graph, random_state=0).train.message_graph
    weight_of = dict(zip(unordered(graph.edges), graph.weights, strict=True))
    assert message_graph.weights.tolist() == [weight_of[edge] for edge in unordered(message_graph.edges)]
    assert message_graph.features is graph.features
    assert message_graph.ids is graph.ids
    assert message_graph.labels is graph.labels


def test_the_same_seed_makes_the_same_split_and_another_another():
    graph = random_graph(60, 200)
    fingerprints = [split_edges(graph, random_state=seed).fingerprint for seed in (1, 1, 2)]
    assert fingerprints[0] == fingerprints[1] != fingerprints[2]


def test_a_split_of_an_unknown_seed_says_which_seed_makes_it_again():
    graph = random_graph(60, 200)
    split = split_edges(graph)
    assert split_edges(graph, random_state=split.seed).fingerprint == split.fingerprint


def test_the_test_part_does_not_depend_on_the_validation_fraction():
    graph = random_graph(60, 200)
    one, other = (split_edges(graph, val=val, random_state=0).test for val in (0.0, 0.3))
    assert np.array_equal(one.positives, other.positives)
    assert np.array_equal(one.negatives, other.negatives)


def test_a_part_that_is_not_asked_for_is_empty():
    split = split_edges(random_graph(60, 200), val=0, random_state=0)
    assert split.val.n_positives == split.val.n_negatives == 0
    assert split.verify().is_sound


def test_the_users_graph_and_the_global_generator_stay_as_they_are():
    graph = random_graph(60, 200)
    before, state = graph.fingerprint, np.random.get_state()[1].copy()  # noqa: NPY002
    split_edges(graph, random_state=0)
    assert graph.fingerprint == before
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


@pytest.mark.parametrize(("val", "test"), [(0.5, 0.5), (-0.1, 0.1), (0.1, 1.0), (float("nan"), 0.1)])
def test_fractions_that_leave_no_train_edge_are_refused(val, test):
    with pytest.raises(SplitError, match="together below 1"):
        split_edges(random_graph(60, 200), val=val, test=test)


def test_a_graph_without_edges_is_refused():
    with pytest.raises(SplitError, match="no edges"):
        split_edges(Graph.from_edges([], n_nodes=5), val=0, test=0)


@pytest.mark.slow
def test_five_million_edges_are_split_and_verified_within_ten_seconds():
    graph = random_graph(1_000_000, 5_000_000)
    start = time.process_time()
    split = split_edges(graph, random_state=0)
    report = split.verify()
    assert time.process_time() - start < 10
    assert report.is_sound
