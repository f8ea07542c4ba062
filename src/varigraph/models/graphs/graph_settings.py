"""The plain settings of graph models and their ranges."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["check_graph_settings"]


def check_graph_settings(estimator: Any) -> None:
    """Checks the plain settings; parts are checked where they are built.

    Raises:
        ValueError: One is out of its range; the message names it.
    """
    ranges = {
        "latent_dim": (_is_width(estimator.latent_dim), "a whole number from 1 to 2³¹ − 1"),
        "hidden_dims": (
            estimator.hidden_dims is None
            or (
                isinstance(estimator.hidden_dims, list | tuple) and all(map(_is_width, estimator.hidden_dims))
            ),
            "None, or a tuple of whole numbers from 1 to 2³¹ − 1",
        ),
        "max_epochs": (_is_whole(estimator.max_epochs, least=0), "a whole number of 0 or more"),
        "learning_rate": (
            _is_number(estimator.learning_rate) and estimator.learning_rate > 0,
            "a number above 0",
        ),
        "weight_decay": (
            _is_number(estimator.weight_decay) and estimator.weight_decay >= 0,
            "a number of 0 or more",
        ),
        "patience": (
            estimator.patience is None or _is_whole(estimator.patience, least=1),
            "None, or a whole number of 1 or more",
        ),
        "verbose": (_is_whole(estimator.verbose, least=0), "a whole number of 0 or more"),
        "features": (estimator.features in ("tfidf", "raw", "none"), "'tfidf', 'raw' or 'none'"),
        "dtype": (estimator.dtype in ("float32", "float64"), "'float32' or 'float64'"),
    }
    for name, (is_fine, wanted) in ranges.items():
        if not is_fine:
            raise ValueError(f"{name} must be {wanted}, got {getattr(estimator, name)!r}.")


def _is_whole(value: Any, *, least: int) -> bool:
    return isinstance(value, int | np.integer) and int(value) >= least


def _is_width(value: Any) -> bool:
    return _is_whole(value, least=1) and int(value) < 2**31


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and math.isfinite(value)
