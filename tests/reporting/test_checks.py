"""Sentences on calibration and on the best links, from records of one run and of several."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.evaluation.records import RunRecord
from varigraph.evaluation.repeats import summarise
from varigraph.reporting.checks import checks_lines

CALIBRATION = {"mean_ratio": 1.0183, "ece_ratio": 0.146, "brier": 1e-4, "log_loss_ratio": 0.7435}
TOP_LINKS = {"vgae": {"precision@100": 0.13}, "adamic_adar": {"precision@100": 0.17}}


def record(calibration=CALIBRATION, top_links=TOP_LINKS, part="test"):
    return RunRecord(
        dataset="cora",
        graph_fingerprint="f",
        split_protocol="85/5/10",
        split_seeds=[0],
        split_fingerprints=["s"],
        model="vgae",
        settings={},
        metrics={"test": {"auc": 0.9}},
        calibration={part: calibration},
        top_links={part: top_links},
    )


def test_one_run_says_how_right_its_probabilities_and_its_best_links_are():
    assert checks_lines(record()) == [
        "Probabilities on the test part: mean 1.02 × the share of links, calibration",
        "  error (ECE) 0.15 × that share, log loss 26 % below a constant base rate's.",
        "Test edges among the 100 likeliest pairs: 13; among those of Adamic-Adar: 17.",
    ]


def test_a_log_loss_worse_than_a_constants_is_above_it():
    assert checks_lines(record({"log_loss_ratio": 1.031}, {})) == [
        "Probabilities on the test part: log loss 3 % above a constant base rate's."
    ]


def test_of_repeats_the_means_are_told_with_their_number():
    several = {name: summarise([one - 0.01, one, one + 0.04]) for name, one in CALIBRATION.items()}
    top = {"vgae": {"precision@100": summarise([0.10, 0.11, 0.15])}}
    lines = checks_lines(record(several, top))
    assert lines[0] == "Means over 3 runs:"
    assert "mean 1.03 × the share" in lines[1]
    assert lines[-1] == "Test edges among the 100 likeliest pairs: 12.0."


def test_a_name_with_a_hyphen_is_not_broken_at_it():
    top = {name: {"precision@100000": 0.124} for name in TOP_LINKS}
    assert checks_lines(record({}, top)) == [
        "Test edges among the 100,000 likeliest pairs: 12,400; among those of",
        "  Adamic-Adar: 12,400.",
    ]


def test_a_record_without_checks_or_without_values_says_nothing():
    assert checks_lines(record({}, {})) == []
    assert checks_lines(record(part="val")) == []
    assert (
        checks_lines(record(dict.fromkeys(CALIBRATION, math.nan), {"vgae": {"precision@100": math.nan}}))
        == []
    )


def test_what_has_no_value_is_left_out_of_the_sentence():
    lines = checks_lines(
        record(
            CALIBRATION | {"ece_ratio": math.nan}, TOP_LINKS | {"adamic_adar": {"precision@100": math.nan}}
        )
    )
    assert "ECE" not in "".join(lines)
    assert lines[-1] == "Test edges among the 100 likeliest pairs: 13."
    assert checks_lines(record({}, TOP_LINKS | {"adamic_adar": {"precision@10": 0.5}})) == lines[-1:]


@pytest.mark.parametrize("k", ["precision@", "precision@many", "recall@100", "precision@-1"])
def test_other_figures_of_the_best_links_are_passed_over(k):
    assert checks_lines(record({}, {"vgae": {k: 0.5}})) == []


@given(
    figures=st.dictionaries(st.sampled_from(sorted(CALIBRATION)), st.none() | st.floats(0, 1e6)),
    name=st.text("abc defgh", min_size=1, max_size=60),
)
def test_no_line_is_wider_than_80_columns(figures, name):
    top = TOP_LINKS | {name: {"precision@100": 0.5}}
    assert all(len(line) <= 80 for line in checks_lines(record(figures, top)))
