"""The plain settings of row models: their ranges, and how many epochs are enough."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["check_row_settings", "epochs_for", "is_number", "is_whole"]

_ENOUGH_STEPS = 20_000
_FEWEST_EPOCHS, _MOST_EPOCHS = 20, 5_000


def epochs_for(estimator: Any, steps_an_epoch: int) -> int:
    """`max_epochs`, or when that is None as many as make 20,000 steps, at least 20 and at most 5,000."""
    if estimator.max_epochs is not None:
        return int(estimator.max_epochs)
    return min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, math.ceil(_ENOUGH_STEPS / max(steps_an_epoch, 1))))


def check_row_settings(estimator: Any) -> None:
    """Checks the plain settings; parts are checked where they are built.

    Raises:
        ValueError: One is out of its range; the message names it.
    """
    whole = {"latent_dim": 1, "batch_size": 1, "n_samples": 1, "verbose": 0}
    ranges = {
        name: (is_whole(getattr(estimator, name), least=least), f"a whole number of {least} or more")
        for name, least in whole.items()
        if hasattr(estimator, name)
    }
    for name in ("max_epochs", "patience"):
        value = getattr(estimator, name)
        ranges[name] = (value is None or is_whole(value, least=1), "None, or a whole number of 1 or more")
    widths = estimator.hidden_dims
    ranges["hidden_dims"] = (
        widths is None
        or (isinstance(widths, list | tuple) and all(is_whole(width, least=1) for width in widths)),
        "None, or a tuple of whole numbers of 1 or more",
    )
    ranges["image_shape"] = (
        estimator.image_shape is None or _is_image_shape(estimator.image_shape),
        "None, (height, width) or (height, width, channels)",
    )
    ranges["learning_rate"] = (is_number(estimator.learning_rate) and estimator.learning_rate > 0, "above 0")
    ranges["weight_decay"] = (
        is_number(estimator.weight_decay) and estimator.weight_decay >= 0,
        "a number of 0 or more",
    )
    choices = {
        "scaling": ("auto", "standard", "none"),
        "learning_rate_schedule": ("constant", "cosine"),
        "optimizer": ("adam", "adagrad"),
        "dtype": ("float32", "float64"),
    }
    for name, known in choices.items():
        ranges[name] = (getattr(estimator, name) in known, f"one of {', '.join(known)}")
    for name, (is_fine, wanted) in ranges.items():
        if not is_fine:
            raise ValueError(f"{name} must be {wanted}, got {getattr(estimator, name)!r}.")


def is_whole(value: Any, *, least: int) -> bool:
    """Whether a value is a whole number, Python's or numpy's, from `least` to 2³¹ − 1."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and least <= int(value) < 2**31


def _is_image_shape(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) in (2, 3)
        and all(is_whole(size, least=1) for size in value)
    )


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, Python's or numpy's."""
    return isinstance(value, int | float | np.integer | np.floating) and math.isfinite(value)
