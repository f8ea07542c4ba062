"""The training loop: one screen, top to bottom."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch

from varigraph.errors import DivergenceError
from varigraph.objectives import ObjectiveTerms
from varigraph.seeding import child_seed, keyed_global_generators, torch_generator
from varigraph.training.callbacks import Callback, EpochReport
from varigraph.training.interrupts import deferred_interrupt
from varigraph.training.state import TrainingState

__all__ = ["TrainingPlan", "train"]

_GLOBAL_DRAWS = 1  # the use that an epoch's global generators are keyed by


@dataclass(frozen=True)
class TrainingPlan:
    """How long to train, and what to keep.

    Attributes:
        seed: Epoch n draws its random numbers from (seed, n).
        max_epochs: The most epochs.
        patience: Stop after this many epochs whose validation score is below the best, and keep the weights
            of the best epoch; None runs all epochs and keeps the last.
    """

    seed: int
    max_epochs: int
    patience: int | None = None

    def wants_more(self, state: TrainingState) -> bool:
        """Whether another epoch is due."""
        waited = state.epoch - state.best_epoch if state.best_epoch else 0
        return state.epoch < self.max_epochs and (self.patience is None or waited < self.patience)


def train(
    state: TrainingState,
    step: Callable[[torch.Generator], ObjectiveTerms],
    plan: TrainingPlan,
    *,
    validate: Callable[[], Mapping[str, float]] | None = None,
    callbacks: Sequence[Callback] = (),
) -> None:
    """Trains `state.module` in place.

    Args:
        state: Fresh, or restored from a checkpoint: both end with the same weights, bit for bit.
        step: Evaluates the objective for one epoch with the generator it is given.
        plan: How long, and what to keep.
        validate: Metrics of the module as it stands; its `score` (higher is better) chooses the epoch.
        callbacks: Told of every epoch and of the end.

    Raises:
        DivergenceError: The loss or its gradient is infinite or not a number; the state is that of the
            last good epoch.
        KeyboardInterrupt: After the running epoch and `on_end`, so that what was written can be resumed.
    """
    with deferred_interrupt() as interrupted:
        try:
            while plan.wants_more(state) and not interrupted():
                terms = _epoch(state, step, plan.seed)
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


def _epoch(
    state: TrainingState, step: Callable[[torch.Generator], ObjectiveTerms], seed: int
) -> dict[str, float]:
    """One step of gradient descent; the epoch counts only once the optimizer has moved."""
    epoch = state.epoch + 1
    state.module.train()
    # A user's module may draw from the global generator (dropout); it is keyed too, with numbers of its own
    # lest its masks follow the draws of z, and put back after.
    gpus = (p.device for p in state.module.parameters() if p.device.type == "cuda")
    with keyed_global_generators(child_seed(seed, epoch, _GLOBAL_DRAWS), gpus=gpus):
        terms = step(torch_generator(seed, epoch))
        values = terms.as_floats()
        if not math.isfinite(values["loss"]):
            raise _divergence(f"The loss became {values['loss']}", state)
        state.optimizer.zero_grad(set_to_none=True)
        terms.loss.backward()
    if not all(bool(p.grad.isfinite().all()) for p in state.module.parameters() if p.grad is not None):
        raise _divergence("The gradient is no longer finite", state)
    state.is_whole = False
    state.optimizer.step()
    return values


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
