"""Verdicts: intervals in closed form, and how often chance alone is called a difference."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from varigraph.evaluation.repeats import summarise
from varigraph.evaluation.verdicts import (
    Interval,
    PublishedAs,
    difference_interval,
    joint_verdict,
    reaches_published,
    verdict_of_claim,
    verdict_of_number,
)

ONE_SPLIT = PublishedAs("one split", 1)
MANY_RUNS = PublishedAs("many runs", 1)


def test_beside_one_split_the_interval_is_that_of_one_more_split_and_the_rounding():
    # s = 1, n = 3: t(0.975, 2) = 4.3027, times sqrt(1/3 + 1), plus 0.05.
    middle, half_width = difference_interval([90.0, 91.0, 92.0], 91.5, ONE_SPLIT)
    assert middle == -0.5
    assert half_width == pytest.approx(4.302652729749464 * math.sqrt(4 / 3) + 0.05, rel=1e-12)


def test_beside_the_mean_of_many_runs_the_interval_is_that_of_our_mean_and_their_sd():
    _, half_width = difference_interval([90.0, 91.0, 92.0], 91.5, MANY_RUNS, sd=0.5)
    assert half_width == pytest.approx(4.302652729749464 * math.sqrt(1 / 3 + 0.25) + 0.05, rel=1e-12)


@given(st.lists(st.floats(-200, 200), min_size=2, max_size=8), st.floats(-200, 200))
def test_without_spread_of_theirs_the_verdict_is_that_of_students_test(values, published):
    exact = PublishedAs("many runs", 12)  # rounding that is no matter
    interval = difference_interval(values, published, exact)
    if np.std(values) < 1e-6:
        return  # scipy warns of it, and the interval is the rounding alone
    p_value = stats.ttest_1samp(values, published).pvalue
    if abs(p_value - 0.05) > 1e-6:
        assert interval.holds_zero == (p_value > 0.05)


def test_chance_alone_is_called_a_difference_one_time_in_twenty():
    # The published split and our five are of one law; decimals so fine that rounding widens nothing.
    numbers = np.random.default_rng(0)
    published_as = PublishedAs("one split", 9)
    n_tries = 4000
    n_differ = 0
    for *ours, published in numbers.normal(91, 0.7, size=(n_tries, 6)).tolist():
        interval = difference_interval(ours, published, published_as)
        n_differ += verdict_of_number(interval, math.inf, published_as) == "differs"
    # 99.9 % interval of a binomial share around 0.05 at 4,000 tries: ± 0.0113
    assert abs(n_differ / n_tries - 0.05) < 0.0113


def test_a_real_difference_is_found_when_it_is_wider_than_the_interval():
    interval = difference_interval([90.0, 90.1, 89.9], 95.0, ONE_SPLIT)
    assert verdict_of_number(interval, 3.0, ONE_SPLIT) == "differs"


@pytest.mark.parametrize(
    ("interval", "kind", "verdict"),
    [
        (Interval(0.4, 3.0), "one split", "agrees"),
        (Interval(0.4, 3.01), "one split", "cannot tell"),
        (Interval(-3.5, 3.4), "one split", "differs"),
        (Interval(-5.0, 4.9), "many runs", "differs"),  # a wide interval can still exclude 0
        (Interval(0.4, math.nan), "one split", "cannot tell"),
        (Interval(math.nan, math.nan), "one split", "cannot tell"),
        (Interval(0.0, 0.1), "by eye", "cannot tell"),
        (Interval(9.0, 0.1), "by eye", "cannot tell"),
    ],
)
def test_the_verdict_on_a_number(interval, kind, verdict):
    assert verdict_of_number(interval, 3.0, PublishedAs(kind, 1)) == verdict


def test_one_value_has_no_interval():
    interval = difference_interval([91.0], 90.0, ONE_SPLIT)
    assert interval.middle == 1.0
    assert math.isnan(interval.half_width)


def test_a_missing_value_leaves_nothing_to_tell():
    interval = difference_interval([91.0, math.nan], 90.0, ONE_SPLIT)
    assert verdict_of_number(interval, math.inf, ONE_SPLIT) == "cannot tell"


def test_half_of_the_last_published_decimal_is_no_difference():
    # Without spread: 91.04 is printed as 91.0.
    assert verdict_of_number(difference_interval([91.04, 91.04], 91.0, ONE_SPLIT), 1, ONE_SPLIT) == "agrees"
    assert verdict_of_number(difference_interval([91.06, 91.06], 91.0, ONE_SPLIT), 1, ONE_SPLIT) == "differs"


def test_a_claim_goes_by_the_sign_of_the_paired_differences():
    assert verdict_of_claim(summarise([1.0, 1.1, 0.9])) == "agrees"
    assert verdict_of_claim(summarise([-1.0, -1.1, -0.9])) == "differs"
    assert verdict_of_claim(summarise([1.0, -1.1, 0.9])) == "cannot tell"
    assert verdict_of_claim(summarise([1.0])) == "cannot tell"


def test_a_claim_of_not_lower_by_more_than_a_margin_goes_by_where_the_interval_lies():
    # -0.1 ± 0.25: t(0.975, 2) · 0.1 / √3
    differences = summarise([-0.2, -0.1, 0.0])
    assert verdict_of_claim(differences, by_no_more_than=0.4) == "agrees"
    assert verdict_of_claim(differences, by_no_more_than=0.3) == "cannot tell"
    assert verdict_of_claim(summarise([-1.2, -1.1, -1.0]), by_no_more_than=0.4) == "differs"
    assert verdict_of_claim(differences, by_no_more_than=math.nan) == "cannot tell"


@pytest.mark.parametrize(
    ("verdicts", "joint"),
    [
        (["agrees", "agrees"], "agrees"),
        (["agrees", "cannot tell"], "cannot tell"),
        (["agrees", "cannot tell", "differs"], "differs"),
        ([], "cannot tell"),
    ],
)
def test_a_claim_agrees_if_each_cell_does_and_differs_if_any_does(verdicts, joint):
    assert joint_verdict(verdicts) == joint


def test_a_mean_reaches_what_the_upper_end_of_its_interval_reaches():
    summary = summarise([0.90, 0.91, 0.92])  # the interval ends at 0.91 + 4.3027 · 0.01 / √3 = 0.93484
    assert reaches_published(summary, 93.4, "percent")
    assert not reaches_published(summary, 93.5, "percent")
    assert not reaches_published(summary, 93.4, "nats")
