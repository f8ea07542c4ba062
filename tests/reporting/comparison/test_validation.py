"""Validation by epoch: losses of the same thing in one panel, and of nothing else."""

import json

import pytest

from small_records import links_record, row_record
from varigraph.errors import FileContentError, RunFolderError
from varigraph.reporting.comparison.runs import read_runs
from varigraph.reporting.comparison.validation import validation_curves

VAE = {"latent_dim": 16, "likelihood": "gaussian", "objective": "elbo"}
BETA = {"name": "elbo", "weight_prior_std": None, "n_samples": 1, "beta": 4.0, "warmup_epochs": 0}


@pytest.fixture
def folder_of(tmp_path):
    """Makes a run folder of a record and a history."""

    def make(name, record, history):
        folder = tmp_path / name
        record.write(folder / "record.json")
        (folder / "config.json").write_text(json.dumps({"schema_version": 3, "model": "m", "fitted": {}}))
        (folder / "metrics.jsonl").write_text("".join(json.dumps(one) + "\n" for one in history))
        return folder

    return make


def links(epochs=2, **changes):
    return links_record(0.9, counts={"n_epochs": epochs, "best_epoch": 1}, **changes)


LINKS_HISTORY = [{"epoch": 1, "val_auc": 0.6, "val_ap": 0.7}, {"epoch": 2, "val_auc": 0.8}]


def test_links_have_a_panel_of_auc_and_one_of_ap_with_the_epochs_that_are_known(folder_of):
    folder_of("a", links(), LINKS_HISTORY)
    paths = [folder_of("a", links(), LINKS_HISTORY), folder_of("b", links(model="gae"), LINKS_HISTORY)]
    auc, ap = validation_curves(read_runs(paths))
    assert (auc.title, ap.title) == ("validation AUC", "validation AP")
    assert [curve.name for curve in auc.curves] == ["a", "b"]
    assert (auc.curves[0].epochs.tolist(), auc.curves[0].values.tolist()) == ([1, 2], [0.6, 0.8])
    assert ap.curves[0].epochs.tolist() == [1]
    assert auc.curves[0].kept_epoch == 1


def test_a_run_is_found_from_its_record_too(folder_of):
    folder = folder_of("a", links(), LINKS_HISTORY)
    (auc, _) = validation_curves(read_runs([folder / "record.json"]))
    assert auc.curves[0].values.tolist() == [0.6, 0.8]


def test_losses_of_different_objectives_likelihoods_and_data_have_panels_of_their_own(folder_of):
    counts = {"n_epochs": 1, "best_epoch": 1}
    records = {
        "a": row_record(settings=VAE, counts=counts),
        "b": row_record(-91.0, settings=VAE | {"latent_dim": 2}, counts=counts),
        "c": row_record(settings=VAE | {"objective": BETA}, counts=counts),
        "d": row_record(settings=VAE | {"likelihood": "bernoulli"}, counts=counts),
        "e": row_record(settings=VAE, counts=counts, dataset="other", data_fingerprint="beef"),
    }
    paths = [folder_of(name, one, [{"epoch": 1, "val_loss": 5.0}]) for name, one in records.items()]
    panels = validation_curves(read_runs(paths))
    assert [[curve.name for curve in panel.curves] for panel in panels] == [["a", "b"], ["c"], ["d"], ["e"]]
    assert panels[1].title == "validation loss, nats per row (elbo beta 4.0; densities on digits)"


def test_a_record_without_its_folder_has_no_curves(tmp_path):
    links_record([0.9, 0.8]).write(tmp_path / "a.json")
    with pytest.raises(FileContentError, match=r"a\.json is a record without curves by epoch"):
        validation_curves(read_runs([tmp_path / "a.json"]))


def test_without_a_validation_part_there_is_no_curve(folder_of):
    folder = folder_of("a", links(1), [{"epoch": 1, "loss": 1.0}])
    with pytest.raises(FileContentError, match="None of the runs has a validation part"):
        validation_curves(read_runs([folder]))


@pytest.mark.parametrize(
    "text",
    ['{"epoch": 1}\n', '{"epoch": 1}\n{"epoch": "two"}\n', "{}\n{}\n", "no json\n\n", None],
    ids=["too short", "no number", "no epoch", "no JSON", "no file"],
)
def test_a_damaged_history_is_refused_with_its_path(folder_of, text):
    folder = folder_of("a", links(), LINKS_HISTORY)
    (folder / "metrics.jsonl").unlink()
    if text is not None:
        (folder / "metrics.jsonl").write_text(text)
    with pytest.raises(RunFolderError, match=r"metrics\.jsonl holds no curves"):
        validation_curves(read_runs([folder]))
