"""README's tables of rows are those that the records give, and the records reach what they are to reach.

A record that has not been made is a dash in the tables, and skips the test of its bar.
"""

import json
from pathlib import Path
from types import ModuleType

import pytest

from loaded_scripts import loaded_script
from small_records import reproduction_record
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.experiments.reproduction.recipe import read_recipe

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "records" / "rows"
REPRODUCTIONS = ROOT / "records" / "reproduction"
REPRODUCED = ("vae-figure2", "lecture-curves")
MOST_SECONDS = 30 * 60  # of training, on two cores
DIMENSIONS = (3, 5, 10, 20, 200)


@pytest.fixture(scope="module")
def results() -> ModuleType:
    return loaded_script("row_results")


def record(name):
    path = RECORDS / f"{name}.json"
    if not path.exists():
        pytest.skip(f"records/rows/{name}.json has not been made: scripts/row_results run {name}")
    return json.loads(path.read_text(encoding="utf-8"))


def reproduction(name):
    path = REPRODUCTIONS / f"{name}.json"
    if not path.exists():
        pytest.skip(f"records/reproduction/{path.name} has not been made: varigraph reproduce {name}")
    return ReproductionRecord.read(path)


def curves_of(name, **coordinates):
    """The curves of a cell: by name one a seed."""
    (cell,) = [one for one in reproduction(name).cells if one["coordinates"] == coordinates]
    return cell["curves"]


# The tables


def test_the_readme_quotes_the_tables_that_the_records_give(results):
    for name in REPRODUCED:
        reproduction(name)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = readme.split("<!-- row-results:begin -->\n")[1].split("<!-- row-results:end -->")[0]
    assert quoted == results.table(), "paste the output of `scripts/row_results table` between the two marks"


def test_a_figure_without_a_record_is_a_dash(results, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RECORDS", tmp_path)
    assert "| the same with a VampPrior | – |" in results.table()
    (tmp_path / "larochelle-vamp.json").write_text(json.dumps({"test_nll": 87.654}))
    assert "| the same with a VampPrior | 87.65 |" in results.table()


def test_curves_come_from_the_reproductions_and_are_dashes_without_them(results, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "REPRODUCTIONS", tmp_path)
    assert "test rows | – | – | – | – | – |" in results.table()
    bounds = [
        ({"panel": "mnist-5", "method": "aevb"}, {"test_bound": [-123.46]}, {}),
        ({"panel": "frey-20", "method": "wake_sleep"}, {"test_bound": [1400.0, 1300.04]}, {}),
    ]
    reproduction_record(bounds, units={"test_bound": "nats"}).write(tmp_path / "vae-figure2.json")
    losses = [({"z": "200"}, {"train_loss": [110.9], "test_loss": [110.1]}, {})]
    units = {"train_loss": "nats", "test_loss": "nats"}
    reproduction_record(losses, units=units).write(tmp_path / "lecture-curves.json")
    made = results.table()
    assert "bound on test rows | – | −123.5 | – | – | – |" in made
    assert "trained by wake-sleep | – | – | – | 1400.0, 1300.0 |" in made
    assert "train / test | – / – | – / – | – / – | – / – | 110.9 / 110.1 |" in made


def test_the_curves_that_the_tables_ask_for_are_those_of_the_recipes(results):
    figure, lecture = map(read_recipe, REPRODUCED)
    asked = [f"mnist-{z}" for z in results.DIMENSIONS] + [f"frey-{z}" for z in results.FREY_DIMENSIONS]
    assert list(figure.axes["panel"]) == asked
    assert list(figure.axes["method"]) == ["aevb", "wake_sleep"]
    assert list(lecture.axes["z"]) == [str(z) for z in results.DIMENSIONS]
    assert "test_bound" in figure.metrics
    assert {"train_loss", "test_loss"} <= lecture.metrics.keys()


def test_every_other_figure_of_the_tables_comes_from_a_run_that_the_script_makes(results, monkeypatch):
    asked = set()
    monkeypatch.setattr(results, "_figure", lambda name, *place, **how: asked.add(name) or "0.0")
    results.table()
    assert asked == set(results.RUNS)


def test_every_record_is_of_a_run_that_the_script_makes(results):
    for path in RECORDS.glob("*.json"):
        make, _ = results.RUNS[path.stem]
        found = record(path.stem)
        assert (found["name"], found["what"]) == (path.stem, make.__doc__)


# The bars


def test_the_test_loss_of_pytorchs_example_is_that_of_the_public_logs():
    assert record("pytorch-example")["test_loss"][-1] <= 106.0


@pytest.mark.parametrize("z", DIMENSIONS)
def test_the_lectures_network_has_a_figure_for_each_of_its_epochs_on_train_and_test(z):
    curves = curves_of("lecture-curves", z=str(z))
    assert [len(one) for name in ("train_loss", "test_loss") for one in curves[name]] == [20, 20]


def test_many_latent_dimensions_cost_little_or_have_not_finished_learning():
    (narrow,), (wide,) = (curves_of("lecture-curves", z=z)["test_loss"] for z in ("20", "200"))
    if wide[-1] > narrow[-1] + 2:
        # Then the record shows why: over the last five of the 20 epochs the wide one still falls by more.
        assert wide[-6] - wide[-1] > narrow[-6] - narrow[-1]


@pytest.mark.parametrize("z", DIMENSIONS)
def test_the_bound_of_aevb_is_above_that_of_wake_sleep_after_the_same_samples(z):
    aevb, wake_sleep = (
        curves_of("vae-figure2", panel=f"mnist-{z}", method=method) for method in ("aevb", "wake_sleep")
    )
    assert aevb["samples"] == wake_sleep["samples"]
    for ours, theirs in zip(aevb["test_bound"], wake_sleep["test_bound"], strict=True):
        assert ours[-1] > theirs[-1]


def test_the_preset_for_binary_digits_reaches_the_published_likelihood_in_half_an_hour():
    found = record("larochelle-vamp")
    assert found["test_nll"] <= 90.5
    assert found["fit_seconds"] <= MOST_SECONDS
    assert found["n_threads"] <= 2


@pytest.mark.xfail(strict=True, reason="92.1 after 120 epochs; the published 89.78 took 500")
def test_so_does_the_same_network_under_a_standard_normal_prior():
    assert record("larochelle-standard-normal")["test_nll"] <= 90.5


def test_the_vamp_prior_explains_binary_digits_better_than_the_standard_normal():
    assert record("larochelle-vamp")["test_nll"] < record("larochelle-standard-normal")["test_nll"]


@pytest.mark.parametrize(("trained_on", "least"), [("all-but-one", 0.75), ("one", 0.93)])
def test_a_digit_is_told_from_the_others(trained_on, least):
    found = record(f"anomaly-{trained_on}")
    assert set(found["auc"]) == set("0123456789")
    assert found["mean_auc"] == pytest.approx(sum(found["auc"].values()) / 10)
    assert found["mean_auc"] >= least


def test_the_denoising_autoencoder_takes_noise_out_and_the_plain_one_less():
    psnr = record("denoising")["psnr"]
    assert psnr["denoising_ae"] > max(psnr["ae"], psnr["input"])
