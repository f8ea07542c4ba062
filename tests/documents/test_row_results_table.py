"""README's tables of rows are those that the records give, and the records reach what they are to reach.

A record that has not been made is a dash in the tables, and skips the test of its bar.
"""

import json
from pathlib import Path
from types import ModuleType

import pytest

from loaded_scripts import loaded_script

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "records" / "rows"
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


# The tables


def test_the_readme_quotes_the_tables_that_the_records_give(results):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = readme.split("<!-- row-results:begin -->\n")[1].split("<!-- row-results:end -->")[0]
    assert quoted == results.table(), "paste the output of `scripts/row_results table` between the two marks"


def test_a_figure_without_a_record_is_a_dash(results, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RECORDS", tmp_path)
    assert "| the same with a VampPrior | – |" in results.table()
    (tmp_path / "larochelle-vamp.json").write_text(json.dumps({"test_nll": 87.654}))
    (tmp_path / "elbo-z5.json").write_text(json.dumps({"test_bound": [-200.0, -123.46]}))
    assert "| the same with a VampPrior | 87.65 |" in results.table()
    assert "bound on test rows | – | −123.5 | – | – | – |" in results.table()


def test_every_figure_of_the_tables_comes_from_a_run_that_the_script_makes(results, monkeypatch):
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
    found = record(f"lecture-z{z}")
    assert len(found["train_loss"]) == len(found["test_loss"]) == 20


def test_many_latent_dimensions_cost_little_or_have_not_finished_learning():
    narrow, wide = record("lecture-z20")["test_loss"], record("lecture-z200")["test_loss"]
    if wide[-1] > narrow[-1] + 2:
        # Then the record shows why: over the last five of the 20 epochs the wide one still falls by more.
        assert wide[-6] - wide[-1] > narrow[-6] - narrow[-1]


@pytest.mark.parametrize("z", DIMENSIONS)
def test_the_bound_of_aevb_is_above_that_of_wake_sleep_after_the_same_samples(z):
    aevb, wake_sleep = record(f"elbo-z{z}"), record(f"wake-sleep-z{z}")
    assert aevb["rows_an_epoch"] == wake_sleep["rows_an_epoch"]
    assert len(aevb["test_bound"]) == len(wake_sleep["test_bound"])
    assert aevb["test_bound"][-1] > wake_sleep["test_bound"][-1]


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
