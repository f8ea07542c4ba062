"""The tables of results in README and in the guide are those that the committed records give.

The record of a reproduction that has not been made is dashes in the table, and skips the test of its bar.
"""

import json
from pathlib import Path
from types import ModuleType

import pytest

from loaded_scripts import loaded_script
from small_records import reproduction_record
from varigraph.evaluation.records import RunRecord
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.experiments.reproduction.recipe import read_recipe, recipe_names

ROOT = Path(__file__).resolve().parents[2]
REPRODUCTION = ROOT / "records" / "reproduction" / "vgae-table1.json"
RECIPE = "vgae-table1"


@pytest.fixture(scope="module")
def results() -> ModuleType:
    return loaded_script("results")


@pytest.fixture(scope="module")
def reproduction():
    if not REPRODUCTION.exists():
        pytest.skip(f"{REPRODUCTION.name} has not been made: varigraph reproduce {RECIPE}")
    return ReproductionRecord.read(REPRODUCTION)


def test_the_readme_quotes_the_table_that_the_records_give(results, reproduction):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = readme.split("<!-- results:begin -->\n")[1].split("<!-- results:end -->")[0]
    assert quoted == results.table(), "paste the output of `scripts/results table` between the two marks"


def test_figures_of_the_reproduction_stand_below_the_published_ones(results, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RECORDS", tmp_path)
    cells = [
        (
            {"method": "sc", "dataset": "cora"},
            {"auc": [0.84, 0.85, 0.86], "ap": [0.88] * 3},
            {"auc": 84.6, "ap": 88.5},
        ),
        ({"method": "gae*", "dataset": "pubmed"}, {"auc": [0.9], "ap": [0.8]}, {}),
    ]
    record = reproduction_record(cells, units={"auc": "percent", "ap": "percent"})
    record.write(tmp_path / "reproduction" / "vgae-table1.json")
    lines = results.table().splitlines()
    assert lines[:4] == [
        "| AUC / AP | Cora | CiteSeer | PubMed |",
        "| --- | ---: | ---: | ---: |",
        "| SC, published | 84.6 / 88.5 | – / – | – / – |",
        "| SC | 85.0 ± 2.5 / 88.0 ± 0.0 | – / – | – / – |",
    ]
    assert "| GAE* | – / – | – / – | 90.0 / 80.0 |" in lines


def test_every_figure_of_the_table_has_its_record_or_a_dash(results, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RECORDS", tmp_path)
    cells = [cell.strip() for line in results.table().splitlines()[2:] for cell in line.split("|")[2:-1]]
    assert set(cells) == {"– / –"}
    source = ROOT / "records" / "cora-vgae-default.json"
    (tmp_path / source.name).write_bytes(source.read_bytes())
    assert "| VGAE, `--preset default` | 95.5 ± 0.4 / 95.8 ± 0.4 | – / – | – / – |" in results.table()


@pytest.mark.skipif(RECIPE not in recipe_names(), reason=f"there is no recipe {RECIPE}")
def test_the_rows_and_columns_of_the_table_are_those_of_the_recipe(results):
    recipe = read_recipe(RECIPE)
    assert {name: list(values) for name, values in recipe.axes.items()} == {
        "method": list(results.METHODS),
        "dataset": list(results.DATASETS),
    }
    assert list(recipe.metrics) == ["auc", "ap"]


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


def test_every_interval_of_the_reproduction_reaches_the_published_figure_or_a_remark_says_why(reproduction):
    short = {
        (*cell["coordinates"].values(), metric)
        for cell in reproduction.cells
        for metric in reproduction.metrics
        if not cell["reaches"][metric] and not cell["remarks"]
    }
    assert not short
    assert len(reproduction.cells) == 18


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
