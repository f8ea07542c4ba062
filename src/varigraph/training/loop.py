"""The training loop: one screen, top to bottom."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from varigraph.errors import DivergenceError
from varigraph.objectives import ObjectiveTerms
from varigraph.seeding import child_seed, keyed_global_generators, torch_generator
from varigraph.training.callbacks import Callback, EpochReport
from varigraph.training.interrupts import deferred_interrupt
from varigraph.training.state import TrainingState

__all__ = ["EpochSteps", "TrainingPlan", "constant_rate", "cosine_rate", "train"]

_GLOBAL_DRAWS = 1  # the use that an epoch's global generators are keyed by

RateFactor: TypeAlias = Callable[[int, int], float]
"""From (epoch, max_epochs), the first epoch being 1, to what the learning rate is multiplied by."""


def constant_rate(epoch: int, max_epochs: int) -> float:
    """1 throughout."""
    return 1.0


def cosine_rate(epoch: int, max_epochs: int) -> float:
    """Half a period of a cosine, from 1 in the first epoch towards 0 after the last.

    References:
        Loshchilov & Hutter (2017), *SGDR*, equation 5, without restarts.
    """
    return 0.5 * (1 + math.cos(math.pi * (epoch - 1) / max(max_epochs, 1)))


@dataclass(frozen=True)
class EpochSteps:
    """What one epoch evaluates.

    Attributes:
        n_steps: Steps of gradient descent an epoch.
        evaluate: From the epoch's generator and number to the terms of each step, with how much each counts
            in the epoch's mean. It is asked for the next step only when the weights have moved.
    """

    n_steps: int
    evaluate: Callable[[torch.Generator, int], Iterable[tuple[ObjectiveTerms, int]]]

    @classmethod
    def single(cls, step: Callable[[torch.Generator, int], ObjectiveTerms]) -> EpochSteps:
        """One step an epoch, as for a whole graph; it gets what `evaluate` gets."""
        return cls(1, lambda generator, epoch: ((step(generator, epoch), 1),))


@dataclass(frozen=True)
class TrainingPlan:
    """How long to train, and what to keep.

    Attributes:
        seed: Epoch n draws its random numbers from (seed, n).
        max_epochs: The most epochs.
        patience: Stop after this many epochs whose validation score is below the best, and keep the weights
            of the best epoch; None runs all epochs and keeps the last.
        rate: How the learning rate changes.
    """

    seed: int
    max_epochs: int
    patience: int | None = None
    rate: RateFactor = constant_rate

    def wants_more(self, state: TrainingState) -> bool:
        """Whether another epoch is due."""
        waited = state.epoch - state.best_epoch if state.best_epoch else 0
        return state.epoch < self.max_epochs and (self.patience is None or waited < self.patience)


def train(
    state: TrainingState,
    steps: EpochSteps,
    plan: TrainingPlan,
    *,
    validate: Callable[[], Mapping[str, float]] | None = None,
    callbacks: Sequence[Callback] = (),
) -> None:
    """Trains `state.module` in place.

    Args:
        state: Fresh, or restored from a checkpoint: both end with the same weights, bit for bit.
        steps: Evaluates the objective for the steps of one epoch.
        plan: How long, and what to keep.
        validate: Metrics of the module as it stands; its `score` (higher is better) chooses the epoch.
        callbacks: Told of every epoch and of the end.

    Raises:
        DivergenceError: The loss, where it was computed, or its gradient is infinite or not a number; the
            state is that of the last good epoch.
        KeyboardInterrupt: After the running epoch and `on_end`, so that what was written can be resumed.
    """
    with deferred_interrupt() as interrupted:
        try:
            while plan.wants_more(state) and not interrupted():
                terms = _epoch(state, steps, plan)
                metrics = dict(validate()) if validate else {}
                _note(state, terms, metrics, keep_best=plan.patience is not None)
                report = EpochReport(state.epoch, plan.max_epochs, terms, metrics)
                for callback in callbacks:
                    callback.on_epoch(report, state)
        finally:
            for callback in callbacks if state.is_whole else ():
                callback.on_end(state)
        if interrupted():
            raise KeyboardInterrupt
    state.restore_best()


def _epoch(state: TrainingState, steps: EpochSteps, plan: TrainingPlan) -> dict[str, float]:
    """The steps of one epoch; the epoch counts only once the optimizer has moved for the last time."""
    epoch = state.epoch + 1
    state.module.train()
    state.set_rate(plan.rate(epoch, plan.max_epochs))
    # A single step is looked at before it is taken. To look at each of many would cost as much as a layer,
    # and a weight that is not finite shows in the next loss: they are undone from a snapshot instead.
    before = state.snapshot() if steps.n_steps > 1 else None
    parameters = list(state.module.parameters())
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    # A user's module may draw from the global generator (dropout); it is keyed too, with numbers of its own
    # lest its masks follow the draws of z, and put back after.
    gpus = (p.device for p in state.module.parameters() if p.device.type == "cuda")
    try:
        with keyed_global_generators(child_seed(plan.seed, epoch, _GLOBAL_DRAWS), gpus=gpus):
            for terms, weight in steps.evaluate(torch_generator(plan.seed, epoch), epoch):
                values = terms.as_floats()
                if "loss" in values:
                    _check_loss(values["loss"], state)
                _descend(state, parameters, terms, is_checked=before is None)
                for name, value in values.items():
                    sums[name] = sums.get(name, 0.0) + weight * value
                    counts[name] = counts.get(name, 0) + weight
        if before is not None:
            _check_weights(state)
    except DivergenceError:
        if before is not None:
            state.go_back_to(before)
        raise
    return {name: value / counts[name] for name, value in sums.items()}


def _descend(
    state: TrainingState, parameters: Sequence[Tensor], terms: ObjectiveTerms, *, is_checked: bool
) -> None:
    """One step of gradient descent, if checked only with a gradient that is finite."""
    for parameter in parameters:
        parameter.grad = None
    terms.backward()
    if is_checked and not all(bool(p.grad.isfinite().all()) for p in parameters if p.grad is not None):
        raise _divergence("The gradient is no longer finite", state)
    state.is_whole = False
    state.optimizer.step()


def _check_loss(value: float, state: TrainingState) -> None:
    if not math.isfinite(value):
        raise _divergence(f"The loss became {value}", state)


def _check_weights(state: TrainingState) -> None:
    if not all(bool(parameter.isfinite().all()) for parameter in state.module.parameters()):
        raise _divergence("The weights are no longer finite", state)


def _divergence(what: str, state: TrainingState) -> DivergenceError:
    return DivergenceError(f"{what} in epoch {state.epoch + 1}; lower learning_rate, or scale the features.")


def _note(
    state: TrainingState, terms: Mapping[str, float], metrics: Mapping[str, float], *, keep_best: bool
) -> None:
    state.epoch += 1
    named = {f"val_{name}": value for name, value in metrics.items()}
    state.history.append({"epoch": state.epoch, **terms, **named})
    if keep_best and "score" in metrics:
        state.note_best(metrics["score"])
    state.is_whole = True
