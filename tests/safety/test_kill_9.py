"""The program in processes of its own, killed at random moments: files are whole, the next command works."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from command_line import run
from safety.whole_files import assert_whole, contents

PROGRAM = "import sys; from varigraph.cli import main; sys.argv[0] = 'varigraph'; main()"
# Long enough for kills in mid-training, with checkpoints in both phases.
FIT = ("fit", "karate", "--preset", "kipf2016", "--max-epochs", 150, "-q", "-o", "run")
SAME_BITS = ("model.safetensors", "embeddings.parquet", "calibration.json", "metrics.jsonl", "refit.jsonl")
# Until there is a checkpoint the evaluated model is trained; it is written at the end of so short a training.
PHASES = ("nothing", "config.json", "checkpoint.safetensors")

pytestmark = pytest.mark.slow


def started(arguments, folder):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def kill(arguments, folder, generator, *, since=None, within):
    """Kills the program at a random moment.

    Args:
        arguments: Of the program.
        folder: Where it works.
        generator: Of the moment.
        since: A path that must be there before, or None for the first name that was not there.
        within: The most seconds after that.
    """
    before = names_in(folder)
    with started(arguments, folder) as process:
        while process.poll() is None and not (
            (folder / since).exists() if since else names_in(folder) > before
        ):
            time.sleep(0.0005)
        time.sleep(generator.uniform(0, within))
        process.send_signal(signal.SIGKILL)
    return process.returncode


def seconds_of(arguments, folder):
    """How long the program takes, imports included."""
    start = time.perf_counter()
    with started(arguments, folder) as process:
        assert process.wait() == 0
    return time.perf_counter() - start


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    outcome = run(*FIT, cwd=folder)
    assert outcome.code == 0, outcome.err
    return folder / "run"


def assert_same_run(folder, whole):
    for name in SAME_BITS:
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name


@pytest.mark.parametrize("phase", PHASES)
def test_a_fit_killed_at_any_moment_is_resumed_to_the_same_bits(tmp_path, whole, phase):
    generator = random.Random(PHASES.index(phase))
    n_killed = 0
    for number in range(4):
        folder = tmp_path / str(number)
        folder.mkdir()
        since = {"nothing": None}.get(phase, f"run/{phase}")
        codes = [kill(FIT, folder, generator, since=since, within=0.05 if since is None else 0.3)]
        assert_whole(folder)
        resumed = ("fit", "--resume", "run", "-q") if (folder / "run" / "config.json").exists() else FIT
        # That one is killed too.
        codes.append(kill(resumed, folder, generator, since="run/config.json", within=4))
        assert_whole(folder)
        resumed = ("fit", "--resume", "run", "-q") if (folder / "run" / "config.json").exists() else FIT
        outcome = run(*resumed, cwd=folder)
        assert outcome.code == 0 or "is finished; there is nothing to resume" in outcome.err
        assert_same_run(folder / "run", whole)
        n_killed += codes.count(-signal.SIGKILL)
    assert n_killed >= 4


@pytest.mark.parametrize("moment", ["while it writes", "at any time"])
@pytest.mark.parametrize(
    ("verb", "output", "options"),
    [("embed", "z.csv", ()), ("predict", "links.parquet", ("--top-k", 400, "-q"))],
)
def test_an_output_killed_at_any_moment_is_the_old_or_the_new_one(
    tmp_path, whole, verb, output, options, moment
):
    generator = random.Random(4)
    arguments = (verb, whole, *options, "-o", output, "--force")
    before = contents(whole)
    seconds = seconds_of(arguments, tmp_path)
    new = (tmp_path / output).read_bytes()
    codes = []
    for _ in range(7):
        (tmp_path / output).write_text("old")
        since, within = (None, 0.02) if moment == "while it writes" else (output, seconds)
        codes.append(kill(arguments, tmp_path, generator, since=since, within=within))
        assert (tmp_path / output).read_bytes() in (b"old", new)
        assert {name for name in names_in(tmp_path) if not name.startswith(".")} == {output}
        for path in tmp_path.glob(".*"):
            path.unlink()
    assert codes.count(-signal.SIGKILL) >= 3
    assert run(*arguments, cwd=tmp_path).code == 0
    assert (tmp_path / output).read_bytes() == new
    assert contents(whole) == before
