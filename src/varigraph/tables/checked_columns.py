"""Columns of a table as ids or as numbers, each value checked and a fault named with its place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.tables.table import Table
from varigraph.tensor_types import FloatArray

__all__ = ["id_column", "number_column", "number_fault"]


def id_column(table: Table, name: str, *, why: str) -> NDArray[Any]:
    """A column as ids, shape (n_rows,): int64, or objects that are all strings.

    Args:
        table: The table.
        name: Its column.
        why: The end of the sentence on a blank id, such as `every edge needs both its ends`.

    Raises:
        DataError: An id is blank, or neither a string nor an integer of 64 bits; of the table's own kind.
    """
    values = table.columns[name]
    if values.dtype == np.int64:
        return values
    if values.dtype.kind in "iu":
        values = values.astype(object)
    if values.dtype != object:
        raise table.error(
            f"The column {name!r} of {table.source} holds {values.dtype} values, but ids are strings or "
            "integers; convert the column."
        )
    listed = [one.item() if isinstance(one, np.generic) else one for one in values.tolist()]
    kinds = set(map(type, listed))
    if kinds == {str} and all(map(str.strip, listed)):
        return values
    if not kinds <= {str, int} or not all(map(_is_named, listed)):
        row = next(row for row, one in enumerate(listed) if type(one) not in (str, int) or not _is_named(one))
        raise table.error(_bad_id_message(table, name, row, listed[row], why))
    if kinds == {int}:
        return _as_integers(table, name, listed)
    return np.fromiter(map(str, listed), dtype=object, count=len(listed))


def number_column(values: NDArray[Any]) -> FloatArray:
    """The numbers that values state, shape (n_rows,), float64; NaN where one states none.

    True and False are 1 and 0.

    Example:
        >>> number_column(np.array(["1.5", None, "1_000", 2, True], dtype=object)).tolist()
        [1.5, nan, nan, 2.0, 1.0]
    """
    if values.dtype.kind in "iufb":
        return values.astype(np.float64)
    if values.dtype != object:
        return np.full(len(values), math.nan)
    return np.fromiter(map(_number, values.tolist()), dtype=np.float64, count=len(values))


def number_fault(value: Any, kind: str, rule: str) -> str:
    """What is wrong with a value that is no number, or none that the rule allows: the end of a sentence.

    Args:
        value: The value.
        kind: What it should be, such as `positive number`.
        rule: What is to be said of a number that is not of that kind.

    Example:
        >>> number_fault("0,5", "number", ""), number_fault(-1.0, "positive number", "weights are positive")
        ("is '0,5'; write decimals with a point", 'is -1; weights are positive')
    """
    if value is None or value == "":
        return "is blank"
    if isinstance(value, str) and "," in value:
        return f"is {value!r}; write decimals with a point"
    if isinstance(value, str) and not math.isfinite(_number(value)):
        return f"is {value!r}, which is no {kind}"
    if not isinstance(value, str | int | float | np.generic):
        return f"is {value!r}, a {type(value).__name__}, which is no {kind}"
    return f"is {str(value).removesuffix('.0')}; {rule}"


def _is_named(one: Any) -> bool:
    return not isinstance(one, str) or bool(one.strip())


def _bad_id_message(table: Table, name: str, row: int, value: Any, why: str) -> str:
    where = f"{table.place(row)}, column {name!r}"
    if value is None or isinstance(value, str):
        return f"The id is blank in {where}; {why}."
    return f"The id in {where} is {value!r}, a {type(value).__name__}; ids are strings or integers."


def _as_integers(table: Table, name: str, listed: list[Any]) -> NDArray[Any]:
    try:
        return np.array(listed, dtype=np.int64)
    except OverflowError as error:
        raise table.error(
            f"An id in column {name!r} of {table.source} is beyond 64 bits; make the column text."
        ) from error


def _number(value: Any) -> float:
    if isinstance(value, str) and "_" in value:
        return math.nan  # Python reads "1_0" as ten; a table means something else by it
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
