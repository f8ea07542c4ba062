"""Writing a table to a file, whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.durable import atomic_file, check_nameable
from varigraph.errors import DataError
from varigraph.tables.engine import connect, quoted
from varigraph.tables.table_file import OutputKind

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "OutputFormat",
    "WRITABLE_ENDINGS",
    "copy_rows",
    "output_format_of",
    "writable_array",
    "writable_expression",
    "write_table",
]


@dataclass(frozen=True)
class OutputFormat:
    """How a table is written.

    Attributes:
        kind: The family, which says what values can be held.
        options: As the database engine must be told them; for text without the header.
        separator: Between the values of text.
        is_packed: Whether the file is compressed by gzip.
    """

    kind: OutputKind
    options: str
    separator: str = ","
    is_packed: bool = False


_FORMATS = {
    ".csv": OutputFormat("csv", "FORMAT csv"),
    ".tsv": OutputFormat("csv", "FORMAT csv, DELIMITER '\t'", "\t"),
    ".csv.gz": OutputFormat("csv", "FORMAT csv, COMPRESSION gzip", is_packed=True),
    ".tsv.gz": OutputFormat("csv", "FORMAT csv, DELIMITER '\t', COMPRESSION gzip", "\t", is_packed=True),
    ".parquet": OutputFormat("parquet", "FORMAT parquet"),
    ".jsonl": OutputFormat("json", "FORMAT json"),
}
_WRITE_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EROFS, errno.EIO)
WRITABLE_ENDINGS = tuple(_FORMATS)
"""Endings of the files that `write_table` writes."""


def write_table(path: str | Path, columns: Mapping[str, ArrayLike]) -> None:
    """Writes columns as CSV, TSV, Parquet or JSON Lines, as the ending says.

    Numbers keep their type in Parquet and their shortest exact form in text. None and NaN become a blank
    field or null; in JSON Lines so do infinities, which RFC 8259 does not have.

    Args:
        path: Its ending is one of `WRITABLE_ENDINGS`; an existing file is replaced when the new one is
            complete.
        columns: Name to values, each of shape (n_rows,): numbers, booleans, or strings with None for blank.

    Raises:
        DataError: The ending is of another kind, lengths differ, or a column holds other objects.
        OSError: The place may not be written to, or the disk is full; what was there is as it was.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "links.csv"
        >>> write_table(path, {"source": ["a", "007"], "probability": [0.5, 0.25]})
        >>> print(path.read_text(), end="")
        source,probability
        a,0.5
        007,0.25
    """
    path = Path(path)
    check_nameable(path)
    output_format = output_format_of(path)
    arrays = {f"c{at}": writable_array(name, values) for at, (name, values) in enumerate(columns.items())}
    _check_lengths(path, dict(zip(columns, arrays.values(), strict=True)))
    chosen = ", ".join(
        f"{writable_expression(key, arrays[key], output_format.kind)} AS {quoted(name)}"
        for key, name in zip(arrays, columns, strict=True)
    )
    with atomic_file(path) as temporary, connect() as connection:
        connection.register("columns_to_write", arrays)
        header = ", HEADER true" if output_format.kind == "csv" else ""
        copy_rows(
            connection, f"SELECT {chosen} FROM columns_to_write", temporary, output_format.options + header
        )


def copy_rows(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
    """Writes what a query gives, in its order.

    Raises:
        OSError: The file cannot be written.
    """
    import duckdb

    target = str(path.absolute()).replace("'", "''")
    try:
        # The engine's own temporary file would stay behind a process that is killed.
        connection.execute(f"COPY ({query}) TO '{target}' ({options}, USE_TMP_FILE false)")
    except duckdb.IOException as error:
        raise _system_error(path, str(error)) from error


def _system_error(path: Path, message: str) -> OSError:
    """The error of the system that the engine reports in its own words."""
    for code in _WRITE_FAULTS:
        if os.strerror(code) in message:
            return OSError(code, os.strerror(code), str(path))
    return OSError(message)


def output_format_of(path: Path) -> OutputFormat:
    """What the ending of a path says.

    Raises:
        DataError: It is none of `WRITABLE_ENDINGS`.
    """
    name = path.name.casefold()
    # ".csv.gz" also ends in nothing shorter, so the order of the endings does not matter.
    for ending, output_format in _FORMATS.items():
        if name.endswith(ending):
            return output_format
    raise DataError(f"{path.name} has none of the endings {', '.join(WRITABLE_ENDINGS)}.")


def writable_array(name: str, values: ArrayLike) -> NDArray[Any]:
    """Values as the database engine can take them, shape (n_rows,).

    Raises:
        DataError: They have several axes, or hold other objects than strings and None.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise DataError(f"The column {name!r} must have one axis, got shape {array.shape}.")
    if array.dtype.kind in "iufb":
        return np.ascontiguousarray(array)
    listed = array.tolist()
    for row, one in enumerate(listed):
        if one is not None and not isinstance(one, str):
            raise DataError(
                f"Row {row} of the column {name!r} is {one!r}, a {type(one).__name__}; a table holds "
                "numbers, booleans or strings, one kind in a column."
            )
    return np.fromiter(listed, dtype=object, count=len(listed))


def _check_lengths(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    if not arrays:
        raise DataError(f"There are no columns to write to {path}.")
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(f"The columns for {path} have different lengths: {lengths}.")


def writable_expression(key: str, array: NDArray[Any], kind: OutputKind) -> str:
    """A registered column as SQL, with null for what the format does not have."""
    if array.dtype == object:
        # A column without a single string would otherwise have no type at all.
        return f"CAST({key} AS VARCHAR)"
    if array.dtype.kind == "f" and kind == "json":
        return f"CASE WHEN isfinite({key}) THEN {key} END"
    return key
