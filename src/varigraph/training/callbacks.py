"""What may watch a training run."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from varigraph.training.state import TrainingState

__all__ = ["Callback", "EpochLog", "EpochReport", "FitWatcher", "check_callbacks", "tell_fitted"]


@dataclass(frozen=True)
class EpochReport:
    """What one epoch brought.

    Attributes:
        epoch: 1 for the first.
        max_epochs: How many are planned.
        terms: The loss terms by name, those that were computed.
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


@runtime_checkable
class FitWatcher(Protocol):
    """A callback that also wants to see what came out: estimators show themselves to it."""

    def on_fitted(self, model: Any, *, train: Any, validation: Any) -> None:
        """Called once at the end of a `fit` that succeeds, after `on_end`.

        Args:
            model: The estimator, with everything that it learnt. It must not be changed.
            train: What it was trained on, as the estimator holds it.
            validation: What chose the epoch, or None.
        """


def check_callbacks(callbacks: Any) -> None:
    """Checks what `fit` was given to tell of its epochs.

    Raises:
        TypeError: It is one callback outside a list, a class in place of its object, or something else.

    Example:
        >>> check_callbacks([EpochLog(every=1)])
        >>> check_callbacks(EpochLog(every=1))
        Traceback (most recent call last):
            ...
        TypeError: callbacks takes a list: callbacks=[EpochLog(…)].
    """
    if hasattr(callbacks, "on_epoch"):
        name = callbacks.__name__ if isinstance(callbacks, type) else type(callbacks).__name__
        raise TypeError(f"callbacks takes a list: callbacks=[{name}(…)].")
    if not isinstance(callbacks, Sequence):
        raise TypeError(f"callbacks takes a list of callbacks, got {type(callbacks).__name__}.")
    for one in callbacks:
        if isinstance(one, type):
            raise TypeError(f"A callback is an object, not its class: {one.__name__}(…).")
        if not (hasattr(one, "on_epoch") and hasattr(one, "on_end")):
            raise TypeError(f"A callback has on_epoch and on_end, which {type(one).__name__} has not.")


def tell_fitted(callbacks: Sequence[Callback], model: Any, *, train: Any, validation: Any) -> None:
    """Shows a fitted model to those callbacks that want to see it."""
    for callback in callbacks:
        if isinstance(callback, FitWatcher):
            callback.on_fitted(model, train=train, validation=validation)


class EpochLog:
    """A callback that writes a line to standard error every `every` epochs, and for the last one.

    A term that was not computed in an epoch is shown as it was last known.
    """

    def __init__(self, *, every: int) -> None:
        self.every = every
        self._known: dict[str, float] = {}

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """Writes the terms and the validation metrics."""
        self._known |= report.terms
        if report.epoch % self.every == 0 or report.epoch == report.max_epochs:
            numbers = {**self._known, **{f"val_{name}": v for name, v in report.validation.items()}}
            described = "  ".join(f"{name} {value:.4f}" for name, value in numbers.items())
            sys.stderr.write(f"epoch {report.epoch}/{report.max_epochs}  {described}\n")

    def on_end(self, state: TrainingState) -> None:
        """Nothing is left to say."""
