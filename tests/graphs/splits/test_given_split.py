"""Test edges of the user's own: they leave the training graph, and none is lost or leaked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_given_test

RING = Graph.from_edges([(i, (i + 1) % 40) for i in range(40)], name="ring")

positions = st.integers(0, 39)
rows_of_pairs = st.lists(st.tuples(positions, positions), min_size=1, max_size=30)


def unordered(pairs):
    return {tuple(sorted(pair)) for pair in np.asarray(pairs).tolist()}


@given(rows_of_pairs.filter(lambda rows: any(i != j for i, j in rows)), st.integers(0, 99))
def test_every_edge_is_in_one_part_and_test_is_what_was_given(rows, seed):
    split = split_given_test(RING, rows, val=0.2, random_state=seed)
    train, val, test = (unordered(part.positives) for part in split.parts)
    wanted = {pair for pair in unordered(rows) if pair[0] != pair[1]}
    assert test == wanted
    assert split.test.n_positives == len(wanted)
    assert train | val == unordered(RING.edges) - wanted
    assert not train & val
    assert len(val) == int(0.2 * (len(train) + len(val)))
    assert split.verify().is_sound
    assert (split.val.n_negatives, split.test.n_negatives) == (len(val), len(wanted))


def test_edges_that_the_graph_does_not_have_are_known_and_never_negatives():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 4)], n_nodes=5)
    # Of the 6 pairs that are no edges two are given: the other four are all that can be drawn.
    split = split_given_test(graph, [(0, 2), (0, 3), (0, 1)], val=0.4, random_state=0)
    assert split.known_graph.n_edges == 6
    drawn = unordered(split.test.negatives) | unordered(split.val.negatives)
    assert drawn == {(0, 4), (1, 3), (1, 4), (2, 4)}


def test_message_graphs_keep_the_graphs_weights():
    graph = Graph.from_edges(RING.edges, weights=np.arange(1.0, 41.0))
    split = split_given_test(graph, [(0, 1), (0, 20)], random_state=0)
    weight_of = dict(zip(map(tuple, graph.edges.tolist()), graph.weights.tolist(), strict=True))
    message_graph = split.test.message_graph
    assert message_graph.weights.tolist() == [weight_of[tuple(edge)] for edge in message_graph.edges.tolist()]
    assert split.known_graph.weights is None  # (0, 20) has none
    assert split_given_test(graph, [(0, 1)]).known_graph is graph


def test_the_seed_draws_validation_and_negatives_and_can_be_asked_for():
    one, same, other = (split_given_test(RING, [(0, 1)], random_state=seed) for seed in (1, 1, 2))
    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert np.array_equal(one.test.positives, other.test.positives)
    unknown = split_given_test(RING, [(0, 1)])
    assert split_given_test(RING, [(0, 1)], random_state=unknown.seed).fingerprint == unknown.fingerprint


def test_the_test_part_does_not_depend_on_the_validation_fraction():
    one, other = (split_given_test(RING, [(0, 1), (5, 9)], val=val, random_state=0).test for val in (0, 0.4))
    assert np.array_equal(one.negatives, other.negatives)


def test_a_validation_part_that_is_not_asked_for_is_empty():
    assert split_given_test(RING, [(0, 1)], val=0).val.n_positives == 0


@pytest.mark.parametrize(("rows", "n"), [([], 0), ([(3, 3), (5, 5)], 2)])
def test_no_test_edge_is_refused(rows, n):
    with pytest.raises(SplitError, match=f"None of the {n} rows of test_edges joins two different nodes"):
        split_given_test(RING, rows)


def test_test_edges_that_are_all_edges_leave_nothing_to_train_on():
    with pytest.raises(SplitError, match="All 40 edges of ring are test edges"):
        split_given_test(RING, RING.edges[:, ::-1])
    with pytest.raises(SplitError, match="has no edges"):
        split_given_test(Graph.from_edges([], n_nodes=4), [(0, 1)])


@pytest.mark.parametrize("row", [(0, 40), (-1, 3)])
def test_a_position_that_is_no_node_is_refused_with_its_row(row):
    with pytest.raises(SplitError, match=rf"Test edge 1 is \[{row[0]}, {row[1]}\], .* from 0 to 39"):
        split_given_test(RING, [(0, 1), row])


@pytest.mark.parametrize("rows", [[(0, 1, 2)], np.zeros((2, 1, 2), dtype=int), [(0.5, 1.0)], "edges"])
def test_rows_that_are_no_pairs_of_positions_are_refused(rows):
    with pytest.raises(SplitError, match="test_edges must"):
        split_given_test(RING, rows)


def test_a_validation_share_below_one_edge_is_refused_and_the_proposed_one_works():
    graph = Graph.from_edges([(i, i + 1) for i in range(8)], name="path")
    with pytest.raises(SplitError, match=r"of the 7 edges of path that are no test edges") as refused:
        split_given_test(graph, [(0, 1)])
    proposed = float(str(refused.value).split("at least val=")[1].split(",")[0])
    assert split_given_test(graph, [(0, 1)], val=proposed).val.n_positives == 1
    with pytest.raises(SplitError, match="ask for val=0"):
        split_given_test(Graph.from_edges([(0, 1), (1, 2)], n_nodes=5), [(0, 1)])


def test_too_few_pairs_for_negatives_are_refused():
    pairs = np.stack(np.triu_indices(7, k=1), axis=1)
    with pytest.raises(SplitError, match=r"0 validation and 2 test edges .* only 1"):
        split_given_test(Graph.from_edges(pairs[1:], n_nodes=7), pairs[1:3], val=0)


@pytest.mark.parametrize("val", [1.0, -0.1, float("nan")])
def test_a_validation_fraction_out_of_range_is_refused(val):
    with pytest.raises(SplitError, match="below 1"):
        split_given_test(RING, [(0, 1)], val=val)
