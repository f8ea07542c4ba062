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
from varigraph.experiments.reproduction.reproduction_folder import (
    RECORD,
    claim_folder,
    clear_folder,
    working_alone,
)
from varigraph.experiments.reproduction.running import FAILURES, failure_path, tried
from varigraph.experiments.reproduction.summaries import summarise_reproduction
from varigraph.experiments.reproduction.tasks import task_named
from varigraph.experiments.reproduction.trial_record import (
    TrialRecord,
    finished_trial,
    has_other_settings,
)
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
    news: Callable[[str], None] | None = None,
) -> ReproductionRecord:
    """Computes what is not done yet of a recipe, and writes the record last.

    Every trial leaves a file of its own, so a call that is broken off is gone on with by the same call. A
    trial whose settings have changed since is computed anew. A failing trial does not keep the others. While
    it runs, no other process can work in the folder.

    Args:
        recipe: What is to be reproduced.
        folder: New, or that of the same recipe in the same file.
        n_jobs: Processes side by side, with one thread each; 1 runs in this process.
        force: Everything is computed anew.
        watch: Told how far it has come, before the first trial and after each.
        news: Told in a sentence of trials that are done anew, and of each that fails, at once.

    Raises:
        ValueError: `n_jobs` is below 1.
        FileContentError: The task does not accept the settings of a trial; nothing is run.
        MissingExtraError: A trial needs an optional package that is not installed; nothing is run.
        RunFolderError: The folder holds something else, or another process is at work in it.
        TrialError: Trials failed; the others are done, and there is no record.
    """
    if n_jobs < 1:
        raise ValueError(f"n_jobs must be 1 or more, got {n_jobs}.")
    folder, trials = Path(folder), recipe.trials()
    check_trials(trials)
    claim_folder(folder, recipe)
    with working_alone(folder):
        if force:
            clear_folder(folder)
        run = _Run(trials, folder, n_jobs, watch or _unheard, news or _unheard)
        run.go()
        if run.failed:
            raise TrialError(_told(run.failed, len(trials), folder))
        return _recorded(recipe, run.finished, folder)


class _Run:
    """The trials of one call: which are finished, which failed, and who is told."""

    def __init__(
        self,
        trials: Sequence[Trial],
        folder: Path,
        n_jobs: int,
        watch: Callable[[Course], None],
        news: Callable[[str], None],
    ) -> None:
        self.trials, self.folder, self.n_jobs = trials, folder, n_jobs
        self.watch, self.news = watch, news
        self.finished = {trial.key: found for trial in trials if (found := finished_trial(trial, folder))}
        self.failed: dict[str, str] = {}

    def go(self) -> None:
        """Runs what is not finished."""
        left = [trial for trial in self.trials if trial.key not in self.finished]
        n_stale = sum(has_other_settings(trial, self.folder) for trial in left)
        if n_stale:
            have = "trial has other settings and is" if n_stale == 1 else "trials have other settings and are"
            self.news(f"{n_stale:,} finished {have} done anew.")
        self._tell()
        if left:
            (self.folder / RECORD).unlink(missing_ok=True)  # its presence says that nothing is left to do
        with contextlib.closing(_outcomes(left, self.folder, self.n_jobs)) as outcomes:  # leaves no worker
            for trial, failure in outcomes:
                self._ended(trial, failure)
                self._tell()

    def _ended(self, trial: Trial, failure: str) -> None:
        record = finished_trial(trial, self.folder)
        if record is not None and not failure:
            self.finished[trial.key] = record
            return
        why = self.failed[trial.key] = failure or "its file is not there, or was changed meanwhile"
        told = failure_path(self.folder, trial.key)
        if not told.exists():  # a process that was killed leaves no traceback
            write_text(told, f"{why}\n")
        self.news(textwrap.shorten(f"Failed: {trial.key}: {why}", _LONGEST_REASON, placeholder=" …"))

    def _tell(self) -> None:
        seconds = {key: record.seconds for key, record in self.finished.items()}
        self.watch(course_of(self.trials, seconds, self.failed, n_jobs=self.n_jobs))


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


def _unheard(_: object) -> None:
    pass


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
        f"{len(failed):,} of {_counted(n_trials)} failed; the others are done and kept.{listed}{rest}\n"
        f"What Python says of each is in {folder / FAILURES}. The same command tries them again."
    )


def _counted(n_trials: int) -> str:
    return f"{n_trials:,} trial{'' if n_trials == 1 else 's'}"
