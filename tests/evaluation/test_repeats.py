"""Summaries over seeds against scipy's interval and its promise of 95 %."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from varigraph.evaluation.repeats import summarise


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20).filter(lambda values: np.ptp(values) > 1e-6))
def test_the_interval_is_students_as_scipy_computes_it(values):
    summary = summarise(values)
    interval = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    assert summary["ci95"] == pytest.approx(list(interval), rel=1e-9)
    assert summary["sd"] == pytest.approx(np.std(values, ddof=1), rel=1e-9)
    assert summary["values"] == values


def test_the_interval_holds_the_true_mean_in_95_of_100_repetitions():
    n_trials = 4_000
    samples = np.random.default_rng(0).normal(0.9, 0.01, size=(n_trials, 5))
    held = 0
    for sample in samples:
        low, high = summarise(sample)["ci95"]
        held += low <= 0.9 <= high
    # Four standard errors of a share of 0.95 over the trials.
    assert abs(held / n_trials - 0.95) < 4 * math.sqrt(0.95 * 0.05 / n_trials)


def test_one_value_has_a_mean_but_no_spread():
    summary = summarise([0.9])
    assert summary["mean"] == 0.9
    assert math.isnan(summary["sd"])
    assert all(map(math.isnan, summary["ci95"]))


def test_a_nan_among_the_values_makes_the_mean_nan():
    assert math.isnan(summarise([0.5, math.nan])["mean"])


@pytest.mark.parametrize(("values", "message"), [([], "no values"), ([1.0, math.inf], "must be finite")])
def test_nothing_and_infinity_cannot_be_summarised(values, message):
    with pytest.raises(ValueError, match=message):
        summarise(values)
