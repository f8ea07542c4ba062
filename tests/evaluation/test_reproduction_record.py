"""Records of reproductions: the habits of all records, on fields of their own."""

import json
import math
from dataclasses import fields, replace

import pytest

from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.repeats import summarise
from varigraph.evaluation.reproduction_record import ReproductionRecord


@pytest.fixture
def record():
    return ReproductionRecord(
        recipe="table",
        title="Table 1",
        source="Somebody (1999)",
        about="Numbers.",
        quick=False,
        settings_changed=False,
        report=["table"],
        metrics={"auc": {"title": "AUC", "unit": "percent", "tolerance": 3.0, "decimals": 1}},
        axes={"method": {"gae": "GAE"}},
        cells=[
            {
                "coordinates": {"method": "gae"},
                "seeds": [0],
                "metrics": {"auc": summarise([0.9])},
                "curves": {"loss": [[1.0, math.nan]]},
                "facts": {"n_epochs": 200, "hidden_dims": (32, 16), "stopped": None},
                "facts_by_seed": {"learning_rate": [0.01]},
                "trials": ["gae.seed0"],
                "published": {"auc": 91.0},
                "verdicts": {"auc": "cannot tell"},
                "reaches": {},
                "remarks": [],
            }
        ],
        published_as={"of": "one split", "decimals": 1},
        claims=[
            {
                "text": "It is so.",
                "metric": "auc",
                "verdict": "cannot tell",
                "cells": [{"coordinates": {}, "difference": summarise([0.1]), "verdict": "cannot tell"}],
            }
        ],
        timings={"wall": 1.0, "trials": 1.0, "cpu": 0.5},
        n_jobs=1,
        n_threads=1,
        library_versions={"torch": "2.13.0"},
        created_at="2026-01-31T12:00:00+00:00",
    )


def test_a_record_comes_back_from_a_file_as_it_was(record, tmp_path):
    record.write(tmp_path / "record.json")
    again = ReproductionRecord.read(tmp_path / "record.json")
    assert again == record
    assert hash(again) == hash(record)
    assert again != replace(record, n_jobs=2)


def test_json_holds_null_for_nan_and_the_record_holds_nan_again(record):
    document = json.loads(record.to_json(), parse_constant=pytest.fail)
    assert document["cells"][0]["metrics"]["auc"]["ci95"] == [None, None]
    again = ReproductionRecord.from_dict(document)
    assert math.isnan(again.cells[0]["metrics"]["auc"]["ci95"][1])
    assert math.isnan(again.cells[0]["curves"]["loss"][0][1])
    assert math.isnan(again.claims[0]["cells"][0]["difference"]["sd"])
    assert again.cells[0]["facts"]["stopped"] is None  # a fact may be nothing; it is no number


def test_the_record_holds_copies(record):
    cell = record.cells[0]
    other = replace(record)
    other.cells[0]["metrics"].clear()
    assert cell["metrics"]


def test_every_field_has_a_check_and_is_described(record):
    assert set(ReproductionRecord.field_checks) == set(record.to_dict())
    assert all(f"{one.name}:" in (ReproductionRecord.__doc__ or "") for one in fields(ReproductionRecord))


def changed(record, field, key, value):
    """The document with one key of the first cell, claim or metric changed."""
    document = json.loads(record.to_json())
    part = document[field]
    (part[0] if isinstance(part, list) else part["auc"] if field == "metrics" else part)[key] = value
    return document


@pytest.mark.parametrize(
    ("field", "key", "value"),
    [
        ("cells", "verdicts", {"auc": "perhaps"}),
        ("cells", "metrics", {"auc": 0.9}),
        ("cells", "metrics", {"auc": {"mean": 0.9, "sd": 0.1, "ci95": [0.9], "values": [0.9]}}),
        ("cells", "curves", {"loss": [1.0]}),
        ("cells", "reaches", {"auc": 1}),
        ("cells", "seeds", ["0"]),
        ("cells", "coordinates", {"method": 1}),
        ("cells", "unknown", 1),
        ("claims", "verdict", "true"),
        ("claims", "cells", [{}]),
        ("metrics", "unit", None),
        ("metrics", "decimals", -1),
        ("published_as", "of", "one run"),
        ("library_versions", "torch", 2.13),
    ],
)
def test_a_wrong_part_is_refused_by_the_name_of_its_field(record, field, key, value):
    with pytest.raises(FileContentError, match=f"{field} must be"):
        ReproductionRecord.from_dict(changed(record, field, key, value))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipe", ""),
        ("quick", 1),
        ("n_jobs", -1),
        ("created_at", "yesterday"),
        ("cells", {}),
        ("report", "table"),
    ],
)
def test_a_wrong_field_is_refused_with_a_sentence(record, field, value):
    with pytest.raises(ValueError, match=f"{field} must be"):
        replace(record, **{field: value})


@pytest.mark.parametrize(
    ("field", "key", "value", "sentence"),
    [
        ("cells", "coordinates", {"method": "vgae"}, "at no value of each axis"),
        ("cells", "coordinates", {}, "at no value of each axis"),
        ("cells", "metrics", {}, "has other metrics than auc"),
        ("cells", "published", {}, "a verdict on what is not published"),
        ("cells", "reaches", {"ap": True}, "compared by something that is no metric"),
        ("claims", "metric", "ap", "claims.0. is about no metric"),
    ],
)
def test_parts_that_do_not_hang_together_are_refused(record, field, key, value, sentence):
    with pytest.raises(FileContentError, match=sentence):
        ReproductionRecord.from_dict(changed(record, field, key, value))


def test_a_claim_about_values_that_are_none_is_refused(record):
    document = json.loads(record.to_json())
    document["claims"][0]["cells"][0]["coordinates"] = {"dataset": "cora"}
    with pytest.raises(FileContentError, match="names no value of an axis"):
        ReproductionRecord.from_dict(document)


def test_a_record_of_a_later_schema_is_refused_by_its_number(record):
    with pytest.raises(RunFolderError, match="schema version 2"):
        ReproductionRecord.from_dict(record.to_dict() | {"schema_version": 2})
