"""`varigraph reproduce`: what it prints and writes, what it refuses, and how it goes on."""

import errno
import itertools
import json
import os
import signal
import sys

import pytest

import fake_task
from small_reproductions import use_fake_task, write_recipe
from varigraph.cli import trial_progress
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.experiments.reproduction.recipe import recipe_names
from varigraph.experiments.reproduction.runner import reproduce

ONE_JOB = ("--jobs", 1)


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    use_fake_task(monkeypatch)


@pytest.fixture
def recipe(tmp_path):
    return write_recipe(tmp_path)


def test_the_table_has_our_numbers_the_published_ones_and_the_verdicts(varigraph, recipe):
    outcome = varigraph("reproduce", "small.toml", *ONE_JOB)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith(
        "Table 0: nothing\nNobody (1999), Nothing, table 0\nNumbers that are drawn at random.\n\nAUC (%)"
    )
    assert "GAE   90.0 ± 2.5 (91.0) agrees     95.0 ± 2.5 (91.0) agrees" in outcome.out
    assert "GAE*  80.0 ± 2.5 < (99.0) differs  85.0 ± 2.5" in outcome.out
    assert "Claim “features help”: agrees, in each of 2 cells." in outcome.out
    assert "GAE*, Cora: The paper had features." in outcome.out
    assert "12 trials in" in outcome.out


def test_the_record_is_in_a_folder_named_after_the_recipe(varigraph, recipe, tmp_path):
    outcome = varigraph("reproduce", "small.toml", "--quick", *ONE_JOB)
    assert outcome.out.startswith("Table 0: nothing (quick version)\n")
    assert "Quick version: other seeds or cells than the whole experiment.\n" in outcome.out
    assert "Wrote runs/reproduce/small-quick/record.json" in outcome.err
    record = ReproductionRecord.read(tmp_path / "runs" / "reproduce" / "small-quick" / "record.json")
    assert record.quick
    varigraph("reproduce", "small.toml", *ONE_JOB)
    assert not ReproductionRecord.read(tmp_path / "runs" / "reproduce" / "small" / "record.json").quick


def test_json_is_the_record_and_quiet_says_nothing(varigraph, recipe, tmp_path):
    outcome = varigraph("reproduce", "small.toml", "--json", "-q", "-o", "here", *ONE_JOB)
    assert outcome.err == ""
    assert json.loads(outcome.out) == json.loads((tmp_path / "here" / "record.json").read_text())


def test_a_finished_reproduction_is_printed_again_unless_forced(varigraph, recipe, monkeypatch):
    first = varigraph("reproduce", "small.toml", *ONE_JOB)
    seeds, run = [], fake_task.run

    def counted(settings, *, seed, folder):
        seeds.append(seed)
        return run(settings, seed=seed, folder=folder)

    monkeypatch.setattr(fake_task, "run", counted)
    assert varigraph("reproduce", "small.toml", *ONE_JOB).out == first.out
    assert seeds == []
    varigraph("reproduce", "small.toml", "--force", *ONE_JOB)
    assert len(seeds) == 12


def test_progress_tells_trials_cells_and_time(varigraph, recipe):
    lines = varigraph("reproduce", "small.toml", *ONE_JOB).err.splitlines()
    assert lines[0] == "small: trials 0/12 · cells 0/4 · time left unknown"
    assert "small: trials 3/12 · cells 1/4 · about 1 s left" in lines
    assert "small: trials 12/12 · cells 4/4" in lines


def test_where_there_is_no_terminal_some_twenty_lines_tell_of_equal_shares_of_the_work(varigraph, tmp_path):
    write_recipe(tmp_path, replaced=[("seeds = [0, 1, 2]", f"seeds = {list(range(15))}")])
    lines = varigraph("reproduce", "small.toml", *ONE_JOB).err.splitlines()
    ended = [int(line.split()[2].split("/")[0]) for line in lines if line.startswith("small: trials")]
    assert 20 <= len(ended) <= 21
    # Thirty trials weigh 40 each, and then thirty weigh 1 each.
    assert max(late - early for early, late in itertools.pairwise(ended[:20])) <= 2
    assert ended[-1] == 60


def test_ctrl_c_says_how_to_go_on_and_ends_as_other_verbs_do(varigraph, recipe, monkeypatch):
    run = fake_task.run

    def interrupted(settings, *, seed, folder):
        if seed == 1:
            raise KeyboardInterrupt
        return run(settings, seed=seed, folder=folder)

    monkeypatch.setattr(fake_task, "run", interrupted)
    outcome = varigraph("reproduce", "small.toml", "--quick", "-o", "my folder", "--force", *ONE_JOB)
    assert outcome.code == 130
    same = "varigraph reproduce small.toml --quick -o 'my folder' --jobs 1"
    assert f"Interrupted. What is done is kept; go on with: {same}\n" in outcome.err
    monkeypatch.setattr(fake_task, "run", run)
    again = varigraph("reproduce", "small.toml", "--quick", "-o", "my folder", *ONE_JOB)
    assert again.err.startswith("small: trials 1/4")


def test_failed_trials_are_an_error_and_told_by_name(varigraph, tmp_path):
    write_recipe(tmp_path, replaced=[("level = 0.8", "level = 0.8\nfail_at = [1]")])
    outcome = varigraph("reproduce", "small.toml", *ONE_JOB)
    assert (outcome.code, outcome.out) == (1, "")
    assert "Error: 2 of 12 trials failed" in outcome.err
    assert "gae%2a.cora.seed1: the loss is not finite at seed 1" in outcome.err
    assert "trials 10/12 · cells 2/4 · 2 failed" in outcome.err
    # Told when it happens, and not only at the end.
    told = outcome.err.index("small: Failed: gae%2a.pubmed.seed1: the loss is not finite at seed 1\n")
    assert told < outcome.err.index("trials 10/12")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["table-99"], 3, "There is no recipe 'table-99'"),
        (["missing.toml"], 3, "There is no file missing.toml."),
        (["small.toml", "-o", "."], 3, "neither empty nor a reproduction"),
        (["small.toml", "--jobs", "0"], 2, "--jobs"),
        ([], 2, "name a recipe, or give --list"),
        (["--list", "--quick"], 2, "--quick has no effect here: --list runs nothing"),
        (["--list", "small.toml"], 2, "NAME has no effect here"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(varigraph, recipe, arguments, code, sentence):
    outcome = varigraph("reproduce", *arguments)
    assert outcome.code == code
    assert sentence in " ".join(outcome.err.split())
    assert outcome.out == ""


def test_the_list_names_every_recipe_with_its_size(varigraph):
    outcome = varigraph("reproduce", "--list")
    assert outcome.code == 0
    assert all(name in outcome.out for name in recipe_names())
    listed = json.loads(varigraph("reproduce", "--list", "--json").out)
    assert [one["name"] for one in listed] == recipe_names()
    assert all(one["n_trials"] >= one["quick"]["n_trials"] > 0 for one in listed)


def test_pictures_are_drawn_beside_the_record_and_named(varigraph, tmp_path, monkeypatch):
    from varigraph.reporting.reproduction import pictures

    write_recipe(tmp_path, replaced=[('report = ["table"]', 'report = ["table", "curves"]')])
    monkeypatch.setattr(pictures, "draw", lambda record, folder: [folder / "curves.png"])
    outcome = varigraph("reproduce", "small.toml", "-o", "here", *ONE_JOB)
    assert "Wrote here/curves.png\nWrote here/record.json\n" in outcome.err


def test_by_default_there_is_a_process_for_every_core(varigraph, recipe, monkeypatch):
    from varigraph.experiments.reproduction import runner

    seen = []

    def watched(recipe, folder, *, n_jobs, **options):
        seen.append(n_jobs)
        return reproduce(recipe, folder, n_jobs=1, **options)

    monkeypatch.setattr(runner, "reproduce", watched)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 1, 5}, raising=False)
    varigraph("reproduce", "small.toml")
    assert seen == [3]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "time left unknown"),
        (0.2, "about 1 s left"),
        (89, "about 89 s left"),
        (91, "about 2 min left"),
        (700, "about 12 min left"),
        (7200, "about 2.0 h left"),
    ],
)
def test_the_time_left_is_told_in_the_unit_that_people_would_use(seconds, words):
    from varigraph.experiments.reproduction.course import Course

    course = Course(180, 37, 0, 18, 4, seconds, 0.2)
    assert trial_progress.describe_course(course) == f"trials 37/180 · cells 4/18 · {words}"


@pytest.mark.parametrize("width", [60, 80])
def test_no_word_of_the_list_is_broken_on_a_narrow_terminal(varigraph, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    from varigraph.experiments.reproduction.recipe import read_recipe

    shown = set(varigraph("reproduce", "--list").out.replace(":", " ").split())
    titles = (read_recipe(name).title for name in recipe_names())
    assert shown >= {word for title in titles for word in title.replace(":", " ").split()}


def test_on_a_narrow_terminal_metrics_that_have_no_room_have_tables_of_their_own(
    varigraph, tmp_path, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "46")
    one_axis = [
        ('[axes.dataset.cora]\ntitle = "Cora"\n', ""),
        ('[axes.dataset.pubmed]\ntitle = "PubMed"\ngap = 0.05\nweight = 40\n', ""),
        ('dataset = "cora"\nauc', "auc"),
        ('dataset = "cora"\ntext', "text"),
        ('axes = { dataset = ["cora"] }', ""),
        ('title = "GAE*"', 'title = "a graph autoencoder without features"'),
    ]
    write_recipe(tmp_path, replaced=one_axis)
    out = varigraph("reproduce", "small.toml", *ONE_JOB).out
    assert "differs" in out
    assert out.split().count("bound") == 1


def test_a_quick_version_that_is_the_whole_is_called_the_whole(varigraph, tmp_path):
    write_recipe(tmp_path, replaced=[('[quick]\nseeds = [0, 1]\naxes = { dataset = ["cora"] }\n', "")])
    outcome = varigraph("reproduce", "small.toml", "--quick", *ONE_JOB)
    assert "uick version" not in outcome.out
    assert "Wrote runs/reproduce/small/record.json" in outcome.err


def test_one_trial_is_one_trial(varigraph, tmp_path):
    write_recipe(
        tmp_path,
        replaced=[
            ("seeds = [0, 1, 2]", "seeds = [0]"),
            ('[quick]\nseeds = [0, 1]\naxes = { dataset = ["cora"] }', QUICK_IS_ONE_CELL),
        ],
    )
    assert "\n1 trial in " in varigraph("reproduce", "small.toml", "--quick", *ONE_JOB).out


QUICK_IS_ONE_CELL = '[quick]\naxes = { dataset = ["cora"], method = ["gae"] }'


def test_a_folder_that_cannot_be_made_is_told_without_a_way_to_go_on(varigraph, recipe, tmp_path):
    (tmp_path / "file").write_text("")
    outcome = varigraph("reproduce", "small.toml", "-o", "file/inside", *ONE_JOB)
    assert outcome.code == 1
    assert "go on with" not in outcome.err


def test_a_disk_that_is_full_later_is_told_with_the_way_to_go_on(varigraph, recipe, monkeypatch):
    from varigraph.experiments.reproduction import runner

    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(runner, "write_text", full)
    outcome = varigraph("reproduce", "small.toml", *ONE_JOB)
    assert outcome.code == 1
    assert "Broken off. What is done is kept; go on with: varigraph reproduce small.toml" in outcome.err


def test_without_matplotlib_a_recipe_of_pictures_is_not_begun(varigraph, tmp_path, monkeypatch):
    from varigraph.reporting.figures import canvas

    write_recipe(tmp_path, replaced=[('report = ["table"]', 'report = ["table", "curves"]')])
    canvas._figure_class.cache_clear()
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    outcome = varigraph("reproduce", "small.toml", "-o", "here", *ONE_JOB)
    assert outcome.code == 1
    assert "Pictures need matplotlib" in outcome.err
    assert not (tmp_path / "here").exists()


def test_the_whole_of_a_recipe_is_told_from_its_quick_version(varigraph, recipe):
    varigraph("reproduce", "small.toml", "-o", "here", *ONE_JOB)
    outcome = varigraph("reproduce", "small.toml", "-o", "here", "--quick", *ONE_JOB)
    assert outcome.code == 3
    assert "here holds the whole of small, not its quick version" in outcome.err


def test_trials_of_other_settings_are_told_of_before_they_are_done_anew(varigraph, recipe, tmp_path):
    varigraph("reproduce", "small.toml", "-o", "here", *ONE_JOB)
    write_recipe(tmp_path, replaced=[("level = 0.8", "level = 0.7")])
    outcome = varigraph("reproduce", "small.toml", "-o", "here", *ONE_JOB)
    assert outcome.err.startswith("small: 6 finished trials have other settings and are done anew.\n")


@pytest.mark.skipif(os.name != "posix", reason="signals of processes are POSIX's")
def test_a_batch_system_that_ends_it_is_answered_as_ctrl_c_is(varigraph, recipe, monkeypatch):
    def ended(settings, *, seed, folder):
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal came to nothing")

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(fake_task, "run", ended)
    outcome = varigraph("reproduce", "small.toml", *ONE_JOB)
    assert outcome.code == 130
    assert "Interrupted. What is done is kept" in outcome.err
    assert signal.getsignal(signal.SIGTERM) is before
