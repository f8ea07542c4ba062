"""Splits in order of a value: no train edge is later than a held-out one, and equal values stay together."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges_by
from varigraph.graphs.splits.ordered_split import ordered_parts


def a_ring(n_edges):
    return Graph.from_edges([(i, (i + 1) % n_edges) for i in range(n_edges)], name="ring")


def values_of(graph, values, pairs):
    known = dict(zip(map(tuple, graph.edges.tolist()), values, strict=True))
    return [known[tuple(pair)] for pair in pairs.tolist()]


def nearest(counts, end, wanted, keep):
    """The cut by the stated rule, one candidate after another: `keep` groups must stay before it."""
    cuts = np.cumsum(counts)[keep - 1 :]
    cuts = [cut for cut in cuts.tolist() if cut < end]
    return min(cuts, key=lambda cut: (abs(end - cut - wanted), -cut))


several = st.lists(st.integers(0, 12), min_size=20, max_size=60).filter(lambda one: len(set(one)) >= 3)


@given(several, st.sampled_from([0.05, 0.1, 0.25, 0.5]), st.sampled_from([0.05, 0.1, 0.3, 0.45]))
def test_parts_follow_each_other_cover_the_edges_and_tear_no_equal_values_apart(values, val, test):
    graph = a_ring(len(values))
    split = split_edges_by(graph, np.array(values), val=val, test=test, random_state=0)
    train, held, last = (values_of(graph, values, part.positives) for part in split.parts)
    assert max(train) < min(held) <= max(held) < min(last)
    assert sorted([*train, *held, *last]) == sorted(values)
    assert split.verify().is_sound
    assert split.val.n_negatives == len(held)
    assert split.test.n_negatives == len(last)


@given(several, st.sampled_from([0.05, 0.1, 0.25, 0.5]), st.sampled_from([0.05, 0.1, 0.3, 0.45]))
def test_the_cuts_are_those_of_the_stated_rule(values, val, test):
    graph = a_ring(len(values))
    counts = np.unique(values, return_counts=True)[1]
    before_test = nearest(counts, len(values), test * len(values), keep=2)
    before_val = nearest(counts, before_test, val * len(values), keep=1)
    parts = ordered_parts(graph, np.array(values), val=val, test=test)
    found = [len(parts.train), len(parts.val), len(parts.test)]
    assert found == [before_val, before_test - before_val, len(values) - before_test]


def test_of_two_cuts_as_near_the_later_is_taken():
    values = [1] * 6 + [2, 3, 3, 4]  # 2 edges wanted: from 3 on there are 3, from 4 on 1
    assert len(ordered_parts(a_ring(10), values, val=0, test=0.2).test) == 1


def test_the_test_part_leaves_a_value_for_validation_and_one_for_training():
    parts = ordered_parts(a_ring(10), [1] * 8 + [2, 3], val=0.1, test=0.2)  # 2 test edges would be nearer
    assert (len(parts.train), len(parts.val), len(parts.test)) == (8, 1, 1)


def test_edges_of_equal_value_keep_their_order():
    parts = ordered_parts(a_ring(300), np.arange(300) % 3)
    for part in (parts.train, parts.val, parts.test):
        assert (np.diff(part) > 0).all()


def test_values_in_any_order_belong_to_the_edges_of_their_row():
    graph = a_ring(10)
    values = np.array([5, 9, 1, 2, 7, 3, 8, 4, 6, 0])
    split = split_edges_by(graph, values, val=0.1, test=0.2, random_state=0)
    assert sorted(values_of(graph, values, split.test.positives)) == [8, 9]
    assert values_of(graph, values, split.val.positives) == [7]


DAYS = np.datetime64("2019-03-01") + np.arange(40)


@pytest.mark.parametrize(
    ("values", "last_train", "last_val"),
    [
        (np.arange(40), "33", "35"),
        (np.arange(40) * 1e9, "33000000000", "35000000000"),
        (DAYS, "2019-04-03", "2019-04-05"),
        (DAYS.astype("datetime64[us]") + 1, "2019-04-03T00:00:00.000001", "2019-04-05T00:00:00.000001"),
        (DAYS.astype("datetime64[ns]"), "2019-04-03", "2019-04-05"),
        (DAYS.astype(str), "2019-04-03", "2019-04-05"),
        (DAYS.astype(str).tolist(), "2019-04-03", "2019-04-05"),
        (DAYS.tolist(), "2019-04-03", "2019-04-05"),
        (pd.Series(DAYS), "2019-04-03", "2019-04-05"),
        ([dt.date(2019, 1, 1)] * 34 + list(DAYS[34:].tolist()), "2019-01-01", "2019-04-05"),
    ],
)
def test_numbers_dates_and_text_are_ordered_and_told_in_short_words(values, last_train, last_val):
    parts = ordered_parts(a_ring(40), values)
    assert (len(parts.train), len(parts.val), len(parts.test)) == (34, 2, 4)
    assert (parts.last_train, parts.last_val) == (last_train, last_val)


def test_nodes_that_appear_later_are_isolated_in_the_message_graph():
    path = Graph.from_edges([(i, i + 1) for i in range(30)])
    split = split_edges_by(path, np.arange(30), random_state=0)
    assert split.train.message_graph.n_nodes == 31
    assert split.train.message_graph.degrees[-1] == 0
    assert split.test.message_graph is split.train.message_graph


def test_weights_travel_with_their_edges():
    graph = Graph.from_edges(a_ring(30).edges, weights=np.arange(1.0, 31.0))
    train = split_edges_by(graph, -np.arange(30), random_state=0).train.message_graph
    assert np.array_equal(train.weights, values_of(graph, graph.weights, train.edges))


def test_the_seed_draws_negatives_and_nothing_else():
    graph = a_ring(60)
    one, same, other = (split_edges_by(graph, np.arange(60), random_state=seed) for seed in (1, 1, 2))
    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert np.array_equal(one.test.positives, other.test.positives)
    unknown = split_edges_by(graph, np.arange(60))
    again = split_edges_by(graph, np.arange(60), random_state=unknown.seed)
    assert again.fingerprint == unknown.fingerprint


@pytest.mark.parametrize(("val", "test"), [(0, 0.1), (0.1, 0), (0, 0)])
def test_a_part_that_is_not_asked_for_is_empty(val, test):
    split = split_edges_by(a_ring(30), np.arange(30), val=val, test=test)
    assert (split.val.n_positives > 0) == (val > 0)
    assert (split.test.n_positives > 0) == (test > 0)


def test_equal_values_throughout_are_refused_with_the_value_and_the_number_of_edges():
    with pytest.raises(SplitError, match="All 40 edges of ring have the value 2019-03-01, so none is later"):
        split_edges_by(a_ring(40), DAYS[:1].repeat(40))


def test_fewer_values_than_parts_are_refused_with_each_and_its_edges_and_the_advice_works():
    values = np.repeat([1, 2], [30, 10])
    with pytest.raises(SplitError, match=r"1 \(30 edges\) and 2 \(10 edges\), too few for 3 parts.* val=0"):
        split_edges_by(a_ring(40), values)
    assert split_edges_by(a_ring(40), values, val=0).test.n_positives == 10
    assert split_edges_by(a_ring(40), values, test=0).val.n_positives == 10


@pytest.mark.parametrize(
    "missing", [None, float("nan"), np.datetime64("NaT"), pd.NaT, pd.NA, "", "  "], ids=repr
)
@pytest.mark.parametrize("as_array", [True, False])
def test_a_missing_value_is_refused_with_its_edge(missing, as_array):
    filled = {str: "a", np.datetime64: np.datetime64("2019-03-01")}.get(type(missing), 1.5)
    values = [filled, filled, missing, *([filled] * 7)]
    graph = Graph.from_edges(a_ring(10).edges, ids=list("abcdefghij"), name="ring")
    with pytest.raises(SplitError, match=r"Edge 2 of ring \('b' – 'c'\) has no value"):
        split_edges_by(graph, np.array(values) if as_array else values)


@pytest.mark.parametrize("values", [np.arange(9), np.ones((10, 1)), 3, []])
def test_another_number_of_values_is_refused(values):
    with pytest.raises(SplitError, match="ring has 10 edges, but the values to split by have shape"):
        split_edges_by(a_ring(10), values)


@pytest.mark.parametrize("values", [["a", *range(9)], np.arange(10) * 1j])
def test_values_that_have_no_order_are_refused(values):
    with pytest.raises(SplitError, match=r"give (only )?numbers"):
        split_edges_by(a_ring(10), values)


def test_numbers_as_text_are_refused_when_they_would_sort_as_text():
    with pytest.raises(SplitError, match="numbers as text, so 10 would come before 2"):
        split_edges_by(a_ring(10), [str(one) for one in range(1, 11)])
    assert split_edges_by(a_ring(30), [str(one) for one in range(1990, 2020)]).test.n_positives == 3


def test_a_graph_with_too_few_pairs_for_negatives_is_refused():
    pairs = np.stack(np.triu_indices(9, k=1), axis=1)
    graph = Graph.from_edges(pairs[1:], n_nodes=9)
    with pytest.raises(SplitError, match=r"1 validation and 3 test edges .* only 1 .* Hold out fewer edges"):
        split_edges_by(graph, np.arange(35), val=0.04)


@pytest.mark.parametrize(("val", "test"), [(0.5, 0.5), (-0.1, 0.1), (float("nan"), 0.1)])
def test_fractions_out_of_range_are_refused(val, test):
    with pytest.raises(SplitError, match="together below 1"):
        split_edges_by(a_ring(10), np.arange(10), val=val, test=test)


def test_a_graph_without_edges_is_refused():
    with pytest.raises(SplitError, match="has no edges"):
        split_edges_by(Graph.from_edges([], n_nodes=4), [])
