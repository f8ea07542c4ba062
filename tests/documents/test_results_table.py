"""The tables of results in README and in the guide are those that the committed records give."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from loaded_scripts import loaded_script
from varigraph.evaluation.records import RunRecord

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def results() -> ModuleType:
    return loaded_script("results")


def test_the_readme_quotes_the_table_that_the_records_give(results):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = readme.split("<!-- results:begin -->\n")[1].split("<!-- results:end -->")[0]
    assert quoted == results.table(), "paste the output of `scripts/results table` between the two marks"


def test_the_guide_quotes_the_table_of_probabilities_that_the_records_give(results):
    page = (ROOT / "docs" / "guide" / "probabilities.md").read_text(encoding="utf-8")
    quoted = page.split("<!-- calibration:begin -->\n")[1].split("<!-- calibration:end -->")[0]
    assert quoted == results.calibration_table(), "paste the output of `scripts/results calibration`"


def test_every_record_was_made_by_the_command_that_the_script_names(results):
    for name, arguments in results.RUNS.items():
        record = RunRecord.read(ROOT / "records" / f"{name}.json")
        options = dict(zip(arguments[1::2], arguments[2::2], strict=True))
        assert (record.dataset, record.model) == (arguments[0], options["--model"]), name
        assert record.preset == options["--preset"], name
        assert record.split_seeds == list(results.splits_of(name)), name


def test_no_record_is_left_over_from_a_run_that_the_script_no_longer_makes(results):
    assert {path.stem for path in (ROOT / "records").glob("*.json")} == set(results.RUNS)


@pytest.mark.parametrize(
    ("name", "auc", "ap"),
    [
        ("cora-gae-kipf2016", 0.910, 0.920),
        ("citeseer-gae-kipf2016", 0.895, 0.899),
        pytest.param(
            "pubmed-gae-kipf2016",
            0.964,
            0.965,
            marks=pytest.mark.xfail(
                strict=True, reason="ends at 96.34 and 96.45: the model is still learning at epoch 200"
            ),
        ),
        ("cora-vgae-kipf2016", 0.914, 0.926),
        ("citeseer-vgae-kipf2016", 0.908, 0.920),
        ("pubmed-vgae-kipf2016", 0.944, 0.947),
    ],
)
def test_the_interval_of_the_paper_preset_reaches_the_published_figure(name, auc, ap):
    record = json.loads((ROOT / "records" / f"{name}.json").read_text(encoding="utf-8"))
    test = record["metrics"]["test"]
    assert test["auc"]["ci95"][1] >= auc
    assert test["ap"]["ci95"][1] >= ap


@pytest.mark.parametrize("model", ["gae", "vgae"])
@pytest.mark.parametrize("data", ["cora", "citeseer", "pubmed"])
def test_probabilities_are_right_on_average_and_tell_more_than_the_base_rate(data, model):
    record = json.loads((ROOT / "records" / f"{data}-{model}-calibration.json").read_text(encoding="utf-8"))
    figures = record["calibration"]["test"]
    assert all(0.8 <= one <= 1.25 for one in figures["mean_ratio"]["values"])
    assert all(one <= 0.85 for one in figures["log_loss_ratio"]["values"])
    shifted = figures["shift_log_loss_ratio"]["values"]
    assert all(one < other for one, other in zip(figures["log_loss_ratio"]["values"], shifted, strict=True))
    if data == "cora":
        assert all(one <= 0.35 for one in figures["ece_ratio"]["values"])
