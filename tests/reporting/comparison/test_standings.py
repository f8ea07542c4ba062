"""Paired differences: those of the values on shared splits, with Student's interval."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from small_records import links_record
from varigraph.reporting.comparison.runs import ComparedRun, shared_positions
from varigraph.reporting.comparison.standings import paired_difference


def run(auc, name="run", **changes):
    return ComparedRun(name, Path(name), links_record(auc, **changes))


def test_the_difference_and_its_interval_are_those_of_a_paired_t_test():
    generator = np.random.default_rng(0)
    best, other = (list(generator.normal(mean, 0.02, 8)) for mean in (0.92, 0.90))
    found = paired_difference(run(best, "best"), run(other), "auc", sign=1)
    test = stats.ttest_rel(best, other)
    assert found.to == "best"
    assert found.summary["mean"] == pytest.approx(np.mean(best) - np.mean(other))
    np.testing.assert_allclose(found.summary["ci95"], test.confidence_interval(0.95))


def test_splits_that_are_hard_for_both_do_not_widen_the_interval():
    hard = np.array([0.80, 0.85, 0.90, 0.95])
    found = paired_difference(run(list(hard + 0.01)), run(list(hard)), "auc", sign=1)
    assert found.half_width == pytest.approx(0, abs=1e-12)  # rounding of differences of numbers near 1
    assert found.summary["mean"] == pytest.approx(0.01)


def test_of_a_metric_that_is_better_lower_the_worse_run_lies_behind_too():
    best, other = ([0.01, 0.02], [0.03, 0.05])
    assert paired_difference(run(best), run(other), "auc", sign=-1).summary["mean"] == pytest.approx(0.025)


def test_values_are_paired_by_split_and_not_by_place():
    best = run([0.9, 0.8, 0.7], split_fingerprints=["a", "b", "c"])
    other = run([0.6, 0.8, 0.5], split_fingerprints=["c", "a", "d"])
    assert shared_positions(best, other) == [(0, 1), (2, 0)]
    values = paired_difference(best, other, "auc", sign=1).summary["values"]
    assert values == pytest.approx([0.1, 0.1])


def test_repeats_on_one_fixed_split_are_paired_in_their_order():
    fixed = {"split_fingerprints": ["one"] * 3, "split_seeds": []}
    found = paired_difference(run([0.9, 0.8, 0.7], **fixed), run([0.8, 0.8, 0.5], **fixed), "auc", sign=1)
    assert found.summary["values"] == pytest.approx([0.1, 0, 0.2])
    fewer = {"split_fingerprints": ["one"] * 2, "split_seeds": []}
    assert paired_difference(run([0.9, 0.8, 0.7], **fixed), run([0.8, 0.8], **fewer), "auc", sign=1) is None


@pytest.mark.parametrize(
    "other",
    [
        run(0.8),
        run([0.8, 0.7], split_fingerprints=["x", "y"]),
        run([0.8, 0.7], split_fingerprints=["split 0", "y"]),
        run([0.8, float("nan")]),
    ],
    ids=["single", "other splits", "one shared split", "a value that is none"],
)
def test_without_two_shared_values_there_is_no_difference(other):
    assert paired_difference(run([0.9, 0.8]), other, "auc", sign=1) is None
