"""How a row model is trained and scored on a split of rows: as in a run, so in every repeat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from varigraph.errors import DivergenceError, SplitError
from varigraph.evaluation.row_evaluation import RowEvaluation, evaluate_rows
from varigraph.models.rows.base import RowAutoencoder
from varigraph.rows import Rows, RowSplit
from varigraph.tensor_types import FloatArray
from varigraph.training import Callback

__all__ = ["check_split", "evaluate_on_test", "fit_on_split"]


def check_split(split: RowSplit) -> None:
    """Checks that there is something to train on and something to score.

    Raises:
        SplitError: A part is empty.
    """
    for name, what in (("train", "to train on"), ("test", "to score")):
        if not len(getattr(split, name)):
            raise SplitError(f"The split has no rows {what}; give the {name} part a larger fraction.")


def fit_on_split(
    model: RowAutoencoder,
    rows: Rows,
    split: RowSplit,
    *,
    callbacks: Sequence[Callback] = (),
    resume_from: Path | None = None,
) -> FloatArray:
    """Fits `model` on the train part, with the validation part held out.

    Without a validation part nothing is held out: the model is trained for `max_epochs` and its last weights
    are kept.

    Args:
        model: Not fitted.
        rows: All rows.
        split: Of those rows.
        callbacks: Told of every epoch.
        resume_from: A checkpoint.

    Returns:
        What it was trained on, shape (n_train, n_features).
    """
    train_rows = rows.take(split.train).values
    validation = rows.take(split.val).values if len(split.val) else None
    model.fit(
        train_rows,
        validation=validation,
        validation_fraction=0,
        callbacks=callbacks,
        resume_from=resume_from,
    )
    return train_rows


def evaluate_on_test(
    model: RowAutoencoder, rows: Rows, split: RowSplit, *, train_rows: FloatArray
) -> RowEvaluation:
    """Scores a fitted model on the test part.

    Args:
        model: Fitted.
        rows: All rows.
        split: Of those rows.
        train_rows: What `fit_on_split` returned.

    Raises:
        DivergenceError: What the model makes of the rows is not finite.
    """
    test_rows = rows.take(split.test).values
    for measure in (model.reconstruction_log_likelihood, getattr(model, "elbo", None)):
        if measure is not None and not np.isfinite(measure(test_rows)).all():
            raise DivergenceError(
                "What the model makes of the test part is not finite; lower learning_rate, or scale the "
                "columns."
            )
    return evaluate_rows(model, test_rows, train_rows=train_rows, name=model.name, part="test")
