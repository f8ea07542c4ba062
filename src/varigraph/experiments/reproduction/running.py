"""One trial, run: timed, its warnings kept, its outcome in a file that is there only when it is whole."""

from __future__ import annotations

import shutil
import time
import traceback
import warnings
from collections.abc import Iterable
from pathlib import Path

import torch

from varigraph.durable import write_text
from varigraph.errors import VarigraphError
from varigraph.experiments.reproduction.tasks import task_named
from varigraph.experiments.reproduction.trial_record import (
    TrialRecord,
    finished_trial,
    model_folder,
    trial_path,
)
from varigraph.experiments.reproduction.trials import Trial
from varigraph.training.devices import intra_op_threads

__all__ = ["FAILURES", "failure_path", "run_trial", "tried"]

FAILURES = "failures"
"""The folder of tracebacks of failed trials in that of a reproduction."""


def failure_path(folder: Path, key: str) -> Path:
    """Where it is told why a trial failed."""
    return folder / FAILURES / f"{key}.txt"


def run_trial(trial: Trial, folder: Path) -> TrialRecord:
    """Computes a trial and writes its file when it is done.

    Args:
        trial: What is to be computed.
        folder: Of the reproduction. An unfinished model of an earlier attempt is removed.

    Raises:
        ValueError: The outcome lacks a metric, or holds what JSON cannot; or the task raises it.
    """
    models = model_folder(folder, trial.key)
    shutil.rmtree(models, ignore_errors=True)
    trial_path(folder, trial.key).unlink(missing_ok=True)
    started, wall, cpu = time.time(), time.perf_counter(), time.process_time()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")  # once a place; a trial's file is where they are looked for
        outcome = task_named(trial.task).run(trial.settings, seed=trial.seed, folder=models)
    missing = [name for name in trial.metrics if name not in outcome.metrics]
    if missing:
        raise ValueError(f"The task {trial.task} gave no {missing[0]!r}, only {', '.join(outcome.metrics)}.")
    record = TrialRecord(
        task=trial.task,
        coordinates=trial.coordinates,
        seed=trial.seed,
        settings=trial.settings,
        metrics=dict(outcome.metrics),
        curves={name: list(curve) for name, curve in outcome.curves.items()},
        facts=dict(outcome.facts),
        warnings=_texts(caught),
        has_model=models.is_dir(),
        started=started,
        seconds=time.perf_counter() - wall,
        cpu_seconds=time.process_time() - cpu,
        n_threads=torch.get_num_threads(),
    )
    record.write(trial_path(folder, trial.key))
    return record


def tried(trial: Trial, folder: Path) -> str:
    """Runs a trial with one thread and says why it failed; empty if it did not.

    The traceback of a failure is left in the folder `failures`. A trial that is finished by now is left.
    """
    told = failure_path(folder, trial.key)
    told.unlink(missing_ok=True)
    if finished_trial(trial, folder) is not None:
        return ""
    try:
        with intra_op_threads(1):
            run_trial(trial, folder)
    except Exception as error:
        write_text(told, traceback.format_exc())
        name = "" if isinstance(error, VarigraphError) else f"{type(error).__name__}: "
        return f"{name}{error}".strip()
    return ""


def _texts(caught: Iterable[warnings.WarningMessage]) -> list[str]:
    told = (" ".join(str(one.message).split()) for one in caught)
    return list(dict.fromkeys(text for text in told if text))
