"""Records of rows: the habits of run records, on fields of their own."""

import json
import math
from dataclasses import fields, replace

import numpy as np
import pytest

from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.record_fields import (
    ROW_FIELDS_THAT_MAY_BE_NAN,
    ROW_RECORD_FIELDS,
    ROW_SCHEMA_VERSION,
)
from varigraph.evaluation.records import RunRecord
from varigraph.evaluation.repeats import summarise
from varigraph.evaluation.row_record import RowRecord


@pytest.fixture
def record():
    return RowRecord(
        dataset="digits",
        data_fingerprint="c0ffee",
        split_protocol="80/10/10 at random",
        split_seeds=[0],
        split_fingerprints=["aa"],
        model="vae",
        settings={"latent_dim": 8, "hidden_dims": (256,)},
        metrics={"test": {"log_likelihood": -24.5, "psnr": math.nan}},
        standard_errors={"test": {"log_likelihood": np.float64(0.1)}},
        baselines={"test": {"ppca": {"log_likelihood": summarise([-30.0, -31.0])}}},
        baseline_standard_errors={"test": {"ppca": {"log_likelihood": math.nan}}},
        counts={"n_rows": np.int64(1797), "n_features": 64},
        notes=["3 columns are constant."],
    )


def test_a_record_comes_back_from_a_file_as_it_was(record, tmp_path):
    record.write(tmp_path / "record.json")
    again = RowRecord.read(tmp_path / "record.json")
    assert again == record
    assert hash(again) == hash(record)
    assert again != replace(record, preset="aevb")


def test_json_holds_null_for_nan_and_the_record_holds_nan_again(record):
    document = json.loads(record.to_json(), parse_constant=pytest.fail)
    assert document["metrics"]["test"]["psnr"] is None
    again = RowRecord.from_dict(document)
    assert math.isnan(again.metrics["test"]["psnr"])
    assert math.isnan(again.baseline_standard_errors["test"]["ppca"]["log_likelihood"])


def test_every_field_has_a_check_and_is_described(record):
    assert set(ROW_RECORD_FIELDS) == set(record.to_dict())
    assert all(f"{one.name}:" in (RowRecord.__doc__ or "") for one in fields(RowRecord))
    assert set(ROW_FIELDS_THAT_MAY_BE_NAN) < set(ROW_RECORD_FIELDS)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("data_fingerprint", "", "data_fingerprint must be the fingerprint of the rows, got ''"),
        ("metrics", {"mse": 0.1}, "metrics must be for each part, metrics by name"),
        ("standard_errors", {"test": {"mse": "0.1"}}, "standard_errors must be for each part"),
        ("baselines", {"test": {"mse": 0.1}}, "baselines must be for each part and baseline"),
        ("baseline_standard_errors", [], "baseline_standard_errors must be for each part and baseline"),
        ("counts", {"n_rows": 1.5}, "counts must be whole numbers"),
        ("split_seeds", ["0"], "split_seeds must be a list of whole numbers"),
        ("notes", [""], "notes must be a list of sentences"),
    ],
)
def test_a_wrong_field_is_refused_with_a_sentence(record, field, value, sentence):
    with pytest.raises(FileContentError, match=sentence):
        RowRecord.from_dict({**record.to_dict(), field: value})
    with pytest.raises(ValueError, match=sentence):
        replace(record, **{field: value})


def test_a_record_of_a_graph_is_none_of_rows_and_the_other_way_round(record):
    graph = RunRecord(
        dataset="cora",
        graph_fingerprint="c0ffee",
        split_protocol="fixed",
        split_seeds=[],
        split_fingerprints=["aa"],
        model="GAE",
        settings={},
        metrics={},
    )
    with pytest.raises(FileContentError, match="data_fingerprint is missing"):
        RowRecord.from_dict({**graph.to_dict(), "schema_version": ROW_SCHEMA_VERSION})
    with pytest.raises(FileContentError, match="graph_fingerprint is missing"):
        RunRecord.from_json(record.to_json())
    assert graph != record


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_schema_version_is_another_error(record, version):
    with pytest.raises(RunFolderError, match=r"has schema version .*; this version of varigraph reads 1\."):
        RowRecord.from_dict({**record.to_dict(), "schema_version": version})
