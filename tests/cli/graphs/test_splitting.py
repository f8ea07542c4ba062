"""Splits of the user's own: by time, and with given test edges."""

import json

import pytest

from command_line import FRIENDS, run


@pytest.fixture
def varigraph(tmp_path):
    rows = [f"{a},{b},2024-{1 + at // 8:02d}-01\n" for at, (a, b) in enumerate(FRIENDS)]
    (tmp_path / "calls.csv").write_text("source,target,day\n" + "".join(rows))
    return lambda *arguments: run(*arguments, cwd=tmp_path)


SHORT = ("--max-epochs", 2, "--latent-dim", 2)


def test_by_time_the_last_edges_are_tested_and_the_record_says_until_when(varigraph, tmp_path):
    outcome = varigraph("fit", "calls.csv", "--split-by", "day", *SHORT, "-o", "run")
    assert outcome.code == 0, outcome.err
    assert "in order of day: trained on the 64 edges up to 2024-08-01" in outcome.err
    record = json.loads((tmp_path / "run" / "record.json").read_text())
    assert "tested on the last 8" in record["split_protocol"]


def test_given_test_edges_are_the_test_part_also_when_the_graph_lacks_them(varigraph, tmp_path):
    (tmp_path / "later.csv").write_text("source,target\nBo [0],Bo [1]\nBo [0],Bo [20]\nBo [3],Bo [22]\n")
    outcome = varigraph("fit", "calls.csv", "--test-edges", "later.csv", *SHORT, "-o", "run")
    assert outcome.code == 0, outcome.err
    assert "tested on the 3 edges of later.csv" in outcome.err
    predicted = varigraph("predict", "run", "--threshold", "1e-9", "-q").out
    assert "Bo [0],Bo [20]," not in predicted
    record = json.loads((tmp_path / "run" / "record.json").read_text())
    assert record["counts"]["n_edges"] == 82


def test_evaluate_splits_by_time_too(varigraph):
    outcome = varigraph("evaluate", "calls.csv", "--split-by", "day", *SHORT, "--json", "-q")
    assert "in order of day" in json.loads(outcome.out)["split_protocol"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--split-by", "day", "--test-edges", "calls.csv"), 2, "exclude one another"),
        (("--split-by", "dya"), 3, "Did you mean 'day'?"),
        (("--test-edges", "absent.csv"), 3, "absent.csv"),
    ],
)
def test_what_cannot_be_split_so_is_refused(varigraph, tmp_path, options, code, words):
    outcome = varigraph("fit", "calls.csv", *options, "-o", "run")
    assert outcome.code == code
    assert words in " ".join(outcome.err.replace("│", " ").split())
    assert not (tmp_path / "run").exists()


def test_a_data_set_has_no_column_to_split_by(varigraph):
    outcome = varigraph("fit", "karate", "--split-by", "day")
    assert outcome.code == 2
    assert "no edge table" in outcome.err
