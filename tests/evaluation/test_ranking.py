"""Ranking metrics against counting by hand, scikit-learn and OGB's definition, with heavy ties."""

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from varigraph.evaluation.ranking import (
    average_precision,
    hits_at_k,
    link_metrics,
    mean_reciprocal_rank,
    ranks,
    roc_auc,
)
from varigraph.tensor_types import TieRule

RULES = get_args(TieRule)
# Sums of a few hundred quotients in float64, in two orders.
ROUNDING = 1e-12

few_values = st.lists(st.integers(-2, 2).map(float), min_size=1, max_size=30)
any_values = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30)
two_samples = st.one_of(st.tuples(few_values, few_values), st.tuples(any_values, any_values))


@st.composite
def own_negatives(draw):
    n_positives, n_each = draw(st.integers(1, 8)), draw(st.integers(1, 12))
    row = st.lists(st.integers(-2, 2).map(float), min_size=n_each, max_size=n_each)
    positives = draw(st.lists(st.integers(-2, 2).map(float), min_size=n_positives, max_size=n_positives))
    return np.array(positives), np.array([draw(row) for _ in positives])


def counted_rank(positive, negatives, ties):
    above = sum(one > positive for one in negatives)
    equal = sum(one == positive for one in negatives)
    return 1 + above + {"optimistic": 0, "average": equal / 2, "pessimistic": equal}[ties]


def labelled(positives, negatives):
    return [1] * len(positives) + [0] * len(negatives), [*positives, *negatives]


@given(two_samples)
def test_auc_is_the_share_of_won_comparisons_with_ties_as_halves(samples):
    positives, negatives = samples
    won = sum((one > other) + (one == other) / 2 for one in positives for other in negatives)
    assert roc_auc(positives, negatives) == pytest.approx(won / len(positives) / len(negatives), abs=ROUNDING)


@given(two_samples)
def test_auc_and_average_precision_equal_scikit_learns(samples):
    labels, scores = labelled(*samples)
    assert roc_auc(*samples) == pytest.approx(roc_auc_score(labels, scores), abs=ROUNDING)
    assert average_precision(*samples) == pytest.approx(average_precision_score(labels, scores), abs=ROUNDING)


def test_both_equal_scikit_learns_on_a_hundred_thousand_scores_with_few_values():
    generator = np.random.default_rng(0)
    positives, negatives = generator.poisson(2.0, 30_000), generator.poisson(1.0, 70_000)
    labels, scores = labelled(positives, negatives)
    assert roc_auc(positives, negatives) == pytest.approx(roc_auc_score(labels, scores), abs=ROUNDING)
    ap = average_precision_score(labels, scores)
    assert average_precision(positives, negatives) == pytest.approx(ap, abs=ROUNDING)


@given(two_samples)
def test_auc_turns_into_its_complement_when_the_samples_change_places(samples):
    positives, negatives = samples
    assert roc_auc(positives, negatives) + roc_auc(negatives, positives) == pytest.approx(1, abs=ROUNDING)


@given(two_samples)
def test_metrics_depend_on_the_order_of_scores_and_not_on_their_values(samples):
    values = np.unique(np.concatenate(samples))
    ordinals = [np.searchsorted(values, one) for one in samples]
    assert link_metrics(*ordinals, ks=(1,)) == link_metrics(*samples, ks=(1,))


@given(two_samples, st.sampled_from(RULES))
def test_ranks_in_a_shared_pool_are_those_counted_one_by_one(samples, ties):
    positives, negatives = samples
    counted = [counted_rank(one, negatives, ties) for one in positives]
    assert ranks(positives, negatives, ties=ties).tolist() == counted


@given(own_negatives(), st.sampled_from(RULES))
def test_ranks_among_own_negatives_are_those_counted_one_by_one(samples, ties):
    positives, negatives = samples
    counted = [counted_rank(one, row, ties) for one, row in zip(positives, negatives, strict=True)]
    assert ranks(positives, negatives, ties=ties).tolist() == counted


@given(two_samples)
def test_own_negatives_that_are_all_the_same_pool_rank_as_the_pool_does(samples):
    positives, negatives = samples
    own = np.tile(negatives, (len(positives), 1))
    assert ranks(positives, own).tolist() == ranks(positives, negatives).tolist()


@given(two_samples)
def test_the_average_rank_lies_midway_between_the_optimistic_and_the_pessimistic(samples):
    optimistic, average, pessimistic = (
        ranks(*samples, ties=ties) for ties in ("optimistic", "average", "pessimistic")
    )
    assert (2 * average == optimistic + pessimistic).all()
    assert (optimistic >= 1).all()
    assert (pessimistic <= len(samples[1]) + 1).all()


@given(two_samples, st.data())
def test_pessimistic_hits_are_ogbs_scores_above_the_kth_best_negative(samples, data):
    positives, negatives = samples
    k = data.draw(st.integers(1, len(negatives)))
    threshold = sorted(negatives)[-k]
    above = sum(one > threshold for one in positives) / len(positives)
    assert hits_at_k(positives, negatives, k, ties="pessimistic") == above


@given(own_negatives())
def test_auc_of_own_negatives_is_that_of_all_negatives_pooled(samples):
    positives, negatives = samples
    pooled = link_metrics(positives, negatives.ravel())
    own = link_metrics(positives, negatives)
    assert (own["auc"], own["ap"]) == (pooled["auc"], pooled["ap"])


@given(own_negatives(), st.sampled_from(RULES))
def test_link_metrics_holds_what_the_single_functions_give(samples, ties):
    metrics = link_metrics(*samples, ties=ties, ks=(1, 3))
    assert list(metrics) == ["auc", "ap", "hits@1", "hits@3", "mrr"]
    assert metrics["auc"] == roc_auc(*samples)
    assert metrics["ap"] == average_precision(*samples)
    assert metrics["mrr"] == mean_reciprocal_rank(*samples, ties=ties)
    assert metrics["hits@1"] == hits_at_k(*samples, 1, ties=ties)
    assert metrics["hits@3"] == pytest.approx(hits_at_k(*samples, 3, ties=ties), nan_ok=True, abs=0)


@pytest.mark.parametrize("negatives", [np.zeros(4), np.zeros((2, 4))])
def test_hits_beyond_the_number_of_negatives_are_nan_and_at_it_are_not(negatives):
    assert hits_at_k([1.0, -1.0], negatives, 4) == 0.5
    assert math.isnan(hits_at_k([1.0, -1.0], negatives, 5))


def test_equal_scores_earn_half_an_auc_the_base_rate_as_precision_and_the_middle_rank():
    metrics = link_metrics(np.zeros(3), np.zeros(9), ks=(1, 5))
    # The middle of ranks 1 … 10 is 5.5, so hits@5 counts none.
    expected = {"auc": 0.5, "ap": 0.25, "hits@1": 0.0, "hits@5": 0.0, "mrr": 1 / 5.5}
    assert metrics == pytest.approx(expected, abs=ROUNDING)


def test_infinite_scores_have_a_rank():
    assert ranks([np.inf, -np.inf], [0.0, np.inf]).tolist() == [1.5, 3.0]


def test_scores_in_single_and_double_precision_compare_by_value():
    one_third = np.float32(1 / 3)
    assert roc_auc(np.array([one_third]), np.array([float(one_third)])) == 0.5
    assert roc_auc(np.array([one_third]), np.array([1 / 3])) == 1.0  # float32 rounds a third up


def test_integers_are_scores_and_inputs_stay_as_they_are():
    positives, negatives = np.array([2, 1]), np.array([3, 0])
    assert roc_auc(positives, negatives) == 0.5
    assert positives.tolist() == [2, 1]
    assert negatives.tolist() == [3, 0]


@pytest.mark.parametrize(
    ("positives", "negatives", "message"),
    [
        ([], [1.0], "no positive scores"),
        ([1.0], [], "no negative scores"),
        ([1.0, math.nan], [1.0], "1 of 2 positive scores are NaN"),
        ([1.0], [[math.nan, math.nan]], "2 of 2 negative scores are NaN"),
        ([True, False], [False], "before any threshold"),
        (["a"], [1.0], "not numbers"),
        ([1.0, 2.0], [[1.0]], r"\(2, n_each\)"),
        ([[1.0]], [1.0], r"\(n_positives,\)"),
        ([1.0], [[[1.0]]], "Negative scores must be of shape"),
        (1.0, [1.0], r"\(n_positives,\)"),
    ],
)
@pytest.mark.parametrize("function", [roc_auc, average_precision, ranks, mean_reciprocal_rank, link_metrics])
def test_unusable_scores_are_refused_in_words(function, positives, negatives, message):
    with pytest.raises(ValueError, match=message):
        function(positives, negatives)


def test_an_unknown_tie_rule_and_a_k_below_one_are_refused():
    with pytest.raises(ValueError, match="ties must be one of average, optimistic, pessimistic; got 'best'"):
        ranks([1.0], [0.0], ties="best")
    with pytest.raises(ValueError, match="K of Hits@K must be 1 or more, got 0"):
        hits_at_k([1.0], [0.0], 0)
