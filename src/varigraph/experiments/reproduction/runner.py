"""`reproduce`: every trial of a recipe that is not done yet, then the record."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

from varigraph.durable import write_text
from varigraph.errors import FileContentError, TrialError, VarigraphError
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.experiments.reproduction.course import Course, course_of
from varigraph.experiments.reproduction.recipe import Recipe
from varigraph.experiments.reproduction.reproduction_folder import RECORD, claim_folder
from varigraph.experiments.reproduction.running import FAILURES, tried
from varigraph.experiments.reproduction.summaries import summarise_reproduction
from varigraph.experiments.reproduction.tasks import task_named
from varigraph.experiments.reproduction.trial_record import TrialRecord, finished_trial
from varigraph.experiments.reproduction.trials import Trial
from varigraph.experiments.reproduction.workers import Outcomes, run_one_by_one, run_side_by_side

__all__ = ["check_trials", "reproduce"]

_MOST_FAILURES_TOLD, _LONGEST_REASON = 5, 220  # a sentence each


def reproduce(
    recipe: Recipe,
    folder: str | Path,
    *,
    n_jobs: int = 1,
    force: bool = False,
    watch: Callable[[Course], None] | None = None,
) -> ReproductionRecord:
    """Computes what is not done yet of a recipe, and writes the record last.

    Every trial leaves a file of its own, so a call that is broken off is gone on with by the same call. A
    trial whose settings have changed since is computed anew. A failing trial does not keep the others.

    Args:
        recipe: What is to be reproduced.
        folder: New, or that of the same recipe.
        n_jobs: Processes side by side, with one thread each; 1 runs in this process.
        force: Everything is computed anew.
        watch: Told how far it has come, before the first trial and after each.

    Raises:
        ValueError: `n_jobs` is below 1.
        FileContentError: The task does not accept the settings of a trial; nothing is run.
        MissingExtraError: A trial needs an optional package that is not installed; nothing is run.
        RunFolderError: The folder holds something else.
        TrialError: Trials failed; the others are done, and there is no record.
    """
    if n_jobs < 1:
        raise ValueError(f"n_jobs must be 1 or more, got {n_jobs}.")
    folder, trials = Path(folder), recipe.trials()
    check_trials(trials)
    claim_folder(folder, recipe, force=force)
    finished = {trial.key: found for trial in trials if (found := finished_trial(trial, folder))}
    failed: dict[str, str] = {}

    def tell() -> None:
        if watch is not None:
            seconds = {key: record.seconds for key, record in finished.items()}
            watch(course_of(trials, seconds, failed, n_jobs=n_jobs))

    tell()
    left = [trial for trial in trials if trial.key not in finished]
    if left:
        (folder / RECORD).unlink(missing_ok=True)  # its presence says that nothing is left to do
    with contextlib.closing(_outcomes(left, folder, n_jobs)) as outcomes:  # no worker is left behind
        for trial, failure in outcomes:
            record = finished_trial(trial, folder)
            if failure or record is None:
                failed[trial.key] = failure or "its file is not there, or was changed meanwhile"
            else:
                finished[trial.key] = record
            tell()
    if failed:
        raise TrialError(_told(failed, len(trials), folder))
    return _recorded(recipe, finished, folder)


def check_trials(trials: Sequence[Trial]) -> None:
    """Asks the task whether it accepts the settings of every trial.

    Raises:
        FileContentError: It does not, or there is no such task; the message names the trial.
        MissingExtraError: A trial needs an optional package that is not installed.
    """
    for trial in trials:
        try:
            task_named(trial.task).check(trial.settings)
        except VarigraphError:
            raise
        except ValueError as error:
            raise FileContentError(f"The recipe's trial {trial.key} cannot be run: {error}") from error


def _outcomes(trials: Sequence[Trial], folder: Path, n_jobs: int) -> Outcomes:
    n_jobs = min(n_jobs, len(trials))
    if n_jobs > 1:
        return run_side_by_side(trials, folder, tried, n_jobs=n_jobs)
    return run_one_by_one(trials, folder, tried)


def _recorded(recipe: Recipe, finished: dict[str, TrialRecord], folder: Path) -> ReproductionRecord:
    record = summarise_reproduction(recipe, finished)
    path, text = folder / RECORD, record.to_json()
    if not path.exists() or path.read_text(encoding="utf-8", errors="replace") != text:
        write_text(path, text)
    return record


def _told(failed: dict[str, str], n_trials: int, folder: Path) -> str:
    reasons = [f"{key}: {why}" for key, why in failed.items()]
    more = len(reasons) - _MOST_FAILURES_TOLD
    rest = f"\n  and {more:,} more" if more > 0 else ""
    shown = [textwrap.shorten(one, _LONGEST_REASON, placeholder=" …") for one in reasons]
    listed = "".join(f"\n  {one}" for one in shown[:_MOST_FAILURES_TOLD])
    return (
        f"{len(failed):,} of {n_trials:,} trials failed; the others are done and kept.{listed}{rest}\n"
        f"What Python says of each is in {folder / FAILURES}. The same command tries them again."
    )
