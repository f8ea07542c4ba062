"""The best possible ranking is known, and random edges agree with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from varigraph.datasets import BlockTruth, degree_corrected_block_model, stochastic_block_model


def all_pairs(n_nodes):
    return np.stack(np.triu_indices(n_nodes, 1), axis=1)


def test_an_edge_has_the_probability_of_its_formula_in_either_order():
    truth = BlockTruth(np.array([0, 1]), np.array([2.0, 0.5]), np.array([[0.1, 0.3], [0.3, 0.2]]))
    expected = 1 - np.exp(-2.0 * 0.5 * 0.3)
    np.testing.assert_allclose(truth.edge_probabilities([(0, 1), (1, 0), (0, 0)]), [expected, expected, 0.0])


@given(st.lists(st.sampled_from([0.0, 0.1, 0.5, 2.0]), min_size=2, max_size=8))
def test_the_optimal_auc_is_that_of_a_naive_double_sum(propensities):
    n_nodes = len(propensities)
    truth = BlockTruth(np.zeros(n_nodes, dtype=np.int64), np.array(propensities), np.array([[0.7]]))
    pairs = all_pairs(n_nodes)
    probabilities = truth.edge_probabilities(pairs).tolist()
    won = sum(p * (1 - q) * ((p > q) + (p == q) / 2) for p in probabilities for q in probabilities)
    total = sum(probabilities) * sum(1 - q for q in probabilities)
    if total == 0:
        assert np.isnan(truth.optimal_auc(pairs))
    else:
        assert truth.optimal_auc(pairs) == pytest.approx(won / total, rel=1e-12)


def test_the_optimal_auc_of_two_blocks_has_its_closed_form():
    p, q, n = 0.3, 0.05, 40
    _, truth = stochastic_block_model([n, n], [[p, q], [q, p]], random_state=0)
    within, between = n * (n - 1), n * n
    positives, negatives = within * p + between * q, within * (1 - p) + between * (1 - q)
    a, b = within * p / positives, within * (1 - p) / negatives  # shares of same-block pairs
    assert truth.optimal_auc(all_pairs(2 * n)) == pytest.approx(0.5 + (a - b) / 2)


def test_without_structure_the_optimal_auc_is_one_half():
    _, truth = stochastic_block_model([20, 20], np.full((2, 2), 0.3), random_state=0)
    assert truth.optimal_auc(all_pairs(40)) == 0.5


def test_drawn_edges_reach_the_optimal_auc_and_other_scores_do_not():
    pairs = all_pairs(800)
    gaps, worse = [], []
    for seed in range(10):
        graph, truth = degree_corrected_block_model(800, 4, random_state=seed)
        is_edge = graph.has_edges(pairs)
        optimal = truth.optimal_auc(pairs)
        gaps.append(roc_auc_score(is_edge, truth.edge_probabilities(pairs)) - optimal)
        same_block = truth.blocks[pairs[:, 0]] == truth.blocks[pairs[:, 1]]
        worse.append(optimal - roc_auc_score(is_edge, same_block))
    # The mean of ten gaps lies within four of its standard errors of 0.
    assert abs(np.mean(gaps)) < 4 * np.std(gaps, ddof=1) / np.sqrt(10)
    assert min(worse) > 0.01
