"""Trials side by side: worker processes with one thread each, of which one may die without the others."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TypeAlias

from varigraph.experiments.reproduction.trials import Trial

__all__ = ["Outcomes", "Run", "run_one_by_one", "run_side_by_side"]

Outcomes: TypeAlias = Generator[tuple[Trial, str], None, None]
"""Each trial as it ends, with why it failed, or with ""."""

Run: TypeAlias = Callable[[Trial, Path], str]
"""Computes a trial in the folder of a reproduction and says why it failed; "" if it did not."""

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_LONGEST_GOODBYE = 5.0  # seconds for a worker that was told to stop


def run_one_by_one(trials: Sequence[Trial], folder: Path, run: Run) -> Outcomes:
    """Runs trials in this process.

    Numerical libraries have the threads that they found when they were imported; `OMP_NUM_THREADS=1` in the
    environment gives them one.
    """
    for trial in trials:
        yield trial, run(trial, folder)


def run_side_by_side(trials: Sequence[Trial], folder: Path, run: Run, *, n_jobs: int) -> Outcomes:
    """Runs trials in worker processes.

    A worker that is killed, as by a system without memory, fails its trial and is replaced. When the iterator
    is closed, workers are stopped in the middle of their trials, of which nothing is left.

    Args:
        trials: Started in this order.
        folder: Of the reproduction.
        run: A function of a module, which workers can import.
        n_jobs: Worker processes, each with one thread.
    """
    waiting, workers = deque(trials), list[_Worker]()
    with _one_thread_in_children():
        try:
            while waiting or workers:
                while waiting and len(workers) < n_jobs:
                    workers.append(_Worker(folder, run))
                    workers[-1].give(waiting.popleft())
                ready = wait([worker.connection for worker in workers])
                for worker in [one for one in workers if one.connection in ready]:
                    trial, failure = worker.trial, worker.failure()
                    if worker.is_dead or not waiting:
                        workers.remove(worker)
                        worker.stop()
                    else:
                        worker.give(waiting.popleft())
                    yield trial, failure
        finally:
            for worker in workers:
                worker.stop()


class _Worker:
    """A process that computes the trials it is given, one after another."""

    trial: Trial

    def __init__(self, folder: Path, run: Run) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, folder, run), daemon=True)
        with _interrupts_blocked():
            self._process.start()
        theirs.close()  # so that the end of the process is the end of the pipe
        self.is_dead = False

    def give(self, trial: Trial) -> None:
        """Hands it a trial."""
        self.trial = trial
        with contextlib.suppress(OSError):  # it died meanwhile, which `failure` tells
            self.connection.send(trial)

    def failure(self) -> str:
        """Waits for the end of the trial."""
        try:
            return str(self.connection.recv())
        except (EOFError, OSError):
            self.is_dead = True
            self._process.join(_LONGEST_GOODBYE)
            code = self._process.exitcode
            if code is not None and code < 0:
                name = signal.Signals(-code).name
                return f"its process was killed ({name}); was there memory for so many trials side by side?"
            return f"its process ended by itself (exit code {code})"

    def stop(self) -> None:
        """Ends the process, wherever it is."""
        self.connection.close()
        self._process.terminate()
        self._process.join(_LONGEST_GOODBYE)


def _work(connection: Connection, folder: Path, run: Run) -> None:
    """What a worker does: trials, until nobody gives any."""
    # The terminal sends Ctrl-C to workers too; the parent alone answers it, and ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send(run(connection.recv(), folder))


def _end_with_the_parent() -> None:
    """A parent that is killed stops nobody; its workers would go on with trials that nobody waits for."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextlib.contextmanager
def _one_thread_in_children() -> Iterator[None]:
    """Numerical libraries read these variables when they are imported, which workers do after their start."""
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Ctrl-C waits for the end of the block; a process started in it never hears of one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # multiprocessing's own, which unblocks them when it is started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
