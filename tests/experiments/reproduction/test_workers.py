"""Trials in processes side by side: one may be killed, and Ctrl-C is answered by the parent alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from varigraph.experiments.reproduction.recipe import read_recipe
from varigraph.experiments.reproduction.runner import reproduce

PROGRAM = Path(__file__).with_name("side_by_side.py")
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")

posix = pytest.mark.skipif(os.name != "posix", reason="signals of processes are POSIX's")


def started(folder, *trials):
    folder.mkdir()
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder), *trials],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name not in THREADS},
        start_new_session=True,  # a terminal's Ctrl-C goes to a whole group, and here to this one alone
    )


def processes_in(folder):
    """The process of each trial, by its number."""
    pairs = (path.name.split("-") for path in folder.iterdir())
    return {int(number): int(process) for number, process in pairs}


@posix
def test_two_processes_share_the_trials_and_what_kills_one_fails_its_trial_alone(tmp_path):
    program = started(tmp_path / "seen", "meet", "meet", "kill", "fail", "exit", "", "threads")
    out, err = program.communicate(timeout=120)
    assert (program.returncode, err) == (0, "")
    first, *outcomes, last = out.splitlines()
    assert (first, last) == ("starting", "False")  # the parent's own environment is as it was
    assert sorted(outcomes) == [
        "0-meet: ",
        "1-meet: ",
        "2-kill: its process was killed (SIGKILL); was there memory for so many trials side by side?",
        "3-fail: it failed",
        "4-exit: its process ended by itself (exit code 7)",
        "5-: ",
        "6-threads: 1",
    ]
    processes = processes_in(tmp_path / "seen")
    assert program.pid not in processes.values()
    assert processes[0] != processes[1]


@posix
@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3])
def test_ctrl_c_while_workers_start_ends_all_processes_without_a_word(tmp_path, delay):
    program = started(tmp_path / "seen", "sleep", "sleep", "sleep")
    assert program.stdout.readline() == "starting\n"
    time.sleep(delay)
    assert interrupted(program) == (130, "", "")


@posix
def test_ctrl_c_within_trials_ends_all_processes_without_a_word(tmp_path):
    program = started(tmp_path / "seen", "meet", "meet", "sleep", "sleep", "sleep")
    assert program.stdout.readline() == "starting\n"
    assert {program.stdout.readline() for _ in range(2)} == {"0-meet: \n", "1-meet: \n"}
    wait_until(lambda: len(processes_in(tmp_path / "seen")) == 4)
    assert interrupted(program) == (130, "", "")


@posix
def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    program = started(tmp_path / "seen", "meet", "meet", "sleep", "sleep")
    assert program.stdout.readline() == "starting\n"
    assert {program.stdout.readline() for _ in range(2)} == {"0-meet: \n", "1-meet: \n"}
    wait_until(lambda: len(processes_in(tmp_path / "seen")) == 4)
    program.kill()
    program.communicate(timeout=120)
    wait_until(lambda: is_gone(program.pid))


def interrupted(program):
    """How a program ends, and what it says, when Ctrl-C reaches all of its processes; all of them do end."""
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=120)
    wait_until(lambda: is_gone(program.pid))  # multiprocessing's own tracker ends a moment after its parent
    return program.returncode, out, err


def is_gone(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(is_so, *, patience=60.0):
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


DIGITS = """
title = "Digits"
source = "none"
about = "none"
task = "rows"
report = ["table"]
seeds = [0, 1]
[metrics.test_bound]
title = "bound"
unit = "nats"
[axes.dataset.digits]
title = "digits"
[common]
dataset = "digits"
preset = "talk2023"
latent_dim = 2
max_epochs = 1
n_rows = 50
"""


@pytest.mark.slow  # two interpreters import torch
def test_side_by_side_or_in_this_process_the_numbers_are_the_same_to_the_bit(tmp_path):
    (tmp_path / "digits.toml").write_text(DIGITS)
    recipe, courses = read_recipe(tmp_path / "digits.toml"), []
    beside = reproduce(recipe, tmp_path / "beside", n_jobs=2, watch=courses.append)
    alone = reproduce(recipe, tmp_path / "alone")
    assert beside.cells == alone.cells
    assert beside.n_threads == alone.n_threads == 1
    assert (beside.n_jobs, alone.n_jobs) in {(2, 1), (1, 1)}  # the first may end before the second starts
    assert [course.n_trials_done for course in courses] == [0, 1, 2]
