"""The one way to DuckDB: a connection that reads and writes local files and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from varigraph.durable import check_nameable

if TYPE_CHECKING:
    import duckdb

__all__ = ["connect", "exact_path", "fetch_columns", "first_row", "quoted"]


def connect() -> duckdb.DuckDBPyConnection:
    """A fresh in-memory database that never fetches an extension from the network."""
    import duckdb

    return duckdb.connect(
        ":memory:", config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )


def exact_path(path: Path) -> str:
    """The path as DuckDB must be told it: absolute, and with its wildcards taken literally.

    Raises:
        FileContentError: It is no UTF-8.

    Example:
        >>> exact_path(Path("/data/edges[1].csv"))
        '/data/edges[[]1].csv'
    """
    check_nameable(path)
    return re.sub(r"([*?\[])", r"[\1]", str(path.absolute()))


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def first_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...] | None:
    """The first row of what a query gives, whose result is then done with, as `register` requires."""
    rows = connection.execute(query).fetchall()
    return tuple(rows[0]) if rows else None


def fetch_columns(result: duckdb.DuckDBPyConnection) -> list[NDArray[Any]]:
    """The columns of a query in order: blank is None among objects and NaN among floats.

    Integer columns with blanks come as objects, because int64 has no value for blank.
    """
    return [_without_mask(column) for column in result.fetchnumpy().values()]


def _without_mask(column: NDArray[Any]) -> NDArray[Any]:
    if not isinstance(column, np.ma.MaskedArray):
        return np.asarray(column)
    mask = np.ma.getmaskarray(column)
    if not mask.any():
        return np.asarray(column.data)
    if column.dtype.kind == "f":
        return np.asarray(column.filled(np.nan))
    values = column.data.astype(object)
    values[mask] = None
    return np.asarray(values)
