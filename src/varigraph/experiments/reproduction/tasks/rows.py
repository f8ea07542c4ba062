"""A trial on vectors and images: a VAE of a preset, its bound on training and test rows by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from varigraph.datasets.catalogue import dataset_names
from varigraph.datasets.loading_rows import load_rows
from varigraph.experiments.reproduction.outcome import Outcome
from varigraph.experiments.reproduction.setting_checks import SettingRule, check_settings, is_positive
from varigraph.experiments.reproduction.step_sizes import StepSizeTry, try_step_sizes
from varigraph.models import ROW_PRESETS, VAE
from varigraph.models.rows.row_settings import is_whole
from varigraph.objectives import ROW_OBJECTIVES
from varigraph.rows import Rows, split_rows
from varigraph.seeding import numpy_generator
from varigraph.tensor_types import FloatArray

__all__ = ["check", "run"]

_TEST_FRACTION = 0.1
"""Of a data set without a published test part, such as Frey faces."""

_TRY_SAMPLES = 10_000
"""Rows that a try of a step size sees, unless the recipe says otherwise."""

_SOME_ROWS = 0x736F6D65  # keeps the draw of some of the rows apart from every other use of the seed

_BOUNDS = ("elbo", "iwae", "wake_sleep")


def _are_rates(value: Any) -> bool:
    are_numbers = isinstance(value, list | tuple) and all(map(is_positive, value))
    return are_numbers and len(set(value)) == len(value) > 1


_SETTINGS: MappingProxyType[str, SettingRule] = MappingProxyType(
    {
        "dataset": (lambda name: name in dataset_names("rows"), "the name of a data set of rows"),
        "preset": (lambda name: name in ROW_PRESETS, f"one of {', '.join(ROW_PRESETS)}"),
        "objective": (lambda name: name in _BOUNDS, f"one of {', '.join(_BOUNDS)}"),
        "latent_dim": (lambda value: is_whole(value, least=1), "a whole number of 1 or more"),
        "max_epochs": (lambda value: is_whole(value, least=1), "a whole number of 1 or more"),
        "n_rows": (lambda value: is_whole(value, least=10), "a whole number of 10 or more"),
        "learning_rate": (is_positive, "a number above 0"),
        "learning_rates": (_are_rates, "a list of two or more different numbers above 0"),
        "try_samples": (lambda value: is_whole(value, least=1), "a whole number of 1 or more"),
        "weight_prior_std": (is_positive, "a number above 0"),
        "save": (lambda value: isinstance(value, bool), "true or false"),
    }
)
_REQUIRED = ("dataset", "preset", "latent_dim", "max_epochs")


def check(settings: Mapping[str, Any]) -> None:
    """Checks the settings of a trial.

    Required are `dataset` (a data set of rows), `preset` (of a VAE), `latent_dim` and `max_epochs`. There may
    be `objective` ("elbo", "iwae" or "wake_sleep"), `weight_prior_std` (σ of a normal prior on the weights),
    `learning_rate`, or `learning_rates` of which each trial chooses one for itself by a short try on training
    rows, as long as it takes to see `try_samples` of them (10,000); `n_rows` (train on so many at random,
    test on no more); `save` (keep the model for pictures).

    Raises:
        ValueError: A setting is unknown, missing or wrong; the message names it.
    """
    check_settings(settings, _SETTINGS, _REQUIRED)
    if "learning_rate" in settings and "learning_rates" in settings:
        raise ValueError("learning_rate is one step size and learning_rates are several; state one of them.")
    if "try_samples" in settings and "learning_rates" not in settings:
        raise ValueError("try_samples is the length of a try of learning_rates; state them too.")


def run(settings: Mapping[str, Any], *, seed: int, folder: Path) -> Outcome:
    """Trains on the training part, and watches the test part without choosing anything by it.

    The bound is that of the last epoch, in nats a row with one draw of z: `test_bound` and its negative
    `test_loss` after the epoch, `train_bound` and `train_loss` as the mean over the epoch's batches, while
    the weights still move. A weight prior is in none of them. Curves have one value an epoch; `samples` are
    the training rows evaluated so far, without those of tries of step sizes.

    Args:
        settings: As `check` passes them.
        seed: Of weights and noise; of the test part, where none is published; and of `n_rows`.
        folder: Where the model is saved, if `save` is set.

    Raises:
        DatasetUnavailableError: The raw files of the data set are missing.
        DivergenceError: The loss is not finite in the first epoch.
    """
    rows = load_rows(settings["dataset"])
    train, test, protocol = _parts(rows, seed=seed, n_rows=settings.get("n_rows"))
    tried = _tried(settings, rows, train, seed=seed)
    model = _model(settings, rows, seed=seed, learning_rate=None if tried is None else tried.best)
    model.fit(train, validation=test)
    if settings.get("save", False):
        model.save(folder, overwrite=True)
    curves = _curves(model.history_, n_train=len(train))
    facts = {
        "split": protocol,
        "n_train": len(train),
        "n_test": len(test),
        "n_parameters": sum(weight.numel() for weight in model.module_.parameters()),
        "n_epochs": model.n_epochs_,
        "active_units": int(model.active_units_),
        "learning_rate": float(model.learning_rate),
        "notes": model.notes_,
    }
    if tried is not None:
        facts["tried_learning_rates"] = {f"{rate:g}": bound for rate, bound in tried.bounds.items()}
    metrics = {name: curve[-1] for name, curve in curves.items() if name != "samples"}
    return Outcome(metrics=metrics, curves=curves, facts=facts)


def _parts(rows: Rows, *, seed: int, n_rows: int | None) -> tuple[FloatArray, FloatArray, str]:
    """Values of the training and test rows, and how they were parted."""
    split = split_rows(rows, val=0, test=_TEST_FRACTION, random_state=seed)
    found = []
    for key, positions in enumerate((split.train, split.test)):
        chosen = positions
        if n_rows is not None and n_rows < len(positions):
            generator = numpy_generator(seed, _SOME_ROWS, key)
            chosen = generator.permutation(positions)[:n_rows]
        found.append(rows.take(chosen).values)
    return found[0], found[1], split.protocol


def _tried(settings: Mapping[str, Any], rows: Rows, train: FloatArray, *, seed: int) -> StepSizeTry | None:
    if "learning_rates" not in settings:
        return None
    rates = [float(rate) for rate in settings["learning_rates"]]
    return try_step_sizes(
        lambda rate: _model(settings, rows, seed=seed, learning_rate=rate),
        train,
        rates,
        n_samples=settings.get("try_samples", _TRY_SAMPLES),
    )


def _model(settings: Mapping[str, Any], rows: Rows, *, seed: int, learning_rate: float | None) -> VAE:
    """The VAE that the settings name, not fitted; without early stopping, which would choose by test rows."""
    changes: dict[str, Any] = {name: settings[name] for name in ("latent_dim", "max_epochs")}
    rate = settings.get("learning_rate") if learning_rate is None else learning_rate
    if rate is not None:
        changes["learning_rate"] = float(rate)
    if "objective" in settings or "weight_prior_std" in settings:
        objective = ROW_OBJECTIVES[settings.get("objective", "elbo")]
        changes["objective"] = objective(weight_prior_std=settings.get("weight_prior_std"))
    return VAE.from_preset(
        settings["preset"], **changes, image_shape=rows.image_shape, patience=None, random_state=seed
    )


def _curves(history: Sequence[Mapping[str, float]], *, n_train: int) -> dict[str, list[float]]:
    train, test = [epoch["elbo"] for epoch in history], [-epoch["val_loss"] for epoch in history]
    return {
        "samples": [float(n_train * epoch) for epoch in range(1, len(history) + 1)],
        "train_bound": train,
        "test_bound": test,
        "train_loss": [-bound for bound in train],
        "test_loss": [-bound for bound in test],
    }
