"""Columns of a table as rows: which are ids, labels and features, and every feature checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import DataError
from varigraph.rows.rows import Rows, first_not_finite
from varigraph.tables import Table, suggestion
from varigraph.tables.checked_columns import id_column, number_column, number_fault
from varigraph.tables.usual_names import first_usual
from varigraph.tensor_types import FloatArray

__all__ = ["ChosenColumns", "RowColumns", "chosen_columns", "rows_of_table"]

_IDS = ("id", "ids", "row_id", "rowid", "name", "key")
_LABELS = ("label", "labels", "class", "category", "target", "y")


@dataclass(frozen=True)
class RowColumns:
    """Which columns hold what, as the user says; None is for the table's own names to decide."""

    id: str | None = None
    label: str | None = None
    features: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ChosenColumns:
    """Which columns hold what.

    Attributes:
        id: That of the ids, or None for positions.
        label: That of the labels, or None.
        features: The others, or those that the user named.
        found: Those of id and label that nobody named.
    """

    id: str | None
    label: str | None
    features: tuple[str, ...]
    found: tuple[str, ...] = ()

    @property
    def all(self) -> list[str]:
        """Every column to read."""
        return [*([one for one in (self.id, self.label) if one is not None]), *self.features]


def chosen_columns(
    names: Sequence[str], wanted: RowColumns, *, source: str, error: type[DataError]
) -> ChosenColumns:
    """The columns that the user named, and for what was not named those usually called so.

    Ids are in a column called id, row_id, name, key, … in any case, or in the one without a name that pandas
    writes; labels in one called label, class, category, target or y (unless there is an x beside it). The
    features are all others.

    Raises:
        DataError: A column does not exist, serves twice, or none is left for features.

    Example:
        >>> chosen_columns(["ID", "a", "b", "Class"], RowColumns(), source="t.csv", error=DataError)
        ChosenColumns(id='ID', label='Class', features=('a', 'b'), found=('ID', 'Class'))
    """
    asked = [one for one in (wanted.id, wanted.label, *(wanted.features or ())) if one is not None]
    for at, one in enumerate(asked):
        if one not in names:
            raise error(f"{_start(source)} has no column {one!r}. {suggestion(one, names)}")
        if one in asked[:at]:
            raise error(f"The column {one!r} of {source} cannot serve twice; name another one.")
    free = [one for one in names if one not in asked]
    unnamed = "" if "" in free else None
    id_name = wanted.id if wanted.id is not None else first_usual(free, _IDS) or unnamed
    usual = _LABELS[:-1] if first_usual(names, ("x",)) else _LABELS
    label = (
        wanted.label
        if wanted.label is not None
        else first_usual([one for one in free if one != id_name], usual)
    )
    features = wanted.features
    if features is None:
        features = tuple(one for one in free if one not in (id_name, label, ""))
    if not features:
        raise error(
            f"{_start(source)} has no column of numbers: of {', '.join(map(repr, names[:12]))} none is left "
            "beside ids and labels. Name the features with columns= (--columns)."
        )
    found = tuple(one for one in (id_name, label) if one is not None and one not in asked)
    return ChosenColumns(id_name, label, features, found)


def rows_of_table(table: Table, chosen: ChosenColumns) -> Rows:
    """Rows of the chosen columns; features are float64.

    Raises:
        DataError: A feature is blank, text, NaN or infinite, or an id is blank; of the table's own kind, and
            the message names line and column.
    """
    values = np.empty((len(table.columns[chosen.features[0]]), len(chosen.features)))
    for at, name in enumerate(chosen.features):
        values[:, at] = number_column(table.columns[name])
    bad = first_not_finite(values)
    if bad is not None:
        raise table.error(_bad_value_message(table, chosen, values, bad))
    ids: NDArray[Any] = np.arange(len(values))
    if chosen.id is not None:
        ids = id_column(table, chosen.id, why="give every row one, or leave the column out")
    return Rows(
        values,
        ids=ids,
        labels=None if chosen.label is None else _labels(table.columns[chosen.label]),
        feature_names=chosen.features,
        notes=_notes(chosen),
    )


def _notes(chosen: ChosenColumns) -> tuple[str, ...]:
    named = {chosen.id: "ids", chosen.label: "labels"}
    return tuple(
        f"The column {one!r} was taken for {named[one]} by its name, not as a feature."
        for one in chosen.found
        if one
    )


def _labels(values: NDArray[Any]) -> NDArray[Any]:
    """int64 where all are integers; otherwise objects, None where there is no label."""
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    listed = [None if _is_blank(one) else one for one in values.tolist()]
    if all(isinstance(one, float) and one.is_integer() for one in listed):
        return np.array(listed, dtype=np.int64)
    return np.fromiter(listed, dtype=object, count=len(listed))


def _is_blank(value: Any) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124


def _bad_value_message(table: Table, chosen: ChosenColumns, values: FloatArray, bad: tuple[int, int]) -> str:
    row, at = bad
    name = chosen.features[at]
    value = table.columns[name].tolist()[row]
    where = f"The value in {table.place(row)}, column {name!r},"
    is_bad = ~np.isfinite(values)
    if not (~is_bad).any():
        return f"There is no column of numbers in {table.source}: {where[0].lower()}{where[1:]} is {value!r}."
    if isinstance(value, str) and value.strip().casefold() in ("true", "false"):
        return f"{where} is {value!r}; write 1 for true and 0 for false, in the whole column."
    if isinstance(value, str) and value.strip() and is_bad[:, at].all() and "," not in value:
        return (
            f"{where} is {value!r}, and there is no number in the whole column. If it names or classes the "
            "rows, say so with id_column= or label_column= (--id-column, --label-column); otherwise leave "
            "the column out, or encode it as numbers, such as one column of 0 and 1 a value."
        )
    fault = number_fault(value, "finite number", "values are finite")
    n_bad, n_columns = int(is_bad.sum()), int(is_bad.any(axis=0).sum())
    return (
        f"{where} {fault}. Fill it in, or leave the row or the column out ({n_bad:,} of {is_bad.size:,} "
        f"values {'is no finite number' if n_bad == 1 else 'are no finite numbers'}, in {n_columns:,} "
        f"column{'' if n_columns == 1 else 's'})."
    )


def _start(source: str) -> str:
    return source[:1].upper() + source[1:] if source.startswith("the ") else source
