"""Reproductions in this process: what is done stays done, what fails is told, foreign folders are refused."""

import json
import os
from dataclasses import replace

import pytest

import fake_task
from small_reproductions import small_recipe, use_fake_task, write_recipe
from varigraph.errors import FileContentError, MissingExtraError, RunFolderError, TrialError
from varigraph.evaluation.drawn_pictures import note_drawn
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.experiments.reproduction import runner
from varigraph.experiments.reproduction.recipe import read_recipe
from varigraph.experiments.reproduction.runner import reproduce
from varigraph.experiments.reproduction.running import run_trial, tried


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    use_fake_task(monkeypatch)


@pytest.fixture
def runs(monkeypatch):
    """The settings and seeds that the task was run with."""
    seen, run = [], fake_task.run

    def counted(settings, *, seed, folder):
        seen.append((settings, seed))
        return run(settings, seed=seed, folder=folder)

    monkeypatch.setattr(fake_task, "run", counted)
    return seen


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "reproduction"


def test_every_trial_leaves_a_file_and_the_record_is_written_last(tmp_path, folder, runs):
    recipe, at_the_end = small_recipe(tmp_path), []
    record = reproduce(
        recipe, folder, watch=lambda course: at_the_end.append((folder / "record.json").exists())
    )
    assert {path.stem for path in (folder / "trials").iterdir()} == {one.key for one in recipe.trials()}
    assert len(runs) == 12
    assert at_the_end == [False] * 13
    assert ReproductionRecord.read(folder / "record.json") == record


def test_what_is_done_is_not_done_again_and_the_record_is_the_same_to_the_byte(tmp_path, folder, runs):
    recipe = small_recipe(tmp_path)
    first = reproduce(recipe, folder)
    written = (folder / "record.json").stat()
    second = reproduce(recipe, folder)
    assert len(runs) == 12
    assert second.to_json() == first.to_json()
    assert (folder / "record.json").stat().st_mtime_ns == written.st_mtime_ns


def test_force_does_everything_anew(tmp_path, folder, runs):
    recipe = small_recipe(tmp_path)
    reproduce(recipe, folder)
    reproduce(recipe, folder, force=True)
    assert len(runs) == 24


def test_a_broken_off_reproduction_goes_on_where_it_was(tmp_path, folder, runs, monkeypatch):
    recipe = small_recipe(tmp_path)

    def interrupt(course):
        if course.n_trials_done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reproduce(recipe, folder, watch=interrupt)
    assert len(runs) == 5
    assert not (folder / "record.json").exists()
    reproduce(recipe, folder)
    assert len(runs) == 12


def test_trials_of_other_settings_are_done_anew_and_only_those(tmp_path, folder, runs):
    reproduce(small_recipe(tmp_path), folder)
    runs.clear()
    reproduce(small_recipe(tmp_path, replaced=[("level = 0.8", "level = 0.7")]), folder)
    assert [settings["level"] for settings, _ in runs] == [0.7] * 6


@pytest.mark.parametrize("damage", ["", "{", '{"schema_version": 99}'])
def test_a_damaged_trial_is_done_anew(tmp_path, folder, runs, damage):
    recipe = small_recipe(tmp_path)
    reproduce(recipe, folder)
    (folder / "trials" / "gae.cora.seed1.json").write_text(damage)
    runs.clear()
    record = reproduce(recipe, folder)
    assert [seed for _, seed in runs] == [1]
    assert len(record.cells[0]["trials"]) == 3


def test_a_trial_whose_model_has_gone_is_done_anew(tmp_path, folder, runs):
    recipe = small_recipe(tmp_path, more="[common]\nsave = true")
    reproduce(recipe, folder)
    model = folder / "models" / "gae.cora.seed1" / "config.json"
    assert model.read_text() == "1"
    model.unlink()
    model.parent.rmdir()
    runs.clear()
    reproduce(recipe, folder)
    assert model.read_text() == "1"
    assert len(runs) == 1


def test_a_metric_that_the_recipe_did_not_ask_for_before_is_computed(tmp_path, folder, runs):
    one_metric = [('[metrics.bound]\ntitle = "bound"\nunit = "nats"', "")]
    reproduce(small_recipe(tmp_path, replaced=one_metric), folder)
    runs.clear()
    reproduce(small_recipe(tmp_path), folder)
    assert not runs  # a task gives more than a recipe asks for
    trial = folder / "trials" / "gae.cora.seed0.json"
    trial.write_text(trial.read_text().replace('"bound"', '"bond"'))
    reproduce(small_recipe(tmp_path), folder)
    assert len(runs) == 1


def test_a_failing_trial_is_told_by_its_key_and_the_others_are_done(tmp_path, folder, runs):
    recipe = small_recipe(tmp_path, replaced=[("level = 0.8", "level = 0.8\nfail_at = [1]")])
    courses = []
    with pytest.raises(TrialError) as caught:
        reproduce(recipe, folder, watch=courses.append)
    assert str(caught.value).startswith("2 of 12 trials failed; the others are done and kept.\n")
    assert "gae%2a.cora.seed1: the loss is not finite at seed 1\n" in str(caught.value)
    assert "DivergenceError" in (folder / "failures" / "gae%2a.cora.seed1.txt").read_text()
    assert (courses[-1].n_trials_done, courses[-1].n_failed) == (10, 2)
    assert not (folder / "record.json").exists()
    runs.clear()
    mended = small_recipe(tmp_path, replaced=[("level = 0.8", "level = 0.8\nfail_at = []")])
    reproduce(mended, folder)
    assert len(runs) == 6  # the settings of that method are others now
    assert not list((folder / "failures").iterdir())


def test_an_outcome_without_a_metric_of_the_recipe_is_a_failure(tmp_path, folder):
    recipe = small_recipe(tmp_path, more='[common]\nwithout = "bound"')
    with pytest.raises(
        TrialError, match=r"12 of 12 trials failed(.|\n)*gave no 'bound', only auc(.|\n)*7 more"
    ):
        reproduce(recipe, folder)


def test_a_setting_that_the_task_refuses_is_told_before_anything_is_run(tmp_path, folder, runs):
    recipe = small_recipe(tmp_path, replaced=[("level = 0.8", "levle = 0.8")])
    with pytest.raises(FileContentError, match=r"gae%2a\.pubmed\.seed0 cannot be run: levle is no setting"):
        reproduce(recipe, folder)
    assert not runs
    assert not folder.exists()


def test_a_missing_extra_is_told_before_anything_is_run(tmp_path, folder, runs):
    with pytest.raises(MissingExtraError):
        reproduce(small_recipe(tmp_path, replaced=[("level = 0.8", "extra = true")]), folder)
    assert not runs


def test_a_task_that_is_none_is_told(tmp_path, folder):
    recipe = small_recipe(tmp_path, replaced=[('task = "fake"', 'task = "fkae"')])
    with pytest.raises(FileContentError, match="no task 'fkae'; there are fake"):
        reproduce(recipe, folder)


def test_a_folder_with_something_else_is_refused_even_by_force(tmp_path):
    recipe = small_recipe(tmp_path)
    for force in (False, True):
        with pytest.raises(RunFolderError, match="neither empty nor a reproduction"):
            reproduce(recipe, tmp_path, force=force)
    with pytest.raises(RunFolderError, match="is a file"):
        reproduce(recipe, tmp_path / "small.toml")


def test_a_folder_of_another_recipe_or_of_the_quick_version_is_refused_even_by_force(tmp_path, folder):
    recipe = small_recipe(tmp_path)
    reproduce(recipe.quick(), folder)
    with pytest.raises(RunFolderError, match=r"holds the quick version of small, not the whole"):
        reproduce(recipe, folder, force=True)
    other = read_recipe(write_recipe(tmp_path, name="other"))
    with pytest.raises(RunFolderError, match="another reproduction"):
        reproduce(other.quick(), folder)
    assert (folder / "record.json").exists()


def test_a_damaged_label_is_no_label(tmp_path, folder):
    recipe = small_recipe(tmp_path)
    reproduce(recipe, folder)
    (folder / "reproduction.json").write_text("[")
    with pytest.raises(FileContentError, match=r"reproduction\.json cannot be read as JSON"):
        reproduce(recipe, folder)


def test_a_trial_notes_what_was_warned_of_instead_of_saying_it(tmp_path, folder, recwarn):
    record = reproduce(
        small_recipe(tmp_path, more='[common]\nwarn = "Few dimensions\\n are in use."'), folder
    )
    assert not recwarn.list
    assert record.notes == ["Few dimensions are in use. (in 12 of 12 trials)"]


def test_a_trial_file_holds_what_the_task_returned_and_how_it_ran(tmp_path, folder):
    reproduce(small_recipe(tmp_path, more="[common]\nspread = 0.0\ncurve = -110.0"), folder)
    trial = json.loads((folder / "trials" / "gae.cora.seed2.json").read_text(), parse_constant=pytest.fail)
    assert trial["metrics"] == {"auc": 0.9, "bound": -98.0}
    assert trial["curves"] == {"samples": [1, 2], "bound": [-122.0, -110.0]}
    assert trial["settings"] == {"curve": -110.0, "spread": 0.0, "level": 0.9}
    assert (trial["coordinates"], trial["seed"]) == ({"method": "gae", "dataset": "cora"}, 2)
    assert trial["n_threads"] == 1
    assert trial["cpu_seconds"] >= 0
    assert not trial["has_model"]


def test_no_jobs_are_refused(tmp_path, folder):
    with pytest.raises(ValueError, match="n_jobs must be 1 or more, got 0"):
        reproduce(small_recipe(tmp_path), folder, n_jobs=0)


def test_a_recipe_of_the_same_name_in_another_file_is_refused(tmp_path, folder, runs):
    reproduce(small_recipe(tmp_path), folder)
    (tmp_path / "elsewhere").mkdir()
    other = small_recipe(tmp_path / "elsewhere", replaced=[("level = 0.8", "level = 0.7")])
    runs.clear()
    with pytest.raises(
        RunFolderError, match=r"another recipe of that name, the one in .*small\.toml; choose"
    ):
        reproduce(other, folder, force=True)
    assert not runs
    shipped = replace(other, file="")
    with pytest.raises(RunFolderError, match="another recipe of that name"):
        reproduce(shipped, folder)


def test_a_label_that_names_no_file_is_of_any_recipe_of_its_name(tmp_path, folder, runs):
    reproduce(small_recipe(tmp_path), folder)
    (folder / "reproduction.json").write_text('{"schema_version": 1, "recipe": "small", "quick": false}')
    runs.clear()
    reproduce(small_recipe(tmp_path), folder)
    assert not runs


def test_force_removes_the_pictures_that_were_drawn_and_no_others(tmp_path, folder):
    recipe = small_recipe(tmp_path)
    reproduce(recipe, folder)
    for name in ("curves-old.png", "mine.png"):
        (folder / name).touch()
    note_drawn(folder, ["curves-old.png", "../small.png"])
    (tmp_path / "small.png").touch()
    reproduce(recipe, folder, force=True)
    assert {path.name for path in folder.glob("*.png")} == {"mine.png"}
    assert (tmp_path / "small.png").exists()


def test_a_folder_in_which_another_call_is_at_work_is_refused_even_by_force(tmp_path, folder, runs):
    recipe, refused = small_recipe(tmp_path), []

    def meanwhile(course):
        for force in (False, True):
            with pytest.raises(RunFolderError, match=rf"Process {os.getpid()} on .* is at work in") as caught:
                reproduce(recipe, folder, force=force)
            refused.append(caught)

    reproduce(recipe, folder, watch=meanwhile)
    assert len(refused) == 2 * 13
    assert len(runs) == 12
    reproduce(recipe, folder, force=True)  # nobody is at work any more


def test_what_a_process_that_has_died_left_behind_locks_nobody_out(tmp_path, folder):
    recipe = small_recipe(tmp_path)
    reproduce(recipe, folder)
    (folder / "at-work.lock").write_text("Process 1 on this machine")
    reproduce(recipe, folder)


def test_a_trial_that_somebody_finished_meanwhile_is_not_done_again(tmp_path, folder, runs):
    trial = small_recipe(tmp_path).trials()[0]
    run_trial(trial, folder)
    assert tried(trial, folder) == ""
    assert len(runs) == 1


def test_news_are_of_each_failure_when_it_happens(tmp_path, folder):
    recipe = small_recipe(tmp_path, replaced=[("level = 0.8", "level = 0.8\nfail_at = [1]")])
    told, n_done = [], []
    with pytest.raises(TrialError):
        reproduce(
            recipe,
            folder,
            watch=lambda course: n_done.append(course.n_trials_done),
            news=lambda sentence: told.append((n_done[-1], sentence)),
        )
    assert told == [
        (4, "Failed: gae%2a.pubmed.seed1: the loss is not finite at seed 1"),
        (9, "Failed: gae%2a.cora.seed1: the loss is not finite at seed 1"),
    ]


def test_a_failure_without_a_traceback_leaves_its_sentence(tmp_path, folder, monkeypatch):
    def killed(trials, folder, run):
        yield from ((trial, "its process was killed") for trial in trials)

    monkeypatch.setattr(runner, "run_one_by_one", killed)
    with pytest.raises(TrialError, match="12 of 12 trials failed"):
        reproduce(small_recipe(tmp_path), folder)
    assert (folder / "failures" / "gae.cora.seed1.txt").read_text() == "its process was killed\n"
