"""Fitted models as pictures see them: by what they can do, not by their class."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["is_model", "require_fitted", "require_method"]


def is_model(candidate: Any) -> bool:
    """Whether this is an estimator, not data."""
    return hasattr(candidate, "fit") and not isinstance(candidate, np.ndarray)


def require_fitted(model: Any, attribute: str) -> None:
    """Checks that a model has been fitted.

    Raises:
        sklearn.exceptions.NotFittedError: It has no such attribute.
    """
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(model, attribute)


def require_method(model: Any, method: str, *, why: str) -> None:
    """Checks that a model can do what a picture asks of it.

    Raises:
        TypeError: It cannot.
    """
    if not callable(getattr(model, method, None)):
        raise TypeError(f"{type(model).__name__} has no method `{method}`: {why}")
