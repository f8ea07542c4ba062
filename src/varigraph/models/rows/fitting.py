"""Training of row models: from checked rows to a fitted estimator."""

from __future__ import annotations

import contextlib
import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from varigraph.errors import DivergenceError
from varigraph.models.rows.checked_rows import checked_rows, notes_on_rows, notes_on_scale, tensor_over
from varigraph.models.rows.network import RowNetwork, build_network
from varigraph.models.rows.row_part import RowPart
from varigraph.models.rows.row_settings import check_row_settings, epochs_for, is_number
from varigraph.models.settings import settings_of
from varigraph.objectives import ObjectiveTerms, RowObjective, RowStep
from varigraph.seeding import child_seed, numpy_generator, resolve_seed, torch_generator
from varigraph.tensor_types import FloatArray
from varigraph.training import (
    Callback,
    EpochLog,
    EpochSteps,
    LeanAdam,
    RowBatches,
    TrainingPlan,
    TrainingState,
    check_callbacks,
    constant_rate,
    cosine_rate,
    intra_op_threads,
    read_checkpoint,
    resolve_device,
    tell_fitted,
    thread_count,
    train,
)

__all__ = ["fit_row_parts", "fit_rows", "go_on_with_rows", "mean_loss"]

# What the seed of a fit is used for; each use has its own stream.
_WEIGHTS, _TRAINING, _HOLDOUT, _VALIDATION = 0, 1, 2, 3

_FEWEST_HELD_OUT = 5
"""Of fewer validation rows the best epoch is a matter of chance, so none are held out."""

_RATES = {"constant": constant_rate, "cosine": cosine_rate}


@dataclass(frozen=True, eq=False)
class _Job:
    """What one call of `fit` trains with.

    Attributes:
        objective: What is minimised.
        batches: Of the training rows.
        n_rows: How many they are.
        held_out: Batches of the validation rows, or None.
        seed: Of the fit.
    """

    objective: RowObjective
    batches: RowBatches
    n_rows: int
    held_out: RowBatches | None
    seed: int


def fit_rows(
    model: Any,
    rows: FloatArray,
    held_out: FloatArray | None,
    *,
    fraction: float,
    callbacks: Sequence[Callback],
    resume_from: str | Path | None,
) -> None:
    """Trains an estimator from the start and leaves what was learnt in its attributes.

    Args:
        model: A `RowAutoencoder`.
        rows: Checked, shape (n_rows, n_features).
        held_out: Checked validation rows, or None.
        fraction: Share of the rows to hold out when there are none and patience is set.
        callbacks: Told of every epoch.
        resume_from: A checkpoint, or None.
    """
    check_row_settings(model)
    if not (is_number(fraction) and 0 <= fraction < 1):
        raise ValueError(f"validation_fraction must be a number in [0, 1), got {fraction!r}.")
    seed = resolve_seed(model.random_state)
    part = RowPart(rows)
    watched = None if held_out is None else RowPart(held_out)
    if watched is None and model.patience is not None:
        part, watched = _split_off(part, fraction, seed)
    _fit_parts(model, part, watched, seed, callbacks=callbacks, resume_from=resume_from)


def fit_row_parts(
    model: Any,
    rows: RowPart,
    held_out: RowPart | None,
    *,
    callbacks: Sequence[Callback] = (),
    resume_from: str | Path | None = None,
) -> None:
    """As `fit` with validation rows, for parts of arrays that may be mapped files: nothing is copied.

    What is learnt is what `fit` learns from copies of the parts, bit for bit, checkpoints included.

    Args:
        model: A `RowAutoencoder`.
        rows: What to train on.
        held_out: What chooses the epoch when patience is set; None trains for `max_epochs`.
        callbacks: Told of every epoch.
        resume_from: A checkpoint, or None.

    Raises:
        ValueError, DivergenceError: As `fit`, of any row of the arrays.
    """
    part = RowPart(checked_rows(model, rows.values, reset=True), rows.positions)
    watched = None
    if held_out is not None:
        is_same = held_out.values is rows.values
        values = part.values if is_same else checked_rows(model, held_out.values, reset=False)
        watched = RowPart(values, held_out.positions)
    check_row_settings(model)
    seed = resolve_seed(model.random_state)
    _fit_parts(model, part, watched, seed, callbacks=callbacks, resume_from=resume_from)


def _fit_parts(
    model: Any,
    part: RowPart,
    watched: RowPart | None,
    seed: int,
    *,
    callbacks: Sequence[Callback],
    resume_from: str | Path | None,
) -> None:
    check_callbacks(callbacks)
    patience = model.patience if watched is not None else None
    with _unfitted_without_an_epoch(model):
        job = _begin(model, part, watched, seed)
        needs_identity = resume_from is not None or bool(callbacks)
        model._state.identity = _identity(model, part, watched) if needs_identity else ""
        if resume_from is not None:
            read_checkpoint(resume_from, model._state)
        plan = TrainingPlan(
            child_seed(seed, _TRAINING),
            epochs_for(model, len(job.batches)),
            patience,
            _RATES[model.learning_rate_schedule],
        )
        _train(model, job, plan, callbacks)
    # Where no validation loss was a number, none was the best, and the last epoch's weights are kept.
    chosen = model._state.best_epoch if patience is not None else 0
    model.best_epoch_ = chosen or model._state.epoch
    _finish(model, part)
    tell_fitted(callbacks, model, train=part, validation=watched)


def go_on_with_rows(model: Any, rows: FloatArray) -> None:
    """One epoch more over these rows, from where the estimator stands or from the start."""
    if not hasattr(model, "module_"):
        check_row_settings(model)
        with _unfitted_without_an_epoch(model):
            job = _begin(model, RowPart(rows), None, resolve_seed(model.random_state))
    else:
        model.module_.decoder.likelihood.check_values(rows)
        job = _job(model, RowPart(rows), None, model.seed_)
        network = model.module_.to(job.batches.device)
        if not hasattr(model, "_state"):  # of a model from a folder, which keeps no optimizer's
            model._state = TrainingState(
                network, _optimizer(model, network), epoch=model.n_epochs_, history=list(model.history_)
            )
        for group in model._state.optimizer.param_groups:
            group["lr"] = group["initial_lr"] = model.learning_rate
        model.row_notes_, model.training_notes_ = getattr(model, "row_notes_", model.notes_), []
        model._state.best_weights = {}  # or the end of training would bring those of the fit back
    plan = TrainingPlan(child_seed(model.seed_, _TRAINING), model._state.epoch + 1)
    with _unfitted_without_an_epoch(model):
        _train(model, job, plan, ())
    model.best_epoch_ = model._state.epoch
    _finish(model, RowPart(rows))


def _split_off(rows: RowPart, fraction: float, seed: int) -> tuple[RowPart, RowPart | None]:
    """Training and validation rows, drawn at random; none are held out of very few."""
    n_held_out = round(fraction * len(rows))
    if n_held_out < _FEWEST_HELD_OUT:
        return rows, None
    order = numpy_generator(seed, _HOLDOUT).permutation(len(rows))
    return rows.split(order, n_held_out)


@contextlib.contextmanager
def _unfitted_without_an_epoch(model: Any) -> Iterator[None]:
    """What fails before a first epoch is over leaves no model that looks fitted."""
    try:
        yield
    except Exception:
        if not hasattr(model, "_state") or not model._state.epoch:
            _forget(model)
        raise


def _forget(model: Any) -> None:
    """Drops what a fit has left, but for what the check of the rows has set."""
    names = ("n_features_in_", "feature_names_in_")
    for name in [name for name in vars(model) if name.endswith("_") and name not in names]:
        delattr(model, name)
    vars(model).pop("_state", None)


def _begin(model: Any, rows: RowPart, held_out: RowPart | None, seed: int) -> _Job:
    """Fresh parts and a fresh state; an earlier fit is dropped, so that none is left half old, half new."""
    _forget(model)
    generator = torch_generator(seed, _WEIGHTS)
    network = build_network(model, rows, generator=generator, dtype=getattr(torch, model.dtype))
    likelihood = network.decoder.likelihood
    likelihood.check_values(rows.values)
    if held_out is not None and held_out.values is not rows.values:
        likelihood.check_values(held_out.values)
    model.row_notes_ = notes_on_rows(rows, likelihood)
    model.training_notes_ = notes_on_scale(network.shift, network.scale)
    if len(rows) < model.batch_size:
        model.training_notes_.append(
            f"A batch holds all {len(rows)} rows, fewer than batch_size={model.batch_size}."
        )
    model.module_, model.seed_ = network.to(resolve_device(model.device)), seed
    model._state = TrainingState(network, _optimizer(model, network))
    return _job(model, rows, held_out, seed)


def _job(model: Any, rows: RowPart, held_out: RowPart | None, seed: int) -> _Job:
    device, objective = resolve_device(model.device), model.built_objective()
    batches = _batches(rows, model, device)
    model.n_threads_ = thread_count(_work(model.module_, batches.batch_size))
    return _Job(
        objective=objective,
        batches=batches,
        n_rows=len(rows),
        held_out=None if held_out is None else _batches(held_out, model, device),
        seed=seed,
    )


def _batches(rows: RowPart, model: Any, device: torch.device) -> RowBatches:
    # Nothing writes into the user's rows: batches are gathered into buffers.
    dtype = getattr(torch, model.dtype)
    positions = None if rows.positions is None else torch.from_numpy(rows.positions)
    return RowBatches(
        tensor_over(rows.values), model.batch_size, positions=positions, device=device, dtype=dtype
    )


def _work(network: RowNetwork, batch_size: int) -> int:
    """Multiply-adds of one step, forwards and backwards."""
    return 3 * batch_size * sum(weight.numel() for weight in network.parameters())


def _optimizer(model: Any, network: RowNetwork) -> torch.optim.Optimizer:
    decayed = [*network.encoder.parameters(), *network.decoder.parameters()]
    of_prior = list(network.prior.parameters())
    if not model.weight_decay:
        # One group where one is enough: a step of a small network is mostly overhead.
        groups = [{"params": decayed + of_prior}]
    else:
        groups = [{"params": decayed, "weight_decay": model.weight_decay}]
        groups += [{"params": of_prior}] if of_prior else []
    if model.optimizer == "adagrad":
        return torch.optim.Adagrad(groups, lr=model.learning_rate, fused=True)
    return LeanAdam(groups, lr=model.learning_rate)


def _train(model: Any, job: _Job, plan: TrainingPlan, callbacks: Sequence[Callback]) -> None:
    """Runs the loop; a loss that diverges after a good epoch ends it there, with a warning."""
    state = model._state
    log = [EpochLog(every=model.verbose)] if model.verbose else []
    validate = None if job.held_out is None else _validation(model.module_, job)
    with intra_op_threads(model.n_threads_):
        try:
            train(state, _steps(model.module_, job), plan, validate=validate, callbacks=[*callbacks, *log])
        except DivergenceError as error:
            if not state.epoch:
                raise
            state.restore_best()
            kept = state.best_epoch or state.epoch
            message = f"{error} Training stopped there; the model is that of epoch {kept}."
            model.training_notes_.append(message)
            warnings.warn(message, ConvergenceWarning, stacklevel=4)
    model.history_, model.n_epochs_ = state.history, state.epoch


def _steps(network: RowNetwork, job: _Job) -> EpochSteps:
    log_scale = network.log_scale

    def evaluate(generator: torch.Generator, epoch: int) -> Iterator[tuple[ObjectiveTerms, int]]:
        step = RowStep(generator, epoch, job.n_rows, may_skip_autograd=True)
        for batch in job.batches.shuffled(generator):
            terms = job.objective(network.parts, network.scaled(batch), step)
            yield (terms.in_other_units(log_scale) if log_scale else terms), len(batch)

    return EpochSteps(len(job.batches), evaluate)


def _validation(network: RowNetwork, job: _Job) -> Callable[[], Mapping[str, float]]:
    """The loss of the validation rows: minus the bound at full weight of the divergence, if there is one."""

    def validate() -> Mapping[str, float]:
        loss = mean_loss(network, job.objective, job.held_out, seed=child_seed(job.seed, _VALIDATION))
        return {"loss": loss, "score": -loss}

    return validate


def mean_loss(
    network: RowNetwork, objective: RowObjective, batches: RowBatches | None, *, seed: int
) -> float:
    """Minus the bound, or for a point posterior the loss, of rows in order, in nats a row: one draw a row."""
    assert batches is not None
    network.eval()
    # The same numbers at every call, so that epochs are compared on the same draws.
    step = RowStep(torch.Generator().manual_seed(seed), epoch=2**31)
    total = 0.0
    with torch.no_grad():
        for batch in batches.in_order():
            terms = objective.terms(network.parts, network.scaled(batch), step)
            value = terms.loss if terms.elbo is None else -terms.elbo
            total += float(value) * len(batch)
    return total / batches.n_rows + network.log_scale


def _finish(model: Any, rows: RowPart) -> None:
    """Leaves the model where scores are computed, and lets it look at what came out."""
    model.module_.eval().to("cpu")
    weights: list[Tensor] = list(model.module_.state_dict().values())
    if not all(bool(weight.isfinite().all()) for weight in weights):
        raise DivergenceError("The weights are no longer finite; lower learning_rate, or scale the features.")
    model._look_back(rows)
    model.notes_ = [*model.row_notes_, *model.training_notes_]


def _identity(model: Any, rows: RowPart, held_out: RowPart | None) -> str:
    """What a checkpoint must have been made with, to go on with bit-equal results."""
    settings = settings_of(model) | {"random_state": model.seed_, "device": "", "verbose": 0}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for part in (rows, held_out):
        if part is not None:
            digest.update(str((part.shape, part.dtype.str)).encode())
            for block in part.blocks():
                digest.update(np.ascontiguousarray(block).view(np.uint8).data)
    return digest.hexdigest()
