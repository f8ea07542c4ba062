"""What may watch a training run."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from varigraph.training.state import TrainingState

__all__ = ["Callback", "EpochLog", "EpochReport"]


@dataclass(frozen=True)
class EpochReport:
    """What one epoch brought.

    Attributes:
        epoch: 1 for the first.
        max_epochs: How many are planned.
        terms: The loss terms by name.
        validation: Metrics on the validation pairs by name; empty when there are none.
    """

    epoch: int
    max_epochs: int
    terms: Mapping[str, float]
    validation: Mapping[str, float]


class Callback(Protocol):
    """Watches a run. A callback must not change the state."""

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """Called after every epoch."""

    def on_end(self, state: TrainingState) -> None:
        """Called once at the end, also when the run is interrupted or fails between two epochs.

        A run that is broken off within an epoch, by a second Ctrl-C or an error in the validation, does not
        call it: its state is half of one epoch and half of the next, and no checkpoint should hold that.
        """


class EpochLog:
    """A callback that writes a line to standard error every `every` epochs, and for the last one."""

    def __init__(self, *, every: int) -> None:
        self.every = every

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """Writes the terms and the validation metrics."""
        if report.epoch % self.every == 0 or report.epoch == report.max_epochs:
            numbers = {**report.terms, **{f"val_{name}": v for name, v in report.validation.items()}}
            described = "  ".join(f"{name} {value:.4f}" for name, value in numbers.items())
            sys.stderr.write(f"epoch {report.epoch}/{report.max_epochs}  {described}\n")

    def on_end(self, state: TrainingState) -> None:
        """Nothing is left to say."""
