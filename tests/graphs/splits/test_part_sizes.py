"""Sizes of parts, and that the fractions which a refusal proposes work."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.part_sizes import floor_of, share_of
from varigraph.graphs.splits.random_split import split_edges

COMPLETE = np.stack(np.triu_indices(20, k=1), axis=1)


def proposed_in(error):
    """The fractions that a message proposes; 0 for a part that it does not name."""
    advice = re.search(r"(Ask for|No edge of it) .*", str(error.value)).group()
    named = {name: float(number) for name, number in re.findall(r"(val|test)=([\d.e-]+\d|\d)", advice)}
    return {"val": 0.0, "test": 0.0} | named


fractions = st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.2, 0.34, 0.45, 0.5, 0.66, 0.7, 0.9])


@given(st.integers(2, 8), st.integers(1, 28), fractions, fractions, st.integers(0, 99))
def test_whatever_is_refused_the_fractions_that_are_proposed_work(n_nodes, n_edges, val, test, seed):
    pairs = np.stack(np.triu_indices(n_nodes, k=1), axis=1)
    chosen = np.random.default_rng(seed).permutation(len(pairs))[:n_edges]
    graph = Graph.from_edges(pairs[chosen], n_nodes=n_nodes)
    if val + test >= 1:
        return
    try:
        split_edges(graph, val=val, test=test, random_state=0)
    except SplitError:
        with pytest.raises(SplitError) as refused:
            split_edges(graph, val=val, test=test, random_state=0)
        split = split_edges(graph, **proposed_in(refused), random_state=0)
        held_out = split.val.n_positives + split.test.n_positives
        n_free = graph.n_pairs - graph.n_edges
        assert held_out > 0 or min(graph.n_edges - 1, n_free) == 0
        assert split.val.n_positives == 0 or val > 0
        assert split.test.n_positives == 0 or test > 0
        assert split.train.n_positives > 0


@given(st.integers(1, 10**7), st.data())
def test_a_share_of_edges_is_that_many_edges_again(n_edges, data):
    n = data.draw(st.integers(0, n_edges))
    assert floor_of(share_of(n, n_edges), n_edges) == n


def test_too_few_edges_are_refused_with_the_numbers():
    path = Graph.from_edges([(0, 1), (1, 2), (2, 3)], name="path")
    with pytest.raises(
        SplitError, match=r"val=0\.05 of the 3 edges of path is less than one edge"
    ) as refused:
        split_edges(path)
    assert proposed_in(refused) == {"val": 0.34, "test": 0.34}


def test_a_part_that_was_not_asked_for_is_not_proposed():
    path = Graph.from_edges([(0, 1), (1, 2), (2, 3)])
    with pytest.raises(SplitError) as refused:
        split_edges(path, val=0.05, test=0)
    assert "test=" not in str(refused.value)


def test_a_fraction_that_fits_is_proposed_as_the_same_number_of_edges():
    path = Graph.from_edges([(node, node + 1) for node in range(7)])
    with pytest.raises(SplitError) as refused:
        split_edges(path, val=0.1, test=0.3)
    split = split_edges(path, **proposed_in(refused))
    assert (split.val.n_positives, split.test.n_positives) == (1, 2)


@pytest.mark.parametrize("n_nodes", [2, 3, 20])
def test_a_complete_graph_is_told_that_nothing_can_be_held_out(n_nodes):
    pairs = np.stack(np.triu_indices(n_nodes, k=1), axis=1)
    with pytest.raises(SplitError, match=rf"every pair of its {n_nodes} nodes is an edge.* val=0 and test=0"):
        split_edges(Graph.from_edges(pairs))


def test_one_edge_among_more_nodes_can_only_be_trained_on():
    with pytest.raises(SplitError, match=r"of the 1 edge of graph .* val=0 and test=0 leave every edge"):
        split_edges(Graph.from_edges([(0, 1)], n_nodes=4))


def test_two_edges_have_room_for_one_part():
    with pytest.raises(SplitError, match=r"val=0 and test=0\.5; there is room for one of the two parts only"):
        split_edges(Graph.from_edges([(0, 1), (1, 2)]))


def test_a_nearly_complete_graph_is_refused_for_want_of_negatives_and_told_what_it_can_give():
    graph = Graph.from_edges(COMPLETE[5:], n_nodes=20)
    with pytest.raises(SplitError, match=r"need 27 pairs .* has only 5") as refused:
        split_edges(graph)
    split = split_edges(graph, **proposed_in(refused))
    assert (split.val.n_positives, split.test.n_positives) == (2, 3)
