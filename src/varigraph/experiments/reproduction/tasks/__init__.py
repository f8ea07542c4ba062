"""The tasks: who computes one trial of a reproduction; a module each, imported when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, cast

from varigraph.experiments.reproduction.outcome import Outcome

__all__ = ["TASKS", "Task", "task_named"]

TASKS: Mapping[str, str] = MappingProxyType(
    {
        name: f"varigraph.experiments.reproduction.tasks.{name}"
        for name in ("links", "rows", "embedding", "failure_case", "pyg_script")
    }
)
"""The module of each task, by the name that recipes call it."""


class Task(Protocol):
    """What a module of a task holds."""

    def check(self, settings: Mapping[str, Any]) -> None:
        """Refuses settings that `run` could not work with, before hours of other trials.

        Raises:
            ValueError: A setting is unknown, missing or wrong; the message names it.
            MissingExtraError: An optional package is needed for them.
        """

    def run(self, settings: Mapping[str, Any], *, seed: int, folder: Path) -> Outcome:
        """One trial.

        Args:
            settings: As `check` has passed them.
            seed: Decides everything that is drawn.
            folder: This trial's own, not made yet; a model that pictures need is saved in it.
        """


def task_named(name: str) -> Task:
    """The module of a task.

    Raises:
        ValueError: There is no such task.
    """
    if name not in TASKS:
        raise ValueError(f"There is no task {name!r}; there are {', '.join(TASKS)}.")
    return cast("Task", importlib.import_module(TASKS[name]))
