"""How a row model is trained and scored on a split of rows: as in a run, so in every repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from varigraph.errors import DivergenceError, SplitError
from varigraph.evaluation.row_evaluation import RowEvaluation, constant_columns_note, evaluate_rows
from varigraph.evaluation.row_scale import DRAWN_ROWS_NOTE
from varigraph.models.rows.base import RowAutoencoder
from varigraph.models.rows.fitting import fit_row_parts
from varigraph.models.rows.row_part import RowPart
from varigraph.rows import Rows, RowSplit, binarised
from varigraph.rows.blocks import row_blocks
from varigraph.seeding import resolve_seed
from varigraph.tensor_types import FloatArray, IntArray
from varigraph.training import Callback

__all__ = ["DRAWN_ROWS_NOTE", "check_split", "drawn_rows", "evaluate_on_test", "fit_on_split"]

_MOST_COPIED_BYTES = 1 << 30


def check_split(split: RowSplit) -> None:
    """Checks that there is something to train on and something to score.

    Raises:
        SplitError: A part is empty.
    """
    for name, what in (("train", "to train on"), ("test", "to score")):
        if not len(getattr(split, name)):
            raise SplitError(f"The split has no rows {what}; give the {name} part a larger fraction.")


def drawn_rows(model: RowAutoencoder, rows: Rows) -> Rows:
    """What a model is scored on: the rows, but of one that draws zeros and ones in training such a draw.

    Its density is of zeros and ones; of grey values it would tell a cross-entropy. The draw is that of
    `load_rows(..., binarise="sampled")` with the model's seed, so another evaluation can repeat it.

    Args:
        model: With its `random_state` resolved to an integer, or fitted.
        rows: Of any values; those that are 0 and 1 already are given back as they are.

    Raises:
        DataError: A value is no probability.
    """
    if not getattr(model.likelihood, "dynamic", False) or _is_binary(rows.values):
        return rows
    return binarised(rows, "sampled", seed=resolve_seed(getattr(model, "seed_", model.random_state)))


def _is_binary(values: FloatArray) -> bool:
    return all(bool(np.isin(values[at], (0, 1)).all()) for at in row_blocks(values))


def fit_on_split(
    model: RowAutoencoder,
    rows: Rows,
    split: RowSplit,
    *,
    callbacks: Sequence[Callback] = (),
    resume_from: Path | None = None,
) -> None:
    """Fits `model` on the train part, with the validation part held out; of a mapped file nothing is copied.

    Without a validation part nothing is held out: the model is trained for `max_epochs` and its last weights
    are kept. Of a model that draws zeros and ones in training, the validation part is drawn once.

    Args:
        model: Not fitted; its `random_state` is resolved.
        rows: All rows.
        split: Of those rows.
        callbacks: Told of every epoch.
        resume_from: A checkpoint.
    """
    model.set_params(random_state=resolve_seed(model.random_state))
    held_out = RowPart(drawn_rows(model, rows).values, split.val) if len(split.val) else None
    fit_row_parts(
        model, RowPart(rows.values, split.train), held_out, callbacks=callbacks, resume_from=resume_from
    )


def evaluate_on_test(model: RowAutoencoder, rows: Rows, split: RowSplit) -> RowEvaluation:
    """Scores a fitted model on the test part, as `drawn_rows` gives it.

    Its notes leave out what `row_notes` says of the rows, and names the columns of.

    Args:
        model: Fitted.
        rows: All rows.
        split: Of those rows.

    Raises:
        DivergenceError: What the model makes of the rows is not finite.
    """
    drawn = drawn_rows(model, rows)
    test_rows = drawn.take(split.test).values
    for measure in (model.reconstruction_log_likelihood, getattr(model, "elbo", None)):
        if measure is not None and not np.isfinite(measure(test_rows)).all():
            raise DivergenceError(
                "What the model makes of the test part is not finite; lower learning_rate, or scale the "
                "columns."
            )
    for_baselines = _baseline_positions(drawn, split.train)
    train_rows = drawn.take(for_baselines).values
    evaluation = evaluate_rows(model, test_rows, train_rows=train_rows, name=model.name, part="test")
    said = {constant_columns_note(rows.values)} if rows.image_shape is None and evaluation.notes else set()
    notes = [note for note in evaluation.notes if note not in said]
    if drawn is not rows:
        notes.insert(0, DRAWN_ROWS_NOTE)
    if len(for_baselines) < len(split.train):
        notes.append(
            f"Baselines were fitted on {len(for_baselines):,} of the {len(split.train):,} training rows, "
            "evenly spaced, because all of them would fill the memory."
        )
    return replace(evaluation, notes=tuple(notes))


def _baseline_positions(rows: Rows, train: IntArray) -> IntArray:
    """The training rows, or as many of a mapped file as may be copied."""
    n_bytes = len(train) * rows.n_features * rows.values.itemsize
    if not rows.is_mapped or n_bytes <= _MOST_COPIED_BYTES:
        return train
    n_taken = max(2, len(train) * _MOST_COPIED_BYTES // n_bytes)
    return train[np.linspace(0, len(train) - 1, n_taken).astype(np.int64)]
