"""Probabilities: right on average and in every bin where the answer is known, and never falling."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm

from varigraph.errors import DataError
from varigraph.links.calibration import FEWEST_LINKS
from varigraph.links.documents import calibration_from_document, calibration_to_document
from varigraph.links.fitting import fit_calibration, shifted_probabilities
from varigraph.links.population import LogitCounts

N_PAIRS, N_MISSING = 2_000_000, 2_000
BASE_RATE = N_MISSING / N_PAIRS


def two_normals(seed, *, n_held_out=1_000, mean=3):
    """Logits of held-out links N(mean, 1) and of open pairs, of which a share BASE_RATE are such too."""
    generator = np.random.default_rng(seed)
    others = generator.normal(size=N_PAIRS - N_MISSING)
    missing = generator.normal(mean, 1, N_MISSING)
    logits, counts = np.unique(np.round(np.concatenate([others, missing]), 3), return_counts=True)
    return generator.normal(mean, 1, n_held_out), LogitCounts(logits, counts.astype(float)), missing


def fitted(links, population, **settings):
    return fit_calibration(links, population, **({"base_rate": BASE_RATE, "prior_log_odds": 0.0} | settings))


def true_probability(logits):
    of_links, of_others = BASE_RATE * norm.pdf(logits, 3), (1 - BASE_RATE) * norm.pdf(logits)
    return of_links / (of_links + of_others)


def test_probabilities_follow_bayes_rule_where_it_is_known():
    links, population, _ = two_normals(0, n_held_out=20_000)
    calibration = fitted(links, population)
    at = np.linspace(1.5, 4.5, 7)
    told = calibration.probabilities(at, base_rate=BASE_RATE)
    # Twenty links a step of the curve: one step is known to 22 %, pooled ones better.
    assert np.allclose(told, true_probability(at), rtol=0.2)


def test_hidden_links_among_the_open_pairs_do_not_pull_probabilities_down():
    links, population, missing = two_normals(1)
    told = fitted(links, population).probabilities(missing, base_rate=BASE_RATE)
    # Taking hidden links for negatives would tell of half of what is true at the top.
    assert told.mean() == pytest.approx(true_probability(missing).mean(), rel=0.1)


@given(seed=st.integers(0, 1_000), n_held_out=st.sampled_from([5, FEWEST_LINKS, 60, 400]))
def test_probabilities_never_fall_and_their_mean_is_about_the_base_rate(seed, n_held_out):
    generator = np.random.default_rng(seed)
    logits = np.unique(np.round(generator.normal(size=3_000), 2))
    population = LogitCounts(logits, generator.integers(1, 50, len(logits)).astype(float))
    links = generator.normal(generator.uniform(-1, 3), 1, n_held_out)
    base_rate = 10 / population.n_pairs
    calibration = fitted(links, population, base_rate=base_rate)
    told = calibration.probabilities(population.logits, base_rate=base_rate)
    assert (np.diff(told) >= 0).all()
    assert ((told > 0) & (told < 1)).all()
    mean = np.average(told, weights=population.counts)
    if n_held_out >= 60 and links.max() < logits.max():
        assert 0.5 < mean / base_rate < 1.6
    if n_held_out < FEWEST_LINKS:
        assert mean == pytest.approx(base_rate, rel=0.02)


def test_with_few_links_the_objectives_own_odds_are_scaled_to_the_base_rate():
    links, population, _ = two_normals(2, n_held_out=FEWEST_LINKS - 1)
    calibration = fitted(links, population)
    assert calibration.method == "shift"
    at = np.array([-1.0, 0.5, 2.0])
    shifted = shifted_probabilities(at, base_rate=BASE_RATE, prior_log_odds=0.0)
    told = calibration.probabilities(at, base_rate=BASE_RATE)
    assert told / shifted == pytest.approx(np.full(3, told[0] / shifted[0]), rel=1e-3)


def test_a_shift_adds_the_log_odds_of_the_base_rate_and_takes_the_objectives_away():
    told = shifted_probabilities(np.array([0.7]), base_rate=0.01, prior_log_odds=-2.0)
    assert told[0] == pytest.approx(expit(0.7 + logit(0.01) + 2.0))


def test_twice_the_base_rate_is_twice_the_probability_until_certainty():
    links, population, _ = two_normals(3)
    calibration = fitted(links, population)
    once, twice = (calibration.probabilities(np.array([-1.0, 1.0]), base_rate=r) for r in (1e-4, 2e-4))
    assert twice == pytest.approx(2 * once)
    assert calibration.probabilities(np.array([50.0]), base_rate=0.9)[0] <= 1 - 1 / 1_002


def test_links_of_one_logit_make_a_curve():
    population = LogitCounts(np.array([0.0, 1.0, 2.0]), np.array([1_000.0, 100.0, 10.0]))
    calibration = fitted(np.full(30, 2.0), population, base_rate=0.001)
    told = calibration.probabilities(np.array([0.0, 2.0]), base_rate=0.001)
    assert np.isfinite(told).all()


def test_a_threshold_of_probability_is_the_first_logit_that_reaches_it():
    links, population, _ = two_normals(4)
    calibration = fitted(links, population)
    for wanted in (1e-4, 1e-2, 0.1, 0.3):
        least = calibration.threshold_of_probability(wanted, base_rate=BASE_RATE)
        below, at = calibration.probabilities(np.array([least - 1e-3, least + 1e-9]), base_rate=BASE_RATE)
        assert below < wanted <= at * (1 + 1e-9)
    assert calibration.threshold_of_probability(0.9999, base_rate=BASE_RATE) == np.inf
    assert calibration.threshold_of_probability(1e-12, base_rate=BASE_RATE) == -np.inf


def test_a_threshold_of_precision_gives_that_precision_on_new_links():
    links, population, missing = two_normals(5)
    least = fitted(links, population).threshold_of_precision(0.3, base_rate=BASE_RATE)
    n_taken = population.counts[population.logits >= least].sum()
    # With caution: a standard error above what was asked for.
    assert 0.28 < (missing >= least).sum() / n_taken < 0.45


@pytest.mark.parametrize("wanted", [0.03, 0.1, 0.3])
def test_a_precision_asked_for_is_mostly_met_on_links_that_nobody_has_seen(wanted):
    """The lowest of many noisy estimates that reach a mark reaches it by luck; caution makes up for it."""
    is_met = []
    for seed in range(20):
        links, population, missing = two_normals(100 + seed, n_held_out=300)
        least = fitted(links, population).threshold_of_precision(wanted, base_rate=BASE_RATE)
        n_taken = population.counts[population.logits >= least].sum()
        is_met.append((missing >= least).sum() / n_taken >= wanted)
    assert np.mean(is_met) > 0.6


def test_a_precision_out_of_reach_is_refused_with_the_best_there_is():
    links, population, _ = two_normals(6, mean=0.5)
    with pytest.raises(DataError, match=r"precision of 0.999; the best has 0\.\d+ at a base rate of 0.001"):
        fitted(links, population).threshold_of_precision(0.999, base_rate=BASE_RATE)
    with pytest.raises(DataError, match="at least 20 held-out links, and this model has 3"):
        fitted(links[:3], population).threshold_of_precision(0.1, base_rate=BASE_RATE)


@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.1, 2, float("nan")])
def test_a_base_rate_that_is_no_share_is_refused(wrong):
    links, population, _ = two_normals(8, n_held_out=50)
    with pytest.raises(ValueError, match="A base rate lies between 0 and 1"):
        fitted(links, population).probabilities(np.zeros(1), base_rate=wrong)


@pytest.mark.parametrize("n_held_out", [0, 300])
def test_a_calibration_comes_back_from_its_document(n_held_out):
    links, population, _ = two_normals(9, n_held_out=n_held_out)
    calibration = fitted(links, population)
    document = json.loads(json.dumps(calibration_to_document(calibration), allow_nan=False))
    again = calibration_from_document(document)
    at = np.linspace(-3, 5, 50)
    for rate in (BASE_RATE, 0.3):
        told = calibration.probabilities(at, base_rate=rate)
        assert again.probabilities(at, base_rate=rate).tolist() == told.tolist()
    assert again.links_above.tolist() == calibration.links_above.tolist()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema_version": 9}, "schema version 1"),
        ({"method": "pickle"}, "no method"),
        ({"n_links": -1}, "no count"),
        ({"logits": [1.0, 0.0]}, "different lengths"),
        ({"logits": "abc"}, "no list of numbers"),
        ({"logits": [[1.0]]}, "no number"),
        ({"log_ratios": None}, "no list of numbers"),
        ({"log_ratios": [1e300] * 2, "logits": [0.0, 1.0]}, "beyond what ratios"),
        ({"pairs_above": []}, "different lengths"),
        ({"pairs_above": None}, "no list of numbers"),
    ],
)
def test_a_document_that_is_no_calibration_is_refused(change, reason):
    links, population, _ = two_normals(10, n_held_out=50)
    document = calibration_to_document(fitted(links, population)) | change
    with pytest.raises(ValueError, match=reason):
        calibration_from_document(document)


def test_a_curve_carried_over_has_a_mean_of_one_over_the_new_models_open_pairs():
    links, population, _ = two_normals(11)
    shifted = LogitCounts(population.logits * 1.1 + 0.2, population.counts)
    told = fitted(links, population).carried_over(shifted).probabilities(shifted.logits, base_rate=1e-6)
    assert np.average(told, weights=shifted.counts) == pytest.approx(1e-6)


def test_a_probability_that_was_told_finds_its_own_pair_again():
    links, population, _ = two_normals(12)
    calibration = fitted(links, population)
    for at in np.linspace(-2, 4, 200):
        (told,) = calibration.probabilities(np.array([at]), base_rate=BASE_RATE)
        assert calibration.threshold_of_probability(float(told), base_rate=BASE_RATE) <= at
