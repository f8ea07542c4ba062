"""Run records: whole round trips, and a sentence for each field that is wrong."""

import json
import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.record_fields import RECORD_FIELDS
from varigraph.evaluation.records import SCHEMA_VERSION, RunRecord, library_versions
from varigraph.evaluation.repeats import summarise


@pytest.fixture
def record():
    return RunRecord(
        dataset="cora",
        graph_fingerprint="c0ffee",
        split_protocol="85/5/10 at random",
        split_seeds=[0, 1],
        split_fingerprints=["aa", "bb"],
        model="VGAE",
        preset="kipf2016",
        settings={"latent_dim": 16, "hidden_dims": (32,), "prior": None, "learning_rate": np.float32(0.5)},
        metrics={"test": {"auc": summarise([0.91, 0.92]), "hits@100": math.nan}},
        heuristics={"test": {"katz": {"auc": 0.7, "hits@100": math.nan}}},
        counts={"n_nodes": np.int64(2708)},
        timings={"fit": 3.5},
        n_threads=1,
    )


def wrong(record, **changes):
    return json.dumps({**record.to_dict(), **changes})


def test_a_record_comes_back_from_json_as_it_was(record):
    again = RunRecord.from_json(record.to_json())
    assert again == record
    assert hash(again) == hash(record)
    assert again != replace(record, preset="default")


def test_a_record_comes_back_from_a_file_as_it_was(record, tmp_path):
    record.write(tmp_path / "runs" / "record.json")
    assert RunRecord.read(tmp_path / "runs" / "record.json") == record
    assert [file.name for file in (tmp_path / "runs").iterdir()] == ["record.json"]


def test_json_holds_null_for_nan_and_the_record_holds_nan_again(record):
    document = json.loads(record.to_json(), parse_constant=pytest.fail)
    assert document["metrics"]["test"]["hits@100"] is None
    again = RunRecord.from_json(record.to_json())
    assert math.isnan(again.metrics["test"]["hits@100"])
    assert math.isnan(again.heuristics["test"]["katz"]["hits@100"])
    assert again.settings["prior"] is None


def test_fields_become_plain_python_values(record):
    assert record.settings["hidden_dims"] == [32]
    assert type(record.settings["learning_rate"]) is float
    assert type(record.counts["n_nodes"]) is int


def test_a_record_does_not_change_with_what_it_was_made_of():
    settings = {"latent_dim": 16}
    made = RunRecord(
        dataset="cora",
        graph_fingerprint="c0ffee",
        split_protocol="fixed",
        split_seeds=[],
        split_fingerprints=["aa"],
        model="GAE",
        settings=settings,
        metrics={},
    )
    settings["latent_dim"] = 32
    assert made.settings == {"latent_dim": 16}


def test_every_field_has_a_check(record):
    assert set(RECORD_FIELDS) == set(record.to_dict())


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("dataset", "", "dataset must be a name, got ''"),
        ("created_at", "2026-01-01T00:00:00", "created_at must be a time in UTC"),
        ("created_at", "2026-01-01T00:00:00+02:00", "created_at must be a time in UTC"),
        ("created_at", 5, "created_at must be a time in UTC"),
        ("split_seeds", [1.5], "split_seeds must be a list of whole numbers"),
        ("split_seeds", [True], "split_seeds must be a list of whole numbers"),
        ("split_fingerprints", "abc", "split_fingerprints must be a list"),
        ("settings", [1], "settings must be settings by name"),
        ("negatives", ["shared"], "negatives must be 'shared' or 'own'"),
        ("ties", "best", "ties must be one of average, optimistic, pessimistic"),
        ("metrics", {"auc": 0.9}, "metrics must be for each part, metrics by name"),
        ("metrics", {"test": {"auc": "0.9"}}, "metrics must be"),
        ("metrics", {"test": {"auc": {"mean": 0.9}}}, "metrics must be"),
        ("metrics", {"test": {"auc": {"mean": 1, "sd": 1, "ci95": [1], "values": []}}}, "metrics must be"),
        ("heuristics", {"test": {"auc": 0.9}}, "heuristics must be"),
        ("counts", {"n_nodes": -1}, "counts must be whole numbers"),
        ("timings", {"fit": "3 s"}, "timings must be seconds"),
        ("n_threads", 0, "n_threads must be 1 or more"),
        ("library_versions", {"numpy": 2}, "library_versions must be versions"),
        ("preset", 3, "preset must be a name or null"),
    ],
)
def test_a_wrong_field_is_refused_with_a_sentence(record, field, value, sentence):
    with pytest.raises(FileContentError, match=sentence):
        RunRecord.from_json(wrong(record, **{field: value}))
    with pytest.raises(ValueError, match=sentence):
        replace(record, **{field: value})


def test_all_wrong_fields_are_named_at_once(record):
    with pytest.raises(FileContentError, match=r"model must be a name.*n_threads must be"):
        RunRecord.from_json(wrong(record, model=None, n_threads="two"))


def test_missing_and_unknown_fields_are_named(record):
    document = record.to_dict()
    del document["model"]
    with pytest.raises(FileContentError, match=r"model is missing\. 'colour' is no field of a record\."):
        RunRecord.from_dict({**document, "colour": "red"})


def test_another_schema_version_is_another_error(record):
    with pytest.raises(RunFolderError, match="schema version 99; this version of varigraph reads 1"):
        RunRecord.from_json(wrong(record, schema_version=99))
    assert record.to_dict()["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize("text", ["", "[1]", "{}", "null", '{"schema_version": NaN}', "{"])
def test_text_that_is_no_record_is_refused(text):
    with pytest.raises(FileContentError, match="This is no run record"):
        RunRecord.from_json(text)


def test_errors_of_a_file_name_the_file(record, tmp_path):
    path = tmp_path / "record.json"
    for content in (b"{", b"\xff\xfe", wrong(record, schema_version=9).encode()):
        path.write_bytes(content)
        with pytest.raises((FileContentError, RunFolderError), match=r"record\.json"):
            RunRecord.read(path)
    with pytest.raises(FileContentError, match=r"gone\.json cannot be read"):
        RunRecord.read(tmp_path / "gone.json")


def test_a_setting_that_json_cannot_hold_is_named(record):
    with pytest.raises(ValueError, match=r"settings\.encoder is of type object, which JSON cannot hold"):
        replace(record, settings={"encoder": object()})


def test_library_versions_are_known_without_importing_the_libraries():
    versions = library_versions()
    assert versions["numpy"] == np.__version__
    assert versions["python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    code = (
        "import sys; from varigraph.evaluation import library_versions; assert library_versions()['torch'];"
        "heavy = {'torch', 'sklearn', 'torch_geometric', 'pandas', 'rich'}; "
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
