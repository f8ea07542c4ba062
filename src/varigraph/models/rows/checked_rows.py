"""Rows as users give them: checked in scikit-learn's words, and what is worth a note about them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data
from torch import Tensor

from varigraph.decoders import Likelihood
from varigraph.models.rows.row_part import RowPart
from varigraph.rows.notes import FEW_ROWS
from varigraph.tensor_types import FloatArray

__all__ = ["checked_rows", "notes_on_rows", "notes_on_scale", "tensor_over"]

_MOST_NAMED_COLUMNS = 5

_COARSEST = 0.1
"""Above this share of a column's standard deviation, the rounding of its numbers is worth a note."""


def checked_rows(estimator: BaseEstimator, values: Any, *, reset: bool) -> FloatArray:
    """A two-dimensional array of finite float32 or float64 values; of a mapped file no copy is made.

    Args:
        estimator: Its `n_features_in_` and `feature_names_in_` are set, or compared with.
        values: An array, a frame, a list of lists.
        reset: Whether this is a fit.

    Raises:
        ValueError: As scikit-learn words it: NaN or infinity, no rows, text, another number of columns.
    """
    checked: FloatArray = validate_data(estimator, values, dtype=[np.float64, np.float32], reset=reset)
    # torch takes no array that is walked backwards, such as X[::-1].
    return np.ascontiguousarray(checked) if min(checked.strides) < 0 else checked


def tensor_over(rows: FloatArray) -> Tensor:
    """The same memory as a tensor, for reading alone: rows may be the user's, read-only or a mapped file."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable", UserWarning)
        return torch.from_numpy(rows)


def notes_on_rows(rows: RowPart, likelihood: Likelihood) -> list[str]:
    """What a reader of the results should know about the rows, a sentence each.

    Args:
        rows: shape (n_rows, n_features).
        likelihood: What explains them.
    """
    notes = []
    n_rows = len(rows)
    if n_rows < FEW_ROWS:
        notes.append(f"There are {n_rows} rows only: what is learnt may be little more than these rows.")
    first = rows[:1]
    is_constant = np.all([(block == first).all(axis=0) for block in rows.blocks()], axis=0)
    constant = np.flatnonzero(is_constant & (n_rows > 1))
    if len(constant) and likelihood.is_density:
        verb = "column is" if len(constant) == 1 else "columns are"
        notes.append(
            f"{len(constant)} {verb} constant ({_positions(constant)}): nothing can be learnt from it, and "
            "with a learned variance it lifts the density; leave it out."
        )
    return notes + likelihood.remarks(rows.values)


def notes_on_scale(shift: Tensor, scale: Tensor) -> list[str]:
    """A sentence on columns that vary by little more than the precision of the model can tell apart.

    Args:
        shift: What is taken off each column, shape (n_features,), in the dtype of the model.
        scale: What each column is divided by, same shape and dtype.
    """
    spacing = torch.finfo(shift.dtype).eps * shift.abs()
    # A scale of 1 is that of a constant column, of which there is a note already.
    coarse = ((spacing > _COARSEST * scale) & (scale != 1)).nonzero()[:, 0].numpy()
    if not len(coarse):
        return []
    precision = str(shift.dtype).removeprefix("torch.")
    verb = "column varies" if len(coarse) == 1 else "columns vary"
    return [
        f"{len(coarse)} {verb} by little more than {precision} can tell apart at that distance from 0 "
        f"({_positions(coarse)}): subtract the mean first, or use dtype='float64'."
    ]


def _positions(columns: NDArray[np.int64]) -> str:
    """The first few, in words."""
    named = ", ".join(str(column) for column in columns[:_MOST_NAMED_COLUMNS])
    return f"position {named}{', …' if len(columns) > _MOST_NAMED_COLUMNS else ''}"
