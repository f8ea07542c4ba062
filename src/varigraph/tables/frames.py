"""Columns of pandas, polars and Arrow frames, through narwhals."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import DataError, GraphError
from varigraph.tables.table import Table, suggestion

__all__ = ["FrameKind", "frame_columns", "frame_kind", "frame_names", "is_frame", "make_frame"]

FrameKind: TypeAlias = Literal["pandas", "polars", "pyarrow"]
"""Whose frames a user works with; results come back in kind."""

_FRAME_PACKAGES = ("pandas", "polars", "pyarrow", "modin", "cudf", "narwhals", "duckdb")


def is_frame(candidate: Any) -> bool:
    """Whether an object is a data frame, found out without importing any frame package."""
    package = type(candidate).__module__.partition(".")[0].lstrip("_")
    return package in _FRAME_PACKAGES and hasattr(type(candidate), "columns")


def frame_kind(frame: Any) -> FrameKind:
    """Whose frame an object is; pandas for those of libraries that results are not made for."""
    package = type(frame).__module__.partition(".")[0].lstrip("_")
    if package == "polars":
        return "polars"
    return "pyarrow" if package == "pyarrow" else "pandas"


def make_frame(columns: Mapping[str, NDArray[Any]], kind: FrameKind) -> Any:
    """Columns of equal length, each of shape (n_rows,), as a frame of the user's own library."""
    import narwhals as nw

    return nw.from_dict(dict(columns), backend=importlib.import_module(kind)).to_native()


def frame_names(frame: Any) -> list[str]:
    """The names of a frame's columns.

    Raises:
        GraphError: The object is no table, or names are missing, repeated or no strings.
    """
    return [str(name) for name in _native(frame).columns]


def frame_columns(
    frame: Any, columns: Sequence[str], *, source: str = "the frame", error: type[DataError] = GraphError
) -> Table:
    """Columns of a frame by name, in the order of its rows; the frame is only read.

    Args:
        frame: The frame.
        columns: Names of its columns.
        source: What a message calls it.
        error: What a fault is raised as, here and later on by the table.

    Raises:
        DataError: A column does not exist, or the frame has no rows.
    """
    table = _native(frame)
    for name in columns:
        if name not in table.columns:
            raise error(f"{_capital(source)} has no column {name!r}. {suggestion(name, table.columns)}")
    if not len(table):
        raise error(f"{_capital(source)} has no rows.")
    arrays = {name: _values(table[name]) for name in columns}
    return Table(arrays, source, lambda row: f"row {row} of {source}", error)


def _native(frame: Any) -> Any:
    import narwhals as nw

    try:
        table = nw.from_native(frame, allow_series=False)
        table = table.collect() if isinstance(table, nw.LazyFrame) else table
        names = table.columns
    except Exception as error:  # narwhals passes on whatever the frame's own package raises
        raise GraphError(f"This {type(frame).__name__} cannot be read as a table: {error}") from error
    unnamed = [name for name in names if not isinstance(name, str)]
    if unnamed:
        raise GraphError(f"The frame's column {unnamed[0]!r} has no text as its name; rename the columns.")
    return table


def _values(series: Any) -> NDArray[Any]:
    """int64, float64 or objects, None where there is no value."""
    is_blank = np.asarray(series.is_null().to_numpy(), dtype=bool)
    if series.dtype.is_numeric() and not is_blank.any():
        return _numbers(series)
    if series.dtype.is_float():
        return np.array([np.nan if one is None else one for one in series.to_list()], dtype=np.float64)
    values = np.fromiter(series.to_list(), dtype=object, count=len(series))
    values[is_blank] = None
    return values


def _numbers(series: Any) -> NDArray[Any]:
    """Numbers without blanks: a copy, as int64 or float64, or objects where 64 bits do not hold them."""
    values = np.asarray(series.to_numpy())
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    if values.dtype.kind in "iu" and values.max() < 2**63:
        return values.astype(np.int64)
    return np.fromiter(series.to_list(), dtype=object, count=len(series))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
