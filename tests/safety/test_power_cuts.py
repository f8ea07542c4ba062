"""Programs that end at each step of their writing: all files are whole, and the next command goes on."""

import json
from pathlib import Path

import pytest

from command_line import run
from safety.whole_files import assert_whole, contents, leftovers
from varigraph import durable

FIT = ("fit", "karate", "--max-epochs", 3, "--latent-dim", 2, "-q", "-o", "run")
SAME_BITS = [
    *("model.safetensors", "posterior.safetensors", "embeddings.parquet", "metrics.jsonl", "refit.jsonl"),
    *("calibration.json", "reliability.json"),
]
AFTER_THE_LAST = 10**6


class PowerCut(BaseException):
    """Nothing after it happens, not even what stands in a `finally`."""


class Steps:
    """Counts the renames of a program, and lets it end just before one of them.

    Args:
        patch: pytest's.
        last: The number of renames that still happen.
        error: What is raised in place of the next one; after a power cut the disk does not change any more.
    """

    def __init__(self, patch, last, error=None):
        self.n_done, self.last, self.error = 0, last, error or PowerCut()
        for owner, name, moves in (
            (Path, "replace", True),
            (Path, "rename", True),
            (durable, "_changed_places", True),
            (Path, "unlink", False),
            (durable, "_remove", False),
        ):
            patch.setattr(owner, name, self.watched(getattr(owner, name), moves=moves))

    @property
    def is_over(self):
        return isinstance(self.error, PowerCut) and self.n_done > self.last

    def watched(self, action, *, moves):
        def act(*arguments, **options):
            if moves:
                self.n_done += 1
                if self.n_done == self.last + 1 or self.is_over:
                    raise self.error
            return None if self.is_over else action(*arguments, **options)

        return act


def ended_at(monkeypatch, step, *arguments, cwd, error=None):
    """The outcome of a program that ended after so many renames; None if by a power cut."""
    with monkeypatch.context() as patch:
        Steps(patch, step, error)
        try:
            return run(*arguments, cwd=cwd)
        except PowerCut:
            return None


def n_steps(monkeypatch, *arguments, cwd):
    """How many renames an undisturbed program makes."""
    with monkeypatch.context() as patch:
        steps = Steps(patch, AFTER_THE_LAST)
        outcome = run(*arguments, cwd=cwd)
    assert outcome.code == 0, outcome.err
    return steps.n_done


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder with a run that nothing disturbed, and with the files that other verbs wrote of it."""
    folder = tmp_path_factory.mktemp("whole")
    for arguments in (FIT, ("embed", "run", "-o", "z.parquet"), ("predict", "run", "-q", "-o", "links.csv")):
        outcome = run(*arguments, cwd=folder)
        assert outcome.code == 0, outcome.err
    return folder


def assert_resumed(folder, whole):
    """What is left in a folder becomes the whole run."""
    assert_whole(folder)
    if not (folder / "run" / "config.json").exists():
        outcome = run(*FIT, cwd=folder)
    elif (folder / "run" / "record.json").exists():
        outcome = run("evaluate", "run", cwd=folder)
    else:
        outcome = run("fit", "--resume", "run", "-q", cwd=folder)
    assert outcome.code == 0, outcome.err
    for name in SAME_BITS:
        assert (folder / "run" / name).read_bytes() == (whole / "run" / name).read_bytes(), name


def test_a_fit_that_ends_at_any_step_is_resumed_to_the_same_bits(tmp_path, whole, monkeypatch):
    n = n_steps(monkeypatch, *FIT, cwd=tmp_path)
    assert n > 15
    for step in range(n):
        folder = tmp_path / str(step)
        folder.mkdir()
        assert ended_at(monkeypatch, step, *FIT, cwd=folder) is None
        assert_resumed(folder, whole)


def test_a_disk_that_is_full_at_any_step_of_a_fit_is_told_and_no_temporary_file_stays(
    tmp_path, whole, monkeypatch
):
    for step in range(0, n_steps(monkeypatch, *FIT, cwd=tmp_path), 2):
        folder = tmp_path / str(step)
        folder.mkdir()
        full = OSError(28, "No space left on device", "run")
        outcome = ended_at(monkeypatch, step, *FIT, cwd=folder, error=full)
        assert outcome.code == 1
        assert "No space left on device; make room" in outcome.err
        assert leftovers(folder) == []
        assert_resumed(folder, whole)


def test_a_run_that_is_replaced_is_the_old_or_the_new_one_at_any_step(tmp_path, whole, monkeypatch):
    again = (*FIT, "--force", "--seed", 1)
    for step in range(n_steps(monkeypatch, *FIT, "--seed", 1, cwd=tmp_path)):
        folder = tmp_path / str(step)
        folder.mkdir()
        assert run("fit", "karate", "--max-epochs", 1, "-q", "-o", "run", cwd=folder).code == 0
        old = contents(folder / "run")
        assert ended_at(monkeypatch, step, *again, cwd=folder) is None
        assert_whole(folder)
        if contents(folder / "run") == old:
            continue
        assert json.loads((folder / "run" / "config.json").read_text())["settings"]["random_state"] == 1
        assert run("fit", "--resume", "run", "-q", cwd=folder).code == 0


@pytest.mark.parametrize("error", [None, OSError(28, "No space left on device")], ids=["power cut", "full"])
@pytest.mark.parametrize(
    ("verb", "output"),
    [
        *(("embed", name) for name in ("z.csv", "z.parquet", "z.jsonl", "z.png")),
        *(("predict", name) for name in ("links.csv", "links.parquet")),
        ("score", "scored.csv"),
    ],
)
def test_an_output_is_the_old_or_the_new_one_at_any_step(tmp_path, whole, monkeypatch, verb, output, error):
    (tmp_path / "pairs.csv").write_text("source,target\n0,33\n4,7\n")
    pairs = ["pairs.csv"] if verb == "score" else []
    arguments = (verb, whole / "run", *pairs, "-o", output, "--force")
    n = n_steps(monkeypatch, *arguments, cwd=tmp_path)
    new = (tmp_path / output).read_bytes()
    for step in range(n):
        (tmp_path / output).write_text("old")
        outcome = ended_at(monkeypatch, step, *arguments, cwd=tmp_path, error=error)
        assert (tmp_path / output).read_bytes() in (b"old", new)
        if error is not None:
            assert (outcome.code, leftovers(tmp_path)) == (1, [])
        else:
            assert leftovers(tmp_path)
        assert run(*arguments, cwd=tmp_path).code == 0
        assert (tmp_path / output).read_bytes() == new
        for path in tmp_path.glob(".*"):
            path.unlink()
