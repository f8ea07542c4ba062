"""Block models are drawn from the probabilities that they state."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from varigraph.datasets import degree_corrected_block_model, stochastic_block_model
from varigraph.datasets.synthetic import _distinct, _triangle

PROBABILITIES = np.array([[0.5, 0.1, 0.0], [0.1, 0.02, 0.3], [0.0, 0.3, 1.0]])
SIZES = [30, 40, 6]


def all_pairs(n_nodes):
    return np.stack(np.triu_indices(n_nodes, 1), axis=1)


def z_scores(counts, n_draws, probabilities):
    """How many standard deviations each count of a binomial lies from its mean."""
    return (counts - n_draws * probabilities) / np.sqrt(n_draws * probabilities * (1 - probabilities))


def test_blocks_stand_in_order_and_are_the_labels():
    graph, truth = stochastic_block_model(SIZES, PROBABILITIES, random_state=0)
    np.testing.assert_array_equal(truth.blocks, np.repeat([0, 1, 2], SIZES))
    np.testing.assert_array_equal(graph.labels, truth.blocks)


def test_the_stated_probabilities_are_the_given_ones():
    _, truth = stochastic_block_model(SIZES, PROBABILITIES, random_state=0)
    pairs = all_pairs(sum(SIZES))
    expected = PROBABILITIES[truth.blocks[pairs[:, 0]], truth.blocks[pairs[:, 1]]]
    np.testing.assert_allclose(
        truth.edge_probabilities(pairs), expected, rtol=1e-14
    )  # two roundings of log and exp


def test_probability_0_never_and_probability_1_always_gives_an_edge():
    graph, truth = stochastic_block_model(SIZES, PROBABILITIES, random_state=3)
    pairs = all_pairs(graph.n_nodes)
    probabilities = truth.edge_probabilities(pairs)
    assert not graph.has_edges(pairs[probabilities == 0]).any()
    assert graph.has_edges(pairs[probabilities == 1]).all()


def _draw_sbm(seed):
    return stochastic_block_model(SIZES, PROBABILITIES, random_state=seed)


def _draw_dcsbm(seed):
    return degree_corrected_block_model(60, 3, mean_degree=15, degree_spread=0.8, random_state=seed)


def test_each_pair_of_a_block_model_is_an_edge_as_often_as_stated():
    n_draws = 2000
    drawn = [_draw_sbm(seed) for seed in range(n_draws)]
    pairs = all_pairs(sum(SIZES))
    counts = sum(graph.has_edges(pairs).astype(int) for graph, _ in drawn)
    expected = drawn[0][1].edge_probabilities(pairs)
    open_pairs = (expected > 0) & (expected < 1)
    z = z_scores(counts[open_pairs], n_draws, expected[open_pairs])
    # 2,820 pairs: five standard deviations are left by chance in one run of 600; the sum of squares is χ².
    assert np.abs(z).max() < 5.5
    assert 1e-4 < stats.chi2.sf((z**2).sum(), open_pairs.sum()) < 1 - 1e-4


def test_edges_of_the_degree_corrected_model_calibrate_against_their_probabilities():
    pairs = all_pairs(60)
    edges, expected, variance = np.zeros(10), np.zeros(10), np.zeros(10)
    for seed in range(300):
        graph, truth = _draw_dcsbm(seed)
        probabilities = truth.edge_probabilities(pairs)
        tenth = np.minimum((probabilities * 10).astype(int), 9)
        edges += np.bincount(tenth, weights=graph.has_edges(pairs), minlength=10)
        expected += np.bincount(tenth, weights=probabilities, minlength=10)
        variance += np.bincount(tenth, weights=probabilities * (1 - probabilities), minlength=10)
    assert (expected > 30).all()  # every tenth has been tried
    assert (np.abs(edges - expected) < 4 * np.sqrt(variance)).all()  # 4 sd: 6 in 100,000 for each of ten


def test_propensities_have_mean_1_in_each_block_and_the_mean_degree_is_nearly_met():
    graph, truth = degree_corrected_block_model(4000, 4, mean_degree=12, random_state=1)
    np.testing.assert_allclose(np.bincount(truth.blocks, truth.propensities) / np.bincount(truth.blocks), 1.0)
    # The total number of meetings is Poisson(24,000) of which few repeat: sd 0.65 %, repeats below 1 %.
    assert graph.degrees.mean() == pytest.approx(12, rel=0.03)


def test_mixing_is_the_share_of_edges_between_blocks():
    graph, truth = degree_corrected_block_model(5000, 5, mixing=0.3, random_state=2)
    between = (truth.blocks[graph.edges[:, 0]] != truth.blocks[graph.edges[:, 1]]).mean()
    assert between == pytest.approx(0.3, abs=0.015)  # 25,000 edges: sd 0.003, and repeats within blocks


def test_without_mixing_no_edge_leaves_its_block():
    graph, truth = degree_corrected_block_model(300, 3, mixing=0.0, random_state=0)
    assert (truth.blocks[graph.edges[:, 0]] == truth.blocks[graph.edges[:, 1]]).all()


def test_spread_makes_hubs():
    even, _ = degree_corrected_block_model(2000, 2, degree_spread=0.0, random_state=0)
    uneven, _ = degree_corrected_block_model(2000, 2, degree_spread=1.0, random_state=0)
    assert uneven.degrees.max() > 2 * even.degrees.max()


def test_words_are_counts_that_tell_the_block():
    graph, truth = degree_corrected_block_model(600, 3, words_per_node=30, random_state=0)
    words = graph.features.toarray()
    assert words.dtype == np.float32
    assert (words == words.astype(int)).all()
    assert words.sum(axis=1).mean() == pytest.approx(30, abs=1)  # Poisson(30): sd of the mean 0.22
    topics = np.stack([words[truth.blocks == block].mean(axis=0) for block in range(3)])
    guessed = (words @ np.log(topics.T + 1e-6)).argmax(axis=1)
    assert (guessed == truth.blocks).mean() > 0.95


@pytest.mark.parametrize("draw", [_draw_sbm, _draw_dcsbm])
def test_the_same_seed_draws_the_same_graph_and_another_seed_another(draw):
    assert draw(5)[0].fingerprint == draw(5)[0].fingerprint
    assert draw(5)[0].fingerprint != draw(6)[0].fingerprint


def test_the_number_of_words_does_not_change_the_edges():
    with_words, _ = degree_corrected_block_model(200, 4, random_state=0)
    without, _ = degree_corrected_block_model(200, 4, n_words=0, random_state=0)
    np.testing.assert_array_equal(with_words.edges, without.edges)
    assert without.features is None


@pytest.mark.parametrize("words", [0, 50])
def test_memory_grows_with_the_edges_and_not_with_the_pairs(words):
    n_nodes = 60_000  # a dense matrix of one byte a pair would take 3,600 MB
    tracemalloc.start()
    try:
        if words:
            degree_corrected_block_model(n_nodes, 3, n_words=words, random_state=0)
        else:
            stochastic_block_model([n_nodes // 2] * 2, np.full((2, 2), 10 / n_nodes), random_state=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 250e6


@given(st.integers(0, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), st.integers(0, 2**32))
def test_distinct_numbers_are_as_many_as_asked_for_and_in_range(population_and_count, seed):
    population, count = population_and_count
    chosen = _distinct(np.random.default_rng(seed), population, count)
    assert len(set(chosen.tolist())) == len(chosen) == count
    assert all(0 <= one < population for one in chosen.tolist())


@pytest.mark.parametrize("count", [2, 4])
def test_every_set_of_distinct_numbers_is_as_likely_as_any_other(count):
    generator = np.random.default_rng(0)
    drawn = [tuple(sorted(_distinct(generator, 6, count).tolist())) for _ in range(6000)]
    _, counts = np.unique(np.array(drawn), axis=0, return_counts=True)
    assert len(counts) == 15
    assert stats.chisquare(counts).pvalue > 1e-3


def test_triangle_indices_enumerate_all_pairs_once():
    first, second = _triangle(np.arange(4950))
    assert {(i, j) for i in range(100) for j in range(i + 1, 100)} == set(
        zip(first.tolist(), second.tolist(), strict=True)
    )


@given(st.integers(1, 2**31 - 2))
def test_triangle_indices_are_exact_for_any_graph_that_can_be_stored(second):
    start = second * (second - 1) // 2
    index = np.array([start, start + second - 1])
    np.testing.assert_array_equal(_triangle(index), [[0, second - 1], [second, second]])


@pytest.mark.parametrize(
    ("sizes", "probabilities"),
    [
        ([], np.empty((0, 0))),
        ([3, -1], np.zeros((2, 2))),
        ([3, 3], [[0.5, 0.1], [0.2, 0.5]]),
        ([3, 3], [[0.5, 1.1], [1.1, 0.5]]),
        ([3, 3], [[0.5, np.nan], [np.nan, 0.5]]),
        ([3, 3], [0.5, 0.5]),
    ],
)
def test_wrong_sizes_or_probabilities_are_refused(sizes, probabilities):
    with pytest.raises(ValueError, match="must"):
        stochastic_block_model(sizes, probabilities, random_state=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_blocks": 0},
        {"n_blocks": 11},
        {"mixing": 1.5},
        {"mean_degree": -1},
        {"words_per_node": np.inf},
        {"n_words": -1},
    ],
)
def test_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=r"must|share"):
        degree_corrected_block_model(**{"n_nodes": 10, "n_blocks": 2, "random_state": 0, **wrong})


def test_empty_blocks_single_nodes_and_a_single_block_are_graphs():
    graph, _ = stochastic_block_model([0, 1, 0], np.ones((3, 3)), random_state=0)
    assert (graph.n_nodes, graph.n_edges) == (1, 0)
    single, truth = degree_corrected_block_model(50, 1, random_state=0)
    assert single.n_edges > 0
    assert truth.rates.shape == (1, 1)
    alone, _ = degree_corrected_block_model(1, 1, words_per_node=0, random_state=0)
    assert alone.features.nnz == 0
