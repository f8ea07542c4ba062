"""Evaluations of rows: text, JSON, and their summary over repeats."""

import json
import math
from dataclasses import replace

import pytest

from varigraph.evaluation.row_result import ROW_METRICS, RowEvaluation, summarise_row_evaluations


@pytest.fixture
def evaluation():
    return RowEvaluation(
        model="vae",
        metrics={
            "vae": {"log_likelihood": -90.5, "mse": 0.02, "psnr": math.nan},
            "ppca": {"log_likelihood": -120.0},
            "pca": {"mse": 0.03},
        },
        standard_errors={
            "vae": {"log_likelihood": 0.25, "mse": 0.001},
            "ppca": {"log_likelihood": math.nan},
            "pca": {"mse": 0.002},
        },
        part="test",
        n_rows=10_000,
        n_features=784,
        n_train=50_000,
        n_latent=40,
        n_samples=200,
        notes=("A note.",),
    )


def test_the_model_and_the_baselines_are_told_apart(evaluation):
    assert evaluation.model_metrics["mse"] == 0.02
    assert evaluation.model_standard_errors["mse"] == 0.001
    assert list(evaluation.baseline_metrics) == list(evaluation.baseline_standard_errors) == ["ppca", "pca"]
    assert evaluation.metric_names == ["log_likelihood", "mse", "psnr"]


def test_the_text_has_a_line_a_number(evaluation):
    lines = str(evaluation).splitlines()
    assert lines[:3] == ["log_likelihood", "  vae         -90.5 ± 0.25", "  ppca         -120"]
    assert lines[-1] == evaluation.caption
    assert evaluation.caption == (
        "test part: 10,000 rows of 784 columns; 200 importance samples a row; ± one standard error over "
        "rows; baselines fitted on 50,000 rows."
    )


def test_the_document_is_json_with_null_for_nan(evaluation):
    document = json.loads(json.dumps(evaluation.to_dict(), allow_nan=False))
    assert document["metrics"]["vae"] == {"log_likelihood": -90.5, "mse": 0.02, "psnr": None}
    assert document["notes"] == ["A note."]


def test_repeats_are_summarised_by_predictor_and_metric(evaluation):
    other = replace(
        evaluation, metrics={**evaluation.metrics, "pca": {"mse": 0.05}}, notes=(), n_train=40_000
    )
    summaries = summarise_row_evaluations([evaluation, other])
    assert summaries["pca"]["mse"]["mean"] == pytest.approx(0.04)
    assert summaries["pca"]["mse"]["values"] == [0.03, 0.05]
    assert list(summaries["vae"]) == ["log_likelihood", "mse", "psnr"]


@pytest.mark.parametrize(
    "changes", [{"part": "val"}, {"n_samples": 100}, {"metrics": {"vae": {"mse": 0.02}}}]
)
def test_evaluations_of_different_protocols_are_not_summarised_together(evaluation, changes):
    with pytest.raises(ValueError, match="different protocols"):
        summarise_row_evaluations([evaluation, replace(evaluation, **changes)])


def test_no_evaluations_have_no_summary():
    with pytest.raises(ValueError, match="no evaluations"):
        summarise_row_evaluations([])


def test_every_metric_is_described():
    assert all(f"`{name}`" in (RowEvaluation.__doc__ or "") for name in ROW_METRICS)
