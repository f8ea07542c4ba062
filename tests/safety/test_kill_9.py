"""The program in processes of its own, killed at random moments: every file is whole, and the next command works."""

import os
import random
import shutil
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
N_KILLS = {"fit": 24, "embed": 13, "predict": 13}

pytestmark = pytest.mark.slow


def started(arguments, folder):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def seconds_of(arguments, folder):
    """How long the program takes until it first writes, and from then on."""
    start = time.perf_counter()
    with started(arguments, folder) as process:
        first = wait_for_writing(process, folder, before=set(os.listdir(folder)))
        assert process.wait() == 0
    end = time.perf_counter()
    return first - start, end - first


def wait_for_writing(process, folder, *, before):
    """When a name that was not there appears in the folder, or the process ends."""
    while process.poll() is None and set(os.listdir(folder)) <= before:
        time.sleep(0.0005)
    return time.perf_counter()


def kill(arguments, folder, generator, seconds):
    """Kills the program at a random moment: of four times three while it writes, else before."""
    before = set(os.listdir(folder))
    with started(arguments, folder) as process:
        if generator.random() < 0.75:
            wait_for_writing(process, folder, before=before)
            time.sleep(generator.uniform(0, 1.1 * seconds[1]))
        else:
            time.sleep(generator.uniform(0, seconds[0]))
        process.send_signal(signal.SIGKILL)
    return process.returncode


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


def test_a_fit_killed_at_any_moment_is_resumed_to_the_same_bits(tmp_path, whole):
    generator = random.Random(3)
    (tmp_path / "undisturbed").mkdir()
    seconds = seconds_of(FIT, tmp_path / "undisturbed")
    codes, phases = [], set()
    for number in range(N_KILLS["fit"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        codes.append(kill(FIT, folder, generator, seconds))
        assert_whole(folder)
        phases.add(phase(folder / "run"))
        if phase(folder / "run") == "nothing":
            outcome = run(*FIT, cwd=folder)
        else:
            # The resumed run is killed too, and resumed once more.
            codes.append(kill(("fit", "--resume", "run", "-q"), folder, generator, seconds))
            assert_whole(folder)
            outcome = run("fit", "--resume", "run", "-q", cwd=folder)
        assert outcome.code == 0 or "is finished; there is nothing to resume" in outcome.err
        assert_same_run(folder / "run", whole)
        shutil.rmtree(folder)
    assert codes.count(-signal.SIGKILL) >= N_KILLS["fit"] / 2
    assert {"nothing", "fit", "refit"} <= phases


def phase(run_folder):
    """How far a run has come."""
    if (run_folder / "record.json").exists():
        return "finished"
    if (run_folder / "refit-checkpoint.safetensors").exists():
        return "refit"
    return "fit" if (run_folder / "config.json").exists() else "nothing"


@pytest.mark.parametrize(
    ("verb", "output", "options"),
    [("embed", "z.csv", ()), ("predict", "links.parquet", ("--top-k", 400, "-q"))],
)
def test_an_output_killed_at_any_moment_is_the_old_or_the_new_one(tmp_path, whole, verb, output, options):
    generator = random.Random(4)
    arguments = (verb, whole, *options, "-o", output, "--force")
    (tmp_path / "work").mkdir()
    folder = tmp_path / "work"
    before = contents(whole)
    seconds = seconds_of(arguments, folder)
    new = (folder / output).read_bytes()
    codes = []
    for _ in range(N_KILLS[verb]):
        (folder / output).write_text("old")
        codes.append(kill(arguments, folder, generator, seconds))
        assert (folder / output).read_bytes() in (b"old", new)
        assert {name for name in os.listdir(folder) if not name.startswith(".")} == {output}
    assert codes.count(-signal.SIGKILL) >= N_KILLS[verb] / 2
    assert run(*arguments, cwd=folder).code == 0
    assert (folder / output).read_bytes() == new
    assert contents(whole) == before
