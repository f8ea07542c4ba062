"""`Table`: named columns in memory that can say, for an error message, where a row of theirs stands."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from varigraph.errors import DataError

__all__ = ["Table", "suggestion"]


@dataclass(frozen=True)
class Table:
    """Columns of one length, in the order of the source's rows.

    Attributes:
        columns: Each of shape (n_rows,): int64, float64, or object (strings and other values; None where
            the source is blank).
        source: What the table is called in a message, such as `edges.csv`.
        place: From a row's position, counted from 0, to words such as `line 4 of edges.csv`.
        error: What a fault in the content is raised as.
    """

    columns: Mapping[str, NDArray[Any]]
    source: str
    place: Callable[[int], str]
    error: type[DataError]


def suggestion(wanted: str, names: Sequence[str]) -> str:
    """A sentence that names the column probably meant and those there are.

    Example:
        >>> suggestion("soruce", ["source", "target"])
        "Did you mean 'source'? Its columns are 'source', 'target'."
    """
    by_folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(wanted.casefold(), list(by_folded), n=1)
    guess = f"Did you mean {by_folded[close[0]]!r}? " if close else ""
    shown = ", ".join(repr(name) for name in names[:12])
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"{guess}Its columns are {shown}{more}."
