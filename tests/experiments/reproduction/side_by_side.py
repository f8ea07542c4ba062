"""A program that runs trials in two processes; tests run it and send it signals.

`side_by_side.py FOLDER TRIAL…`, with trials such as `sleep` and `kill`, writes a line for each that ends.
"""

import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

from varigraph.experiments.reproduction.trials import Trial
from varigraph.experiments.reproduction.workers import run_side_by_side


def work(trial, folder):
    """A trial; its process is to be seen in the folder."""
    (folder / f"{trial.seed}-{os.getpid()}").touch()
    told = trial.settings["do"]
    if told == "sleep":
        time.sleep(600)
    if told == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if told == "exit":
        os._exit(7)
    if told == "meet":
        meet_another_process(folder)
    if told == "threads":
        return os.environ["OMP_NUM_THREADS"]
    return "it failed" if told == "fail" else ""


def meet_another_process(folder, *, patience=60.0):
    """Returns once two processes have been here; alone, it fails."""
    deadline = time.monotonic() + patience
    while len({path.name.partition("-")[2] for path in folder.iterdir()}) < 2:
        if time.monotonic() > deadline:
            raise TimeoutError("No other process came.")
        time.sleep(0.01)


def write(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(folder, *told):
    trials = [Trial(f"{number}-{do}", {}, number, {"do": do}) for number, do in enumerate(told)]
    try:
        write("starting")
        with closing(run_side_by_side(trials, Path(folder), work, n_jobs=2)) as outcomes:
            for trial, failure in outcomes:
                write(f"{trial.key}: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
    write("OMP_NUM_THREADS" in os.environ)


if __name__ == "__main__":
    main(*sys.argv[1:])
