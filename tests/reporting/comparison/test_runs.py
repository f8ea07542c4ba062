"""Runs from paths: what is read, and a sentence for each thing that is none."""

import json

import pytest

from small_records import links_record, row_record
from varigraph.errors import FileContentError, RunFolderError
from varigraph.reporting.comparison.runs import read_runs


@pytest.fixture
def folder(tmp_path):
    """A finished run, as far as a comparison looks."""
    path = tmp_path / "runs" / "a"
    links_record(0.9).write(path / "record.json")
    (path / "config.json").write_text(json.dumps({"schema_version": 3, "model": "vgae", "fitted": {}}))
    (path / "split.safetensors").touch()
    return path


def test_a_run_is_read_from_its_folder_and_from_its_record_alike(folder):
    (by_folder,), (by_file,) = read_runs([folder]), read_runs([str(folder / "record.json")])
    assert by_folder.record == by_file.record == links_record(0.9)
    assert by_folder.name == by_file.name == "a"


def test_seconds_are_of_one_training_and_unknown_of_a_resumed_one(tmp_path):
    links_record([0.9, 0.8, 0.7]).write(tmp_path / "a.json")
    links_record(timings={"fit_after_resuming": 1.0}).write(tmp_path / "b.json")
    repeated, resumed = read_runs([tmp_path / "a.json", tmp_path / "b.json"])
    assert (repeated.fit_seconds, repeated.n_repeats) == (3.0, 3)
    assert resumed.fit_seconds != resumed.fit_seconds


def unfinished(folder):
    (folder / "config.json").write_text(json.dumps({"schema_version": 3, "model": "vgae"}))
    (folder / "record.json").unlink()


def killed_before_its_record(folder):
    (folder / "record.json").unlink()


def a_saved_model(folder):
    (folder / "record.json").unlink()
    (folder / "split.safetensors").unlink()


def of_another_schema(folder):
    document = links_record(0.9).to_dict() | {"schema_version": 99}
    (folder / "record.json").write_text(json.dumps(document))


def damaged(folder):
    (folder / "record.json").write_text('{"schema_version": 2, "dataset"')


def a_list(folder):
    (folder / "record.json").write_text("[1, 2]")


def without_a_test_part(folder):
    links_record(metrics={"val": {"auc": 0.9}}).write(folder / "record.json")


def without_a_field(folder):
    document = links_record(0.9).to_dict()
    del document["split_protocol"]
    (folder / "record.json").write_text(json.dumps(document))


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (unfinished, RunFolderError, "did not finish; resume it: varigraph fit --resume"),
        (killed_before_its_record, RunFolderError, "did not finish; resume it: varigraph fit --resume"),
        (a_saved_model, RunFolderError, "is a saved model and no run"),
        (of_another_schema, RunFolderError, "schema version 99"),
        (damaged, FileContentError, "cannot be read as JSON"),
        (a_list, FileContentError, "This is no run record"),
        (without_a_test_part, FileContentError, "says nothing of a test part"),
        (without_a_field, FileContentError, "split_protocol is missing"),
    ],
)
def test_a_run_that_cannot_be_compared_is_refused_with_its_path(folder, spoil, error, said):
    spoil(folder)
    with pytest.raises(error, match=said) as caught:
        read_runs([folder])
    assert str(folder) in str(caught.value)


def test_no_path_is_refused():
    with pytest.raises(ValueError, match="no run to compare"):
        read_runs([])


def test_a_path_where_nothing_is_is_refused(tmp_path):
    with pytest.raises(FileContentError, match="There is no run folder and no record"):
        read_runs([tmp_path / "gone"])


def test_a_folder_of_runs_is_refused_with_the_way_to_give_them(folder):
    with pytest.raises(RunFolderError, match=r"It holds runs, such as a: give .*runs/\*"):
        read_runs([folder.parent])


def test_what_evaluate_prints_of_a_run_is_no_record(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"model": "vgae", "metrics": {}}))
    with pytest.raises(FileContentError, match=r"a\.json is no record of a run.*are run folders"):
        read_runs([tmp_path / "a.json"])


def test_the_record_of_a_reproduction_is_pointed_elsewhere(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"schema_version": 1, "recipe": "vgae-table1", "cells": []}))
    with pytest.raises(FileContentError, match="varigraph reproduce shows it"):
        read_runs([tmp_path / "a.json"])


@pytest.mark.parametrize("how", ["the same path", "its record", "a copy"])
def test_the_same_run_twice_is_refused(folder, how):
    links_record(0.9).write(folder.parent / "copy.json")
    twin = {
        "the same path": folder,
        "its record": folder / "record.json",
        "a copy": folder.parent / "copy.json",
    }
    with pytest.raises(FileContentError, match="are the same run; give it once"):
        read_runs([folder, twin[how]])


def test_graphs_and_rows_are_refused_together_with_their_paths(folder, tmp_path):
    row_record().write(tmp_path / "rows.json")
    with pytest.raises(
        FileContentError, match=r"on graphs \(.*runs/a\) and on vectors or images \(.*rows.json"
    ):
        read_runs([folder, tmp_path / "rows.json"])
