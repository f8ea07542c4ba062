"""Reading Parquet files through DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.tables.engine import connect, exact_path, fetch_columns, quoted

__all__ = ["parquet_names", "read_parquet"]

_Taken = TypeVar("_Taken")


def parquet_names(path: Path) -> list[str]:
    """The names of the columns.

    Raises:
        FileContentError: The file is not Parquet, or damaged.
    """
    described: list[tuple[Any, ...]] = _query(
        path, "DESCRIBE SELECT * FROM read_parquet(?)", lambda result: result.fetchall()
    )
    return [str(row[0]) for row in described]


def read_parquet(path: Path, columns: Sequence[str]) -> list[NDArray[Any]]:
    """The columns with these names, in this order, typed as in the file; None or NaN where there is none."""
    chosen = ", ".join(f"{quoted(name)} AS c{at}" for at, name in enumerate(columns))
    return _query(path, f"SELECT {chosen} FROM read_parquet(?)", fetch_columns)


def _query(path: Path, statement: str, take: Callable[[Any], _Taken]) -> _Taken:
    import duckdb

    try:
        with connect() as connection:
            return take(connection.execute(statement, [exact_path(path)]))
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise FileContentError(f"{path} cannot be read as Parquet: {reason}") from error
