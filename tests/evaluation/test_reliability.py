"""Reliability figures against scikit-learn's and against their definitions, pair by pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss, log_loss

from varigraph.evaluation.reliability import mean_log_loss, reliability, share_interval


def a_population(seed, *, n_pairs=5_000):
    """Probabilities of single pairs, drawn outcomes, and the same with equal probabilities counted."""
    generator = np.random.default_rng(seed)
    p = np.round(generator.beta(0.3, 6, n_pairs), 3).clip(0.001, 0.999)
    outcomes = generator.random(n_pairs) < p
    outcomes[0], outcomes[1] = True, False
    values, counts = np.unique(p, return_counts=True)
    return p, outcomes, values, counts.astype(float)


@given(seed=st.integers(0, 1_000))
def test_log_loss_and_brier_are_scikit_learns(seed):
    p, outcomes, values, counts = a_population(seed)
    found = reliability(values, counts, p[outcomes])
    assert found.log_loss == pytest.approx(log_loss(outcomes, p))
    assert found.brier == pytest.approx(brier_score_loss(outcomes, p))
    assert found.mean_probability == pytest.approx(p.mean())
    assert found.base_rate == pytest.approx(outcomes.mean())
    assert found.constant_log_loss == pytest.approx(log_loss(outcomes, np.full(len(p), outcomes.mean())))


def test_right_probabilities_have_a_small_error_and_wrong_ones_a_large():
    p, outcomes, values, counts = a_population(0, n_pairs=100_000)
    right = reliability(values, counts, p[outcomes])
    assert right.metrics["ece_ratio"] < 0.1
    assert right.metrics["mean_ratio"] == pytest.approx(1, abs=0.03)
    halved = reliability(values / 2, counts, p[outcomes] / 2)
    assert halved.metrics["ece_ratio"] == pytest.approx(0.5, abs=0.05)
    assert halved.log_loss > right.log_loss


def test_bins_hold_equal_mass_and_every_pair_and_link_once():
    p, outcomes, values, counts = a_population(1, n_pairs=50_000)
    bins = reliability(values, counts, p[outcomes]).bins
    assert bins["n_pairs"].sum() == 50_000
    assert bins["found"].sum() == outcomes.sum()
    assert np.allclose(bins["expected"], p.sum() / 10, rtol=0.15)
    assert (np.diff(bins["probability"]) > 0).all()


def test_the_error_is_the_mean_over_pairs_of_the_bins_differences():
    # Two probabilities, each a bin of its own: 0.1 of 100 pairs with 20 links, 0.5 of 20 with 5.
    found = reliability(
        np.array([0.1, 0.5]), np.array([100.0, 20.0]), np.array([0.1] * 20 + [0.5] * 5), n_bins=2
    )
    assert found.bins["found"].tolist() == [20, 5]
    assert found.ece == pytest.approx((abs(10 - 20) + abs(10 - 5)) / 120)


def test_pairs_of_one_probability_share_a_bin_however_they_are_counted():
    """Logits on a flat part of a curve differ, their probabilities do not."""
    links = np.array([0.1] * 8 + [0.3] * 5)
    once = reliability(np.array([0.1, 0.3]), np.array([90.0, 10.0]), links)
    torn = reliability(np.array([0.1] * 9 + [0.3] * 2), np.array([10.0] * 9 + [5.0] * 2), links)
    assert torn.bins["found"].tolist() == once.bins["found"].tolist() == [8, 5]
    assert torn.ece == pytest.approx(once.ece)


def test_one_probability_for_all_makes_one_bin():
    found = reliability(np.array([0.2]), np.array([100.0]), np.full(20, 0.2))
    assert len(found.bins["expected"]) == 1
    assert found.ece == pytest.approx(0)
    assert found.metrics["log_loss_ratio"] == pytest.approx(1)


def test_the_order_of_the_probabilities_does_not_matter():
    p, outcomes, values, counts = a_population(2)
    shuffled = np.random.default_rng(0).permutation(len(values))
    one, other = (reliability(values[at], counts[at], p[outcomes]) for at in (slice(None), shuffled))
    assert one.bins["found"].tolist() == other.bins["found"].tolist()
    assert one.ece == pytest.approx(other.ece)


@pytest.mark.parametrize(
    ("probabilities", "links"), [([0.1], []), ([0.1], [0.1] * 11), ([0.0], [0.1]), ([0.1], [1.0])]
)
def test_what_has_no_reliability_is_refused(probabilities, links):
    with pytest.raises(ValueError, match=r"links among|between 0 and 1"):
        reliability(np.array(probabilities), np.array([10.0]), np.array(links))


def test_a_sure_and_wrong_probability_costs_its_logarithm():
    assert mean_log_loss(np.array([0.5, 0.99]), np.array([1.0, 1.0]), np.array([0.5])) == pytest.approx(
        (np.log(2) + np.log(100)) / 2
    )


@given(n_pairs=st.integers(1, 10**7), share=st.floats(0, 1))
def test_the_interval_of_a_share_is_scipys(n_pairs, share):
    found = round(share * n_pairs)
    low, high = share_interval(np.array([float(found)]), np.array([float(n_pairs)]))
    theirs = binomtest(found, n_pairs).proportion_ci(method="wilson")
    assert low[0] == pytest.approx(theirs.low, rel=1e-6, abs=1e-12)
    assert high[0] == pytest.approx(theirs.high, rel=1e-6)


def test_a_bin_without_links_has_an_interval_from_zero_and_one_of_too_many_links_ends_at_one():
    low, high = share_interval(np.array([0.0, 3.0]), np.array([100.0, 2.0]))
    assert low[0] == 0
    assert 0.03 < high[0] < 0.04  # near the rule of three: 3.7 over 100
    assert 0 < low[1] < high[1] == 1
    assert (share_interval(np.zeros(1_000), np.arange(1.0, 1_001.0))[0] == 0).all()  # without rounding errors
