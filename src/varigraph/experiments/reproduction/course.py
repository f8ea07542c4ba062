"""`Course`: how far a reproduction has come, and how long the rest is likely to take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from varigraph.experiments.reproduction.trials import Trial

__all__ = ["Course", "course_of", "seconds_left"]


@dataclass(frozen=True)
class Course:
    """How far a reproduction has come.

    Attributes:
        n_trials: All of them.
        n_trials_done: Those that are finished, in this call or before it.
        n_failed: Those that failed in this call.
        n_cells: All of them.
        n_cells_done: Those of which every trial is finished.
        seconds_left: An estimate; None until one trial is finished.
        share: Of the work, by weight, that has ended, failed trials among it; from 0 to 1.
    """

    n_trials: int
    n_trials_done: int
    n_failed: int
    n_cells: int
    n_cells_done: int
    seconds_left: float | None
    share: float


def course_of(
    trials: Sequence[Trial], seconds: Mapping[str, float], failed: Mapping[str, str], *, n_jobs: int
) -> Course:
    """The course of a reproduction.

    Args:
        trials: All of them.
        seconds: What the finished ones took, by key.
        failed: Why others failed, by key.
        n_jobs: How many run side by side.
    """
    left = [trial for trial in trials if trial.key not in seconds]
    cells = {_cell(trial) for trial in trials}
    todo = [trial for trial in left if trial.key not in failed]
    done = [trial for trial in trials if trial.key in seconds]
    return Course(
        n_trials=len(trials),
        n_trials_done=len(done),
        n_failed=len(failed),
        n_cells=len(cells),
        n_cells_done=len(cells - {_cell(trial) for trial in left}),
        seconds_left=seconds_left(todo, done, seconds, n_jobs=n_jobs),
        share=_share(trials, todo),
    )


def seconds_left(
    todo: Sequence[Trial], done: Sequence[Trial], seconds: Mapping[str, float], *, n_jobs: int
) -> float | None:
    """How long the trials that are left are likely to take.

    One is taken to last as those of its own cell did; where there are none yet, as its weight says beside all
    that are done. The longest of them bounds what side by side can save.

    Args:
        todo: Trials that are left.
        done: Trials that are finished.
        seconds: What those took, by key.
        n_jobs: How many run side by side.

    Returns:
        Seconds; None if nothing is finished to go by.
    """
    if not todo:
        return 0.0
    weight = sum(trial.weight for trial in done)
    if not weight:
        return None
    pace = sum(seconds[trial.key] for trial in done) / weight
    of_cells: dict[tuple[str, ...], list[float]] = {}
    for trial in done:
        of_cells.setdefault(_cell(trial), []).append(seconds[trial.key])
    expected = []
    for trial in todo:
        known = of_cells.get(_cell(trial))
        expected.append(sum(known) / len(known) if known else pace * trial.weight)
    return max(sum(expected) / n_jobs, *expected)


def _share(trials: Sequence[Trial], todo: Sequence[Trial]) -> float:
    """How much has ended: by weight, or by count if nothing weighs anything."""
    whole, left = (sum(trial.weight for trial in some) for some in (trials, todo))
    return 1 - (left / whole if whole else len(todo) / max(len(trials), 1))


def _cell(trial: Trial) -> tuple[str, ...]:
    return tuple(trial.coordinates.values())
