"""How a row model is trained on a split of rows: as in a run, so in every repeat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from varigraph.errors import SplitError
from varigraph.models.rows.base import RowAutoencoder
from varigraph.rows import Rows, RowSplit
from varigraph.tensor_types import FloatArray
from varigraph.training import Callback

__all__ = ["check_split", "fit_on_split"]


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
