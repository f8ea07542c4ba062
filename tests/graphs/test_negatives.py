"""Uniform non-edges: exact, without replacement, at any density and size."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from varigraph.errors import GraphError, SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.negatives import sample_non_edges


@st.composite
def small_graphs(draw):
    n_nodes = draw(st.integers(1, 9))
    every = list(itertools.combinations(range(n_nodes), 2))
    edges = draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    return Graph.from_edges(edges, n_nodes=n_nodes)


def non_edges_by_looking(graph, excluded=()):
    taken = {frozenset(edge) for edge in graph.edges.tolist()} | {frozenset(pair) for pair in excluded}
    every = itertools.combinations(range(graph.n_nodes), 2)
    return {pair for pair in every if frozenset(pair) not in taken}


@given(small_graphs(), st.integers(0, 2**32))
def test_asking_for_every_non_edge_gives_each_once(graph, seed):
    expected = non_edges_by_looking(graph)
    drawn = sample_non_edges(graph, len(expected), generator=np.random.default_rng(seed))
    assert drawn.shape == (len(expected), 2)
    assert drawn.dtype == np.int64
    assert {tuple(pair) for pair in drawn.tolist()} == expected


@given(small_graphs(), st.data())
def test_excluded_pairs_are_never_drawn_in_either_order(graph, data):
    position = st.integers(0, graph.n_nodes - 1)
    excluded = data.draw(st.lists(st.tuples(position, position), max_size=12))
    expected = non_edges_by_looking(graph, excluded)
    drawn = sample_non_edges(
        graph, len(expected), generator=np.random.default_rng(0), exclude=np.array(excluded).reshape(-1, 2)
    )
    assert {tuple(pair) for pair in drawn.tolist()} == expected


def test_a_graph_of_excluded_pairs_excludes_its_edges():
    graph = Graph.from_edges([(0, 1)], n_nodes=4)
    others = Graph.from_edges([(1, 2), (2, 3), (0, 2)], n_nodes=4)
    drawn = sample_non_edges(graph, 2, generator=np.random.default_rng(0), exclude=others)
    assert {tuple(pair) for pair in drawn.tolist()} == {(0, 3), (1, 3)}


@pytest.mark.parametrize("n_drawn", [1, 3, 8])
def test_each_non_edge_is_drawn_equally_often(n_drawn):
    graph = Graph.from_edges([(0, 1), (0, 5), (2, 3), (2, 4), (4, 5), (1, 4)], n_nodes=6)
    n_draws, generator = 4000, np.random.default_rng(1)
    free = sorted(non_edges_by_looking(graph))
    counts = dict.fromkeys(free, 0)
    for _ in range(n_draws):
        for pair in sample_non_edges(graph, n_drawn, generator=generator).tolist():
            counts[tuple(pair)] += 1
    # Each count is binomial; the interval that all nine miss with probability 1e-6 together.
    low, high = stats.binom.interval(1 - 1e-6 / len(free), n_draws, n_drawn / len(free))
    assert all(low <= count <= high for count in counts.values())


def test_pairs_of_a_draw_are_as_often_together_as_chance_has_it():
    graph = Graph.from_edges([], n_nodes=4)  # 6 free pairs, 15 sets of two
    generator, n_draws = np.random.default_rng(2), 6000
    sets = [
        frozenset(map(tuple, sample_non_edges(graph, 2, generator=generator).tolist()))
        for _ in range(n_draws)
    ]
    counts = [sets.count(one) for one in set(sets)]
    assert len(counts) == 15
    assert stats.chisquare(counts).pvalue > 1e-6


def test_a_sparse_sample_of_a_graph_of_millions_takes_no_memory_of_all_pairs():
    n_nodes = 3_000_000  # 4.5e12 pairs
    graph = Graph.from_edges(np.random.default_rng(0).integers(0, n_nodes, (1000, 2)), n_nodes=n_nodes)
    drawn = sample_non_edges(graph, 20_000, generator=np.random.default_rng(0))
    assert (drawn[:, 0] < drawn[:, 1]).all()
    assert drawn.min() >= 0
    assert drawn.max() < n_nodes
    assert len(np.unique(drawn[:, 0] * n_nodes + drawn[:, 1])) == 20_000
    assert not graph.has_edges(drawn).any()
    # The smaller of two uniform positions has mean N/3 and sd N/√18.
    assert abs(drawn[:, 0].mean() / n_nodes - 1 / 3) < 5 / np.sqrt(18 * 20_000)


def test_the_last_pair_of_a_large_graph_can_be_drawn():
    # All but one pair of the last nodes is excluded by the rank alone: integers, so no rounding at 1e12.
    n_nodes = 1500
    every = np.stack(np.triu_indices(n_nodes, k=1), axis=1)
    drawn = sample_non_edges(
        Graph.from_edges(every[:-1], n_nodes=n_nodes), 1, generator=np.random.default_rng(0)
    )
    assert drawn.tolist() == [[n_nodes - 2, n_nodes - 1]]


def test_the_same_generator_state_gives_the_same_pairs():
    graph = Graph.from_edges([(0, 1)], n_nodes=50)
    first, second = (sample_non_edges(graph, 30, generator=np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)


def test_too_few_non_edges_are_refused_with_the_numbers():
    triangle = Graph.from_edges([(0, 1), (1, 2), (0, 2)], n_nodes=4, name="triangle")
    with pytest.raises(SplitError, match=r"4 pairs .* triangle has only 3 .*6 pairs of 4 nodes, 3 edges"):
        sample_non_edges(triangle, 4, generator=np.random.default_rng(0))


def test_a_negative_number_of_pairs_is_refused():
    with pytest.raises(SplitError, match="-1 pairs"):
        sample_non_edges(Graph.from_edges([(0, 1)]), -1, generator=np.random.default_rng(0))


def test_an_excluded_position_that_is_no_node_is_refused():
    with pytest.raises(GraphError, match="0 to 7"):
        sample_non_edges(
            Graph.from_edges([(0, 1)], n_nodes=3),
            1,
            generator=np.random.default_rng(0),
            exclude=np.array([(0, 7)]),
        )


def test_no_pairs_of_no_nodes_are_an_empty_array():
    drawn = sample_non_edges(Graph.from_edges([], n_nodes=0), 0, generator=np.random.default_rng(0))
    assert drawn.shape == (0, 2)
