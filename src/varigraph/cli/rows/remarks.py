"""What is said about rows and models of them, beside the tables."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from varigraph.cli.console import say, show

if TYPE_CHECKING:
    from varigraph.evaluation.row_evaluation import RowEvaluation
    from varigraph.models.rows.base import RowAutoencoder
    from varigraph.rows import Rows, RowSplit

__all__ = ["described", "notes_instead_of_warnings", "say_notes", "show_row_evaluation"]


def described(rows: Rows, split: RowSplit, model: RowAutoencoder, *, is_told: bool) -> str:
    """What is about to be trained on what.

    Args:
        rows: All rows.
        split: Of the rows.
        model: Not fitted.
        is_told: Whether the user or a preset named the likelihood.
    """
    from varigraph.rows.notes import row_notes

    parts = f"{len(split.train):,} to train on, {len(split.val):,} to choose the epoch, {len(split.test):,}"
    lines = [f"{rows!r}", f"Rows are split {split.protocol}: {parts} for the table."]
    if not is_told:
        lines.append(_likelihood_in_words(rows, model))
    return "\n".join([*lines, *(f"Note: {note}" for note in row_notes(rows))])


def _likelihood_in_words(rows: Rows, model: RowAutoencoder) -> str:
    if model.likelihood == "gaussian":
        return "Likelihood: gaussian; for values in [0, 1] there is --likelihood bernoulli."
    what = "images with values in [0, 1]" if rows.image_shape is not None else "zeros and ones"
    return f"Likelihood: bernoulli, since these are {what}; --likelihood gaussian for squared errors."


@contextlib.contextmanager
def notes_instead_of_warnings() -> Iterator[None]:
    """Keeps back the warnings of training that a fitted model has among its notes too."""
    from sklearn.exceptions import ConvergenceWarning

    from varigraph.errors import PosteriorCollapseWarning

    with warnings.catch_warnings():
        for kind in (ConvergenceWarning, PosteriorCollapseWarning):
            warnings.simplefilter("ignore", kind)
        yield


def say_notes(notes: Iterable[str]) -> None:
    """What a reader of the results should know, a line each, once."""
    for note in dict.fromkeys(notes):
        say(f"Note: {note}")


def show_row_evaluation(evaluation: RowEvaluation, *, title: str) -> None:
    """The table of one evaluation."""
    from varigraph.reporting.row_tables import row_evaluation_table

    show(row_evaluation_table(evaluation, title=title))
