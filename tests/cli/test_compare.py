"""`varigraph compare`: tables, documents and pictures of finished runs, and what cannot be compared."""

import csv
import json
import shutil

import pytest

from command_line import run
from small_records import links_record, row_record

pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")


@pytest.fixture
def records(tmp_path):
    """Three records of graphs beside each other: a is better than b, and c is on other data."""
    links_record([0.90, 0.92, 0.94]).write(tmp_path / "a.json")
    links_record([0.89, 0.90, 0.91], settings={"latent_dim": 8}).write(tmp_path / "b.json")
    links_record([0.7, 0.7, 0.7], dataset="x", graph_fingerprint="b").write(tmp_path / "c.json")
    return tmp_path


def test_the_table_goes_to_standard_output_and_the_notes_beside_it(varigraph, records):
    outcome = varigraph("compare", "a.json", "b.json", "c.json")
    assert outcome.code == 0, outcome.err
    assert "92.0 ± 5.0" in outcome.out
    assert "2.00 ± 2.48" in outcome.out
    assert outcome.err.startswith("Note: The runs are on different data: cora (a, b), x (c).")
    assert varigraph("compare", "a.json", "b.json", "c.json", "-q").err == ""


def test_a_narrow_terminal_has_two_tables_in_place_of_one(varigraph, records):
    narrow, wide = (run("compare", "a.json", "b.json", cwd=records, width=width) for width in (60, 160))
    assert "settings that differ" in narrow.out
    assert "settings that differ" not in wide.out
    assert all(len(line.rstrip()) <= 60 for line in narrow.out.splitlines())
    assert "latent_dim" in wide.out


def test_a_real_run_is_compared_with_itself_in_other_words(varigraph, finished, tmp_path):
    shutil.copytree(finished, tmp_path / "one")
    shutil.copytree(finished, tmp_path / "two")
    record = json.loads((tmp_path / "two" / "record.json").read_text())
    record["metrics"]["test"]["auc"] = 0.0
    (tmp_path / "two" / "record.json").write_text(json.dumps(record))
    outcome = varigraph("compare", "two", "one", "--json")
    document = json.loads(outcome.out)
    assert [run["name"] for run in document["runs"]] == ["one", "two"]
    assert document["runs"][0]["n_epochs"] == 3
    assert [run["metrics"]["auc"]["is_best"] for run in document["runs"]] == [True, False]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.jsonl", "t.parquet", "t.md", "t.json"])
def test_a_document_is_written_to_a_file(varigraph, records, name):
    outcome = varigraph("compare", "a.json", "b.json", "-o", name)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", f"Wrote {name}\n")
    assert (records / name).stat().st_size


def test_a_table_file_holds_fractions(varigraph, records):
    varigraph("compare", "b.json", "a.json", "-o", "t.csv")
    with (records / "t.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["run"], first["latent_dim"], first["auc behind"]) == ("a", "16", "")
    assert float(first["auc"]) == pytest.approx(0.92)
    assert float(second["auc behind"]) == pytest.approx(0.02)


@pytest.mark.parametrize("name", ["p.png", "p.svg", "p.pdf"])
def test_a_picture_is_drawn(varigraph, records, name):
    outcome = varigraph("compare", "a.json", "b.json", "-o", name)
    assert (outcome.code, outcome.err) == (0, f"Wrote {name}\n")
    assert (records / name).stat().st_size


@pytest.mark.parametrize("which", ["finished", "measured"])
def test_curves_of_run_folders_are_drawn(varigraph, tmp_path, request, which):
    outcome = varigraph("compare", request.getfixturevalue(which), "--curves", "-o", "p.svg")
    assert outcome.code == 0, outcome.err
    assert "validation" in (tmp_path / "p.svg").read_text()


def test_metrics_are_chosen_and_sort(varigraph, tmp_path):
    row_record(-90.0, mse=0.03).write(tmp_path / "a.json")
    row_record(-91.0, mse=0.02).write(tmp_path / "b.json")
    outcome = varigraph("compare", "a.json", "b.json", "--metric", "mse", "--json")
    runs = json.loads(outcome.out)["runs"]
    assert [(run["name"], list(run["metrics"])) for run in runs] == [("b", ["mse"]), ("a", ["mse"])]
    sorted_otherwise = varigraph("compare", "a.json", "b.json", "--sort", "log_likelihood", "--json")
    assert [run["name"] for run in json.loads(sorted_otherwise.out)["runs"]] == ["a", "b"]


WRONG_USE = [
    ((), "RUN"),
    (("a.json", "--metric", "f1"), "No run has a metric 'f1'; there are auc"),
    (("a.json", "--sort", "f1"), "No run has a metric 'f1'; there are auc"),
    (("a.json", "-o", "p.txt"), ".png"),
    (("a.json", "--curves"), "it is for a picture"),
    (("a.json", "--curves", "-o", "t.csv"), "it is for a picture"),
    (("a.json", "--json", "-o", "t.json"), "-o FILE.json alone"),
    (("a.json", "--force"), "--force"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG_USE)
def test_wrong_use_ends_with_2_and_writes_nothing(varigraph, tmp_path, arguments, said):
    links_record(0.9).write(tmp_path / "a.json")
    outcome = varigraph("compare", *arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.json", "gone"), "gone"),
        (("a.json", "a.json"), "are the same run; give it once"),
        (("a.json", "rows.json"), "have no measure in common"),
        (("broken.json",), "broken.json"),
        (("new.json",), "schema version 99"),
        (("folder",), "is no run folder"),
        (("a.json", "--curves", "-o", "p.png"), "give run folders"),
    ],
)
def test_bad_data_end_with_3_and_a_sentence(varigraph, tmp_path, arguments, said):
    links_record(0.9).write(tmp_path / "a.json")
    row_record().write(tmp_path / "rows.json")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "new.json").write_text(json.dumps(links_record(0.9).to_dict() | {"schema_version": 99}))
    (tmp_path / "folder").mkdir()
    outcome = varigraph("compare", *arguments)
    assert (outcome.code, outcome.out) == (3, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_an_unfinished_run_is_told_how_to_go_on(varigraph, finished, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "run" / "record.json").unlink()
    outcome = varigraph("compare", "run")
    assert outcome.code == 3
    assert "varigraph fit --resume run" in outcome.err
