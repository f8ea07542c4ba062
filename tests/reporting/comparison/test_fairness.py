"""Notes on fairness: one for each reason, and none without a reason."""

import pytest

from small_records import links_record, row_record
from varigraph.evaluation.row_scale import GREY_VALUES_NOTE

FOUR = [0.9, 0.91, 0.92, 0.93]


def test_repeats_on_the_same_data_and_splits_are_compared_without_a_word(compared):
    assert compared(a=links_record(FOUR), b=links_record(FOUR[::-1])).notes == ()


def test_one_run_is_compared_with_nothing(compared):
    assert compared(a=links_record(0.9)).notes == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"graph_fingerprint": "beef", "dataset": "pubmed"}, "different data: cora (a), pubmed (b)"),
        ({"graph_fingerprint": "beef"}, "different data: cora [c0ffee] (a), cora [beef] (b)"),
        ({"split_protocol": "by time"}, "split in different ways"),
        ({"negatives": "own"}, "other negatives: shared (a), own (b)"),
        ({"ties": "pessimistic"}, "by other rules: average (a), pessimistic (b)"),
        ({"n_threads": 2}, "numbers of threads: 1 (a), 2 (b)"),
        (
            {"split_seeds": [5, 6, 7, 8], "split_fingerprints": ["e", "f", "g", "h"]},
            "not scored on the same splits, and some splits are harder: seeds 0 to 3 (a), seeds 5 to 8 (b)",
        ),
    ],
    ids=["data", "data of one name", "protocol", "negatives", "ties", "threads", "splits"],
)
def test_what_differs_is_told_with_the_runs_and_nothing_else(compared, changes, said):
    (note,) = compared(a=links_record(FOUR), b=links_record([0.8] * 4, **changes)).notes
    assert said in note


def test_fewer_repeats_on_some_of_the_same_splits_are_told_as_that_alone(compared):
    (note,) = compared(a=links_record(FOUR), b=links_record([0.8, 0.81])).notes
    assert "4 repeats (a), 2 repeats (b)" in note


def test_single_runs_are_told_to_show_nothing(compared):
    (note,) = compared(a=links_record(0.9), b=links_record(0.91)).notes
    assert "nothing tells a difference from chance" in note


def test_of_many_runs_a_few_are_named(compared):
    runs = {f"r{number}": links_record([0.9, 0.8 + number / 100]) for number in range(6)}
    runs["other"] = links_record([0.7, 0.7], n_threads=4)
    (note,) = compared(**runs).notes
    assert "1 (r0, r1, r2 and 3 more), 4 (other)" in note


def test_different_likelihoods_and_importance_samples_are_told(compared):
    settings = {"latent_dim": 16, "likelihood": "bernoulli", "objective": "elbo", "n_samples": 500}
    notes = compared(
        a=row_record([-90.0, -91.0]),
        b=row_record([-80.0, -82.0], settings=settings, notes=[GREY_VALUES_NOTE]),
    ).notes
    assert len(notes) == 2
    assert "densities (a), grey values (b)" in notes[0]
    assert "took 100 (a), 500 (b)" in notes[1]
