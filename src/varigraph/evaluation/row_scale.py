"""What the figures of a record of rows are of: the values that were scored, and what nats of them measure."""

from __future__ import annotations

from collections.abc import Mapping

from varigraph.evaluation.row_record import RowRecord

__all__ = ["DRAWN_ROWS_NOTE", "GREY_VALUES_NOTE", "nats_of", "were_drawn"]

# Records tell by these sentences what was scored, so another wording would not know older records.
DRAWN_ROWS_NOTE = (
    "Intensities of the rows that are scored, and of those that choose the epoch, were made 0 or 1 once, "
    "drawn with the seed of the run; training drew anew in every step."
)
"""Of a model that takes intensities for probabilities."""

GREY_VALUES_NOTE = (
    "Rows have values between 0 and 1: under a Bernoulli likelihood nats are then cross-entropies of "
    "grey values, which compare with each other and are the log-likelihood of nothing binary."
)
"""Of a Bernoulli likelihood on rows that are not all 0 or 1."""


def nats_of(record: RowRecord) -> str:
    """What nats of this record measure; those of different kinds are not to be compared.

    Returns:
        "densities" of the columns in the users' units, "grey values" (cross-entropies, which are no
        likelihood), "zeros and ones" (probabilities), or the name of a likelihood of the user's own.
    """
    likelihood = record.settings.get("likelihood", "gaussian")
    name = str(likelihood.get("name", "") if isinstance(likelihood, Mapping) else likelihood)
    if "gaussian" in name.casefold():
        return "densities"
    if "bernoulli" not in name.casefold():
        return name or "another likelihood"
    return "grey values" if GREY_VALUES_NOTE in record.notes else "zeros and ones"


def were_drawn(record: RowRecord) -> bool:
    """Whether the rows that were scored are zeros and ones drawn from intensities, and not the rows given."""
    return DRAWN_ROWS_NOTE in record.notes
