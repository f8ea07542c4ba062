"""`TrialRecord`: what one trial came to, as the JSON document that a later call finds it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.documents import json_ready
from varigraph.evaluation.field_checks import (
    FieldCheck,
    by_name,
    is_number,
    is_text,
    is_utc_time,
    is_whole,
    list_of,
)
from varigraph.evaluation.json_record import JSONRecord
from varigraph.evaluation.run_facts import library_versions, utc_now
from varigraph.experiments.reproduction.trials import Trial
from varigraph.untrusted import file_inside

__all__ = [
    "MODELS",
    "TRIALS",
    "TrialRecord",
    "finished_trial",
    "has_other_settings",
    "model_folder",
    "trial_path",
]

TRIALS = "trials"
"""The folder of trial files in that of a reproduction."""

MODELS = "models"
"""The folder of the models that pictures need."""

_SCHEMA_VERSION = 1
_SECONDS: FieldCheck = (lambda value: is_number(value) and value is not None and value >= 0, "seconds")

_FIELDS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        "schema_version": (lambda value: value == _SCHEMA_VERSION, str(_SCHEMA_VERSION)),
        "task": (is_text, "a name"),
        "coordinates": (by_name(is_text), "for each axis a name"),
        "seed": (is_whole, "a whole number"),
        "settings": (by_name(lambda value: True), "settings by name"),
        "metrics": (by_name(is_number), "numbers by name"),
        "curves": (by_name(list_of(is_number)), "lists of numbers by name"),
        "facts": (by_name(lambda value: True), "facts by name"),
        "warnings": (list_of(is_text), "a list of sentences"),
        "has_model": (lambda value: isinstance(value, bool), "true or false"),
        "started": (is_number, "seconds since 1970"),
        "seconds": _SECONDS,
        "cpu_seconds": _SECONDS,
        "n_threads": (is_whole, "a whole number"),
        "library_versions": (by_name(is_text), "versions by name"),
        "created_at": (is_utc_time, "a time in UTC such as 2026-01-31T12:00:00+00:00"),
    }
)


@dataclass(frozen=True, eq=False, kw_only=True)
class TrialRecord(JSONRecord):
    """One finished trial.

    Attributes:
        task: Who computed it.
        coordinates: Its cell.
        seed: Its seed.
        settings: What the task was given.
        metrics: What the task returned, in raw units; NaN is null in JSON.
        curves: What the task returned.
        facts: What the task returned.
        warnings: What was warned of meanwhile, each once.
        has_model: Whether the task saved a model.
        started: When, in seconds since 1970.
        seconds: How long it took.
        cpu_seconds: Processor time of its process meanwhile.
        n_threads: Threads that torch was given.
        library_versions: As `library_versions()` gives them.
        created_at: When it ended, in UTC, ISO 8601.
        schema_version: 1.
    """

    field_checks: ClassVar[Mapping[str, FieldCheck]] = _FIELDS
    newest_version: ClassVar[int] = _SCHEMA_VERSION
    added_fields: ClassVar[Mapping[int, tuple[str, ...]]] = MappingProxyType({})
    may_be_nan: ClassVar[tuple[str, ...]] = ("metrics", "curves")

    task: str
    coordinates: dict[str, str]
    seed: int
    settings: dict[str, Any]
    metrics: dict[str, float]
    curves: dict[str, list[float]]
    facts: dict[str, Any]
    warnings: list[str]
    has_model: bool
    started: float
    seconds: float
    cpu_seconds: float
    n_threads: int
    library_versions: dict[str, str] = field(default_factory=library_versions)
    created_at: str = field(default_factory=utc_now)
    schema_version: int = _SCHEMA_VERSION

    def answers(self, trial: Trial) -> bool:
        """Whether this is the outcome of that trial: same task, cell, seed and settings, and its metrics."""
        asked = (trial.task, trial.coordinates, trial.seed, json_ready(trial.settings))
        told = (self.task, self.coordinates, self.seed, self.settings)
        return asked == told and self.metrics.keys() >= set(trial.metrics)


def trial_path(folder: Path, key: str) -> Path:
    """The file of a trial in the folder of a reproduction."""
    return folder / TRIALS / f"{key}.json"


def model_folder(folder: Path, key: str) -> Path:
    """Where a trial's task saves its model, if pictures need it."""
    return folder / MODELS / key


def finished_trial(trial: Trial, folder: Path) -> TrialRecord | None:
    """What the folder of a reproduction holds of a trial; None if it is to be computed (again).

    A file that is damaged, was made with other settings, or whose model has gone does not count.
    """
    record = _record(trial, folder)
    if record is None:
        return None
    is_whole_outcome = model_folder(folder, trial.key).is_dir() or not record.has_model
    return record if is_whole_outcome and record.answers(trial) else None


def has_other_settings(trial: Trial, folder: Path) -> bool:
    """Whether a trial of that name is finished, but is no outcome of this one."""
    record = _record(trial, folder)
    return record is not None and not record.answers(trial)


def _record(trial: Trial, folder: Path) -> TrialRecord | None:
    try:
        return TrialRecord.read(file_inside(folder, f"{TRIALS}/{trial.key}.json"))
    except (FileContentError, RunFolderError):
        return None
