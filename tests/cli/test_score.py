"""`varigraph score`: probabilities beside the user's own columns."""

import csv
import errno
import functools
import gzip
import io
import json

import pytest

from command_line import run
from varigraph import durable
from varigraph.models import load
from varigraph.tables import read_columns, write_table

# The pairs 0–16 and 15–30 are open, 0–1 is an edge of the karate club.
PAIRS = 'note,source,target,seen\n"a, b",0,16,007\n,15,30,1.50\n"Bo ""B"" [x]",1,0,\n'
NEW = ["logit", "probability", "known_edge"]


@pytest.fixture
def score(finished, tmp_path):
    """The program on a table of pairs that stands in an empty folder."""
    (tmp_path / "pairs.csv").write_text(PAIRS)
    return functools.partial(run, "score", finished, cwd=tmp_path)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_users_columns_stay_letter_by_letter_and_new_ones_follow(score):
    outcome = score("pairs.csv")
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[0] == "note,source,target,seen," + ",".join(NEW)
    for line, own in zip(lines, PAIRS.splitlines(), strict=True):
        assert line.startswith(own + ",")


def test_logits_and_probabilities_are_those_that_the_model_gives(score, finished):
    rows, model = rows_of(score("pairs.csv").out), load(finished)
    links = [(int(row["source"]), int(row["target"])) for row in rows]
    assert [float(row["logit"]) for row in rows] == model.score_links(links).tolist()
    assert [float(row["probability"]) for row in rows] == model.link_probabilities(links).tolist()


def test_a_pair_has_the_same_probability_whichever_end_comes_first(score, tmp_path):
    (tmp_path / "pairs.csv").write_text("source,target\n0,16\n16,0\n")
    first, second = rows_of(score("pairs.csv").out)
    assert first["probability"] == second["probability"]


def test_edges_of_the_users_graph_are_marked_and_told_of(score):
    outcome = score("pairs.csv")
    assert [row["known_edge"] for row in rows_of(outcome.out)] == ["false", "false", "true"]
    assert "Edges that the run was given (known_edge): 1." in outcome.err


def test_without_a_refit_edges_of_validation_and_test_are_known_too(varigraph, tmp_path):
    assert varigraph("fit", "karate", "--max-epochs", 2, "--latent-dim", 4, "--no-refit", "-o", "r").code == 0
    edges = load(tmp_path / "r").known_graph_.edges
    write_table(tmp_path / "edges.csv", {"source": edges[:, 0], "target": edges[:, 1]})
    assert [row["known_edge"] for row in rows_of(varigraph("score", "r", "edges.csv").out)] == ["true"] * 78


def test_the_assumption_is_told_and_a_stated_base_rate_scales_the_probabilities(score):
    low, high = (score("pairs.csv", "--base-rate", rate) for rate in (0.001, 0.002))
    assert "a base rate of 0.001" in low.err
    assert "assume" in score("pairs.csv").err
    for one, other in zip(rows_of(low.out), rows_of(high.out), strict=True):
        assert 2 * float(one["probability"]) == pytest.approx(float(other["probability"]))
        assert one["logit"] == other["logit"]


def test_from_a_threshold_on_pairs_are_marked_as_predicted(score):
    every = rows_of(score("pairs.csv").out)
    bar = sorted(float(row["probability"]) for row in every)[1] - 1e-9
    marked = rows_of(score("pairs.csv", "--threshold", bar).out)
    assert list(marked[0])[-1] == "predicted"
    assert [row["predicted"] for row in marked] == [
        str(float(row["probability"]) >= bar).lower() for row in every
    ]


def test_predict_and_score_draw_the_line_at_the_same_place(score, tmp_path):
    target = ("--target-density", 0.1, "-q")
    assert run("predict", score.args[1], *target, "-o", "links.csv", cwd=tmp_path).code == 0
    every = [(i, j) for i in range(34) for j in range(i + 1, 34)]
    write_table(tmp_path / "all.csv", dict(zip(("source", "target"), zip(*every, strict=True), strict=True)))
    rows = rows_of(score("all.csv", *target).out)
    taken = {
        (int(r["source"]), int(r["target"]))
        for r in rows
        if (r["predicted"], r["known_edge"]) == ("true", "false")
    }
    predicted = read_columns(tmp_path / "links.csv").columns
    assert taken == set(zip(predicted["source"].tolist(), predicted["target"].tolist(), strict=True))


@pytest.mark.parametrize("name", ["s.csv", "s.tsv", "s.csv.gz", "s.parquet", "s.jsonl"])
def test_a_file_of_every_kind_holds_all_columns_in_order(score, tmp_path, name):
    outcome = score("pairs.csv", "-o", tmp_path / "new" / name)
    assert outcome.code == 0, outcome.err
    assert outcome.out == ""
    assert f"Wrote {tmp_path / 'new' / name}: 3 pairs" in outcome.err
    columns = read_columns(tmp_path / "new" / name).columns
    assert list(columns) == ["note", "source", "target", "seen", *NEW]
    expected = [float(row["logit"]) for row in rows_of(score("pairs.csv", "-q").out)]
    assert list(map(float, columns["logit"])) == expected


@pytest.mark.parametrize("name", ["p.tsv", "p.csv.gz", "p.parquet", "p.jsonl"])
def test_pairs_are_read_from_every_kind_of_table(score, tmp_path, name):
    write_table(tmp_path / name, {"source": [0, 15, 1], "target": [16, 30, 0]})
    expected, found = (rows_of(score(file, "-q").out) for file in ("pairs.csv", name))
    assert [[row[one] for one in NEW] for row in found] == [[row[one] for one in NEW] for row in expected]


def test_columns_may_be_named_and_the_header_may_be_missing(score, tmp_path):
    (tmp_path / "named.csv").write_text("who,how,whom\n0,x,16\n")
    (tmp_path / "bare.csv").write_text("0,16,x\n")
    named = rows_of(score("named.csv", "--source-column", "who", "--target-column", "whom").out)
    bare = score("bare.csv", "--no-header").out
    assert bare == f"0,16,x,{named[0]['logit']},{named[0]['probability']},false\n"


@pytest.mark.parametrize("data", [PAIRS.encode(), gzip.compress(PAIRS.encode(), mtime=0)])
def test_standard_input_gives_what_the_file_gives(score, data):
    assert score("-", "--format", "csv", stdin=data).out == score("pairs.csv").out


def test_standard_input_must_be_told_what_it_is(score):
    outcome = score("-")
    assert outcome.code == 2
    assert "--format" in outcome.err


def test_a_fault_in_standard_input_is_told_of_it(score):
    outcome = score("-", "--format", "csv", stdin=b"source,target\n0,16\n0,99\n")
    assert outcome.code == 3
    assert "ine 3 of standard input names 99" in outcome.err


def test_an_id_that_is_no_node_is_refused_with_its_line_and_the_number_of_such_rows(score, tmp_path):
    (tmp_path / "pairs.csv").write_text("source,target\n0,16\n3,99\n98,99\n97,1\n")
    outcome = score("pairs.csv", "-o", "scored.csv")
    assert outcome.code == 3
    assert "Line 3 of pairs.csv names 99, which is no node of karate. So do 2 other rows." in outcome.err
    assert "--allow-unknown" in outcome.err
    assert not (tmp_path / "scored.csv").exists()


def test_on_request_a_row_with_an_unknown_id_stays_and_is_left_blank(score, tmp_path):
    (tmp_path / "pairs.csv").write_text("source,target\n0,16\nnobody,1\n")
    outcome = score("pairs.csv", "--allow-unknown", "--threshold", 0.001)
    assert outcome.out.splitlines()[2] == "nobody,1,,,false,false"
    assert outcome.out.splitlines()[1].endswith(",false,true")
    assert "no pair of two nodes: 1." in outcome.err


def test_a_node_with_itself_is_left_blank_and_told_of(score, tmp_path):
    (tmp_path / "pairs.csv").write_text("source,target\n5,5\n0,16\n")
    outcome = score("pairs.csv")
    assert outcome.out.splitlines()[1] == "5,5,,,false"
    assert "no pair of two nodes: 1." in outcome.err
    assert json.loads(_as_json_line(score, tmp_path))["probability"] is None


def _as_json_line(score, tmp_path):
    assert score("pairs.csv", "-o", "scored.jsonl").code == 0
    return (tmp_path / "scored.jsonl").read_text().splitlines()[0]


WRONG_DATA = [
    ("", "is empty"),
    ("source,target\n", "no rows"),
    ("who,whom\n0,1\n", "names no source and target"),
    ("source,target\n0,\n", "blank in line 2"),
    ("source,target\n0,1,2\n", "ine 2 of pairs.csv has more values"),
    ("source,target,logit\n0,1,2\n", "has a column 'logit' already"),
    ("source,target,Probability\n0,1,2\n", "has a column 'Probability' already"),
]


@pytest.mark.parametrize(("text", "said"), WRONG_DATA)
def test_wrong_pairs_end_with_3_a_sentence_and_no_file(score, tmp_path, text, said):
    (tmp_path / "pairs.csv").write_text(text)
    outcome = score("pairs.csv", "-o", "scored.csv")
    assert outcome.code == 3
    assert outcome.err.startswith("Error: ")
    assert said in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.csv"]


WRONG_USE = [
    (("--base-rate", 0), "--base-rate"),
    (("--threshold", "nan"), "--threshold"),
    (("--target-precision", 1), "--target-precision"),
    (
        ("--threshold", 0.1, "--target-precision", 0.1),
        "--threshold and --target-precision exclude one another",
    ),
    (("--format", "xlsx"), "--format"),
    (("--force",), "--force"),
    (("-o", "scored.xlsx"), ".parquet"),
    (("-o", "pairs.csv"), "pairs.csv exists; --force to replace it."),
]


@pytest.mark.parametrize(("options", "said"), WRONG_USE)
def test_wrong_use_ends_with_2_names_the_option_and_writes_nothing(score, tmp_path, options, said):
    outcome = score("pairs.csv", *options)
    assert outcome.code == 2
    assert said in outcome.err
    assert (tmp_path / "pairs.csv").read_text() == PAIRS
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.csv"]


def test_missing_pairs_and_what_is_no_run_end_with_3(score, varigraph):
    assert "There is no file pears.csv. Did you mean pairs.csv?" in score("pears.csv").err
    outcome = varigraph("score", "nowhere", "pairs.csv")
    assert outcome.code == 3
    assert "nowhere is no run folder" in outcome.err


def test_with_force_a_table_may_be_replaced_by_itself_with_scores(score, tmp_path):
    expected = score("pairs.csv").out
    assert score("pairs.csv", "-o", "pairs.csv", "--force").code == 0
    assert (tmp_path / "pairs.csv").read_text() == expected


def test_a_full_disk_ends_with_1_and_leaves_what_was_there(score, tmp_path, monkeypatch):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(durable, "_fsync", full)
    outcome = score("pairs.csv", "-o", "pairs.csv", "--force")
    assert outcome.code == 1
    assert "No space left on device; make room" in outcome.err
    assert (tmp_path / "pairs.csv").read_text() == PAIRS
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.csv"]


def test_quiet_says_nothing_on_standard_error(score, tmp_path):
    assert score("pairs.csv", "-q").err == ""
    assert score("pairs.csv", "-q", "-o", tmp_path / "scored.csv").err == ""
