"""`varigraph fit --tensorboard`: what the run's log holds, and how it goes on when the run is resumed."""

import json
import signal
import sys

import numpy as np
import pytest

from command_line import run, write_measurements
from tensorboard_logs import expected_scalars, log_of, projected, scalars, table_of_runs
from varigraph.cli.training_progress import TrainingProgress

KARATE = ("fit", "karate", "--max-epochs", 6, "--latent-dim", 4)
THINGS = ("fit", "things.csv", "--model", "vae", "--max-epochs", 4, "--latent-dim", 2, "--hidden-dims", "8")


def history(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def of_epochs(folder):
    return {tag: values for tag, values in scalars(folder).items() if not tag.startswith(("test/", "final/"))}


def interrupt_after(epoch, monkeypatch):
    """Presses Ctrl-C in that epoch of the next training."""
    shown = TrainingProgress.on_epoch

    def on_epoch(self, report, state):
        shown(self, report, state)
        if report.epoch == epoch:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(TrainingProgress, "on_epoch", on_epoch)


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """The folder of a finished and logged run on the karate club, not to be changed."""
    folder = tmp_path_factory.mktemp("logged")
    outcome = run(*KARATE, "--tensorboard", "-o", "run", cwd=folder)
    assert outcome.code == 0, outcome.err
    assert "epoch 6/6" in outcome.err  # progress is told as without
    return folder / "run"


def test_both_trainings_of_a_run_are_in_its_folder_epoch_by_epoch(logged):
    assert sorted(path.name for path in (logged / "tensorboard").iterdir()) == ["fit", "refit"]
    assert of_epochs(logged / "tensorboard" / "fit") == expected_scalars(history(logged / "metrics.jsonl"))
    refit = expected_scalars(history(logged / "refit.jsonl"), phase="refit")
    assert of_epochs(logged / "tensorboard" / "refit") == refit
    for training in ("fit", "refit"):
        assert len(projected(logged / "tensorboard" / training)[0]) == 34


def test_the_row_of_a_run_has_its_settings_and_the_test_metrics_of_its_record(logged):
    record = json.loads((logged / "record.json").read_text())
    _, rows = table_of_runs(logged.parent)
    ((name, (settings, metrics)),) = rows.items()
    assert name == "run/tensorboard/fit"
    assert (settings["model"], settings["dataset"], settings["preset"]) == ("vgae", "karate", "default")
    assert (settings["latent_dim"], settings["max_epochs"], settings["random_state"]) == (4, 6, 0)
    known = {f"test/{one}": v for one, v in record["metrics"]["test"].items() if v is not None}
    assert {tag: value for tag, value in metrics.items() if tag.startswith("test/")} == {
        tag: np.float32(value) for tag, value in known.items()
    }
    assert "test/auc" in known


def test_a_run_with_a_log_is_the_run_without_to_every_other_verb(logged, tmp_path):
    assert run(*KARATE, "-q", "-o", "run", cwd=tmp_path).code == 0
    assert not (tmp_path / "run" / "tensorboard").exists()
    for verb in ("evaluate", "embed"):
        with_log = run(verb, "run", cwd=logged.parent)
        assert with_log.code == 0, with_log.err
        assert with_log.out == run(verb, "run", cwd=tmp_path).out


def test_the_log_of_an_interrupted_run_goes_on_unasked(logged, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        interrupt_after(4, patch)
        assert run(*KARATE, "--tensorboard", "-o", "run", cwd=tmp_path).code == 130
    log = tmp_path / "run" / "tensorboard"
    assert [step for step, _ in scalars(log / "fit")["train/loss"]] == [1, 2, 3, 4]
    assert run("fit", "--resume", "run", cwd=tmp_path).code == 0
    for training in ("fit", "refit"):
        assert of_epochs(log / training) == of_epochs(logged / "tensorboard" / training)
    assert list(table_of_runs(tmp_path)[1]) == ["run/tensorboard/fit"]


def test_a_log_that_is_asked_for_when_a_run_is_resumed_has_the_epochs_before_too(
    logged, tmp_path, monkeypatch
):
    with monkeypatch.context() as patch:
        interrupt_after(4, patch)
        run(*KARATE, "-o", "run", cwd=tmp_path)
    assert run("fit", "--resume", "run", "--tensorboard", "-q", cwd=tmp_path).code == 0
    assert of_epochs(tmp_path / "run/tensorboard/fit") == of_epochs(logged / "tensorboard/fit")


def test_a_run_that_is_replaced_takes_its_log_with_it(tmp_path):
    for options in (("--tensorboard",), ("--force",)):
        assert run(*KARATE, *options, "-q", "-o", "run", cwd=tmp_path).code == 0
    assert not (tmp_path / "run" / "tensorboard").exists()


def test_rows_are_projected_by_their_ids_and_labels_also_after_a_break(tmp_path, monkeypatch):
    write_measurements(tmp_path / "things.csv")
    reading = ("--id-column", "id", "--label-column", "class")
    with monkeypatch.context() as patch:
        interrupt_after(2, patch)
        assert run(*THINGS, *reading, "--tensorboard", "-o", "run", cwd=tmp_path).code == 130
    assert run("fit", "--resume", "run", cwd=tmp_path).code == 0
    log = tmp_path / "run" / "tensorboard" / "fit"
    assert of_epochs(log) == expected_scalars(history(tmp_path / "run" / "metrics.jsonl"))
    table = [line.split(",") for line in (tmp_path / "things.csv").read_text().splitlines()[1:]]
    points, lines = projected(log)
    assert lines == ["id\tlabel", *(f"{row[0]}\t{row[-1]}" for row in table)]
    assert len(points) == len(table)
    _, metrics = table_of_runs(tmp_path)[1]["run/tensorboard/fit"]
    record = json.loads((tmp_path / "run" / "record.json").read_text())
    assert metrics["test/elbo"] == np.float32(record["metrics"]["test"]["elbo"])


def test_images_have_pages_of_reconstructions_and_samples(tmp_path):
    settings = ("--max-epochs", 1, "--latent-dim", 2, "--hidden-dims", "8")
    assert run("fit", "digits", *settings, "--tensorboard", "-q", "-o", "run", cwd=tmp_path).code == 0
    tags = log_of(tmp_path / "run" / "tensorboard" / "fit").Tags()["images"]
    assert sorted(tags) == ["images/reconstructions", "images/samples"]


def test_without_the_extra_nothing_is_begun_and_a_sentence_says_why(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    outcome = run(*KARATE, "--tensorboard", "-o", "run", cwd=tmp_path)
    assert outcome.code == 1
    assert "need tensorboard, which is not installed: python -m pip install tensorboard" in outcome.err
    assert not (tmp_path / "run").exists()


def test_a_log_that_is_a_link_to_elsewhere_is_not_written_to(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        interrupt_after(2, patch)
        run(*KARATE, "-o", "run", cwd=tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run" / "tensorboard").symlink_to(tmp_path / "elsewhere")
    outcome = run("fit", "--resume", "run", cwd=tmp_path)
    assert outcome.code == 3
    assert "is a link that leads out of run" in outcome.err
    assert not list((tmp_path / "elsewhere").iterdir())
