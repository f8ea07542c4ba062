"""Random walks: where they may go, where they are found in the long run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from small_graphs import a_graph
from varigraph.baselines.random_walks import NO_NODE, random_walks
from varigraph.graphs.graph import Graph


def walks_on(graph, starts, *, length, seed=0):
    return random_walks(graph, np.asarray(starts), length=length, generator=np.random.default_rng(seed))


@given(
    n_nodes=st.integers(2, 12), share=st.floats(0.05, 1), weighted=st.booleans(), seed=st.integers(0, 2**32)
)
def test_every_step_follows_an_edge_and_only_isolated_nodes_stop(n_nodes, share, weighted, seed):
    generator = np.random.default_rng(seed)
    pairs = np.argwhere(np.triu(generator.random((n_nodes, n_nodes)) < share, k=1))
    weights = generator.lognormal(sigma=3, size=len(pairs)) if weighted else None
    graph = Graph.from_edges(pairs, n_nodes=n_nodes, weights=weights)
    walks = walks_on(graph, np.arange(n_nodes), length=6, seed=seed)
    assert walks.shape == (n_nodes, 6)
    assert walks[:, 0].tolist() == list(range(n_nodes))
    isolated = graph.degrees == 0
    assert (walks[isolated, 1:] == NO_NODE).all()
    steps = np.stack([walks[~isolated, :-1].ravel(), walks[~isolated, 1:].ravel()], axis=1)
    assert graph.has_edges(steps).all()


def test_a_walk_of_length_one_is_its_start():
    assert walks_on(a_graph(), [3, 3, 0], length=1).tolist() == [[3], [3], [0]]


@pytest.mark.parametrize("weighted", [False, True])
def test_the_first_step_goes_to_a_neighbour_in_proportion_to_the_weight(weighted):
    weights = np.array([1.0, 2.0, 5.0])
    star = Graph.from_edges([(0, 1), (0, 2), (0, 3)], weights=weights if weighted else None)
    n_walks = 20_000
    found = np.bincount(walks_on(star, np.zeros(n_walks, int), length=2)[:, 1], minlength=4)[1:]
    expected = n_walks * (weights / weights.sum() if weighted else np.full(3, 1 / 3))
    # Pearson's statistic of independent draws; above its 99.9 % quantile one time in a thousand.
    assert ((found - expected) ** 2 / expected).sum() < chi2.ppf(0.999, df=2)


@pytest.mark.parametrize("weighted", [False, True])
def test_walkers_are_in_the_long_run_found_in_proportion_to_the_degree(weighted):
    graph = a_graph(n_nodes=12, n_edges=25)
    if weighted:
        weights = np.random.default_rng(1).uniform(0.2, 5, graph.n_edges)
        graph = Graph.from_edges(graph.edges, n_nodes=12, weights=weights)
    degrees = graph.adjacency.sum(axis=1)
    n_walks = 20_000
    # One place a walk, so that draws are independent; by step 60 the start is forgotten.
    last = walks_on(graph, np.full(n_walks, graph.edges[0, 0]), length=60)[:, -1]
    expected = n_walks * degrees / degrees.sum()
    reached = expected > 0
    statistic = ((np.bincount(last, minlength=12) - expected)[reached] ** 2 / expected[reached]).sum()
    assert statistic < chi2.ppf(0.999, df=reached.sum() - 1)


def test_walkers_of_one_start_go_different_ways_and_one_seed_gives_the_same_walks():
    graph, starts = a_graph(), np.zeros(50, int)
    walks = walks_on(graph, starts, length=10)
    assert len(np.unique(walks, axis=0)) > 25
    assert np.array_equal(walks, walks_on(graph, starts, length=10))
    assert not np.array_equal(walks, walks_on(graph, starts, length=10, seed=1))


def test_small_weights_keep_their_proportions_beside_huge_ones_elsewhere():
    graph = Graph.from_edges([(0, 1), (2, 3), (2, 4)], weights=[1e12, 1e-6, 3e-6])
    n_walks = 20_000
    found = np.bincount(walks_on(graph, np.full(n_walks, 2), length=2)[:, 1], minlength=5)[3:]
    expected = n_walks * np.array([0.25, 0.75])
    assert ((found - expected) ** 2 / expected).sum() < chi2.ppf(0.999, df=1)


def test_weights_of_very_different_size_keep_walkers_in_their_own_rows():
    # Rounding of the running sum of weights must not carry a walker into another node's row.
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 3), (3, 4)], weights=[1e12, 1e-6, 1e12, 1e-6])
    walks = walks_on(graph, np.repeat(np.arange(5), 200), length=20)
    assert graph.has_edges(np.stack([walks[:, :-1].ravel(), walks[:, 1:].ravel()], axis=1)).all()
