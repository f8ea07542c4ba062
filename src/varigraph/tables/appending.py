"""The user's own table with further columns at its right."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike, NDArray

from varigraph.durable import atomic_file
from varigraph.errors import DataError, FileContentError
from varigraph.tables.engine import first_row, quoted
from varigraph.tables.file_formats import FileFormat
from varigraph.tables.reading import open_table
from varigraph.tables.table_file import OutputKind, TableFile
from varigraph.tables.writing import (
    OutputFormat,
    copy_rows,
    output_format_of,
    writable_array,
    writable_expression,
)

if TYPE_CHECKING:
    import duckdb

__all__ = ["append_columns"]


def append_columns(
    source_path: str | Path,
    output_path: str | Path,
    new_columns: Mapping[str, ArrayLike],
    *,
    header: bool = True,
    format: FileFormat | None = None,
) -> None:
    r"""Writes a table again, its rows and columns as they are, with further columns at its right.

    The user's values never pass through Python. From text to text they come back letter by letter, apart
    from quotation marks that are not needed, and with the header the table had, if it had one. Parquet
    keeps its types. From text to Parquet or JSON Lines a column is of integers if each can be written back
    as the same text, otherwise of text. In JSON Lines numbers keep their value, and a missing key becomes
    null.

    Args:
        source_path: The table, of any kind that `read_columns` reads.
        output_path: Its ending is one of `WRITABLE_ENDINGS`; an existing file, even the source itself, is
            replaced when the new one is complete.
        new_columns: Name to values, each of shape (n_rows,), as for `write_table`. A name that the table has
            already is refused, so that nothing of the user's is lost or has to be guessed at.
        header: Whether the first line of delimited text is names.
        format: What the source is; None for what its ending says.

    Raises:
        FileContentError: The source cannot be read, or has a column of a new one's name.
        DataError: The ending of the output is of another kind, or lengths differ.
        OSError: The place may not be written to, or the disk is full; what was there is as it was.

    Example:
        >>> import tempfile, pathlib
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "pairs.csv").write_text('code,a,b\n007,"x, y",1.50\n')
        >>> append_columns(folder / "pairs.csv", folder / "scored.csv", {"probability": [0.25]})
        >>> print((folder / "scored.csv").read_text(), end="")
        code,a,b,probability
        007,"x, y",1.50,0.25
    """
    output_path = Path(output_path)
    output_format = output_format_of(output_path)
    kind = output_format.kind
    source = open_table(source_path, header=header, format=format)
    names = _names(source, list(new_columns), kind)
    arrays = {f"n{at}": writable_array(name, values) for at, (name, values) in enumerate(new_columns.items())}
    with source.loaded(range(len(source.names))) as connection:
        counted = first_row(connection, "SELECT count(*) FROM rows") or (0,)
        _check_lengths(source, counted[0], dict(zip(new_columns, arrays.values(), strict=True)))
        old = [source.output_column(connection, at, kind) for at in range(len(source.names))]
        new = [writable_expression(key, array, kind) for key, array in arrays.items()]
        connection.register("new_columns", arrays)
        # Text gets its header by hand, which may hold blank names and repeats.
        aliases = [f"c{at}" for at in range(len(names))] if kind == "csv" else names
        chosen = ", ".join(
            f"{expression} AS {quoted(alias)}"
            for expression, alias in zip([*old, *new], aliases, strict=True)
        )
        query = f"SELECT {chosen} FROM rows POSITIONAL JOIN new_columns"
        with atomic_file(output_path) as temporary:
            if kind == "csv":
                first = names if header or not source.has_first_line else []
                _copy_under_header(connection, query, temporary, output_format, first)
            else:
                copy_rows(connection, query, temporary, output_format.options)


def _names(source: TableFile, new: Sequence[str], kind: OutputKind) -> list[str]:
    """The names of all columns; those without one are called by their number where a name is needed."""
    folded = {name.casefold(): name for name in source.names}
    for name in new:
        if name.casefold() in folded:
            raise FileContentError(
                f"{source.path} has a column {folded[name.casefold()]!r} already; rename it or leave "
                "it out there, so that the new one can have its name."
            )
    names = [*source.names, *new]
    if kind == "csv":
        return names
    names = [name or str(number) for number, name in enumerate(names, 1)]
    plain = [name.casefold() for name in names]
    repeated = next((name for name, one in zip(names, plain, strict=True) if plain.count(one) > 1), None)
    if repeated is not None:
        raise FileContentError(
            f"{source.path} has several columns called {repeated!r}, which only CSV and TSV can hold; rename "
            "one, or choose such an ending for the output."
        )
    return names


def _check_lengths(source: TableFile, n_rows: int, arrays: Mapping[str, NDArray[Any]]) -> None:
    for name, array in arrays.items():
        if len(array) != n_rows:
            raise DataError(
                f"{source.path} has {n_rows:,} rows, but the new column {name!r} has {len(array):,} values."
            )


def _copy_under_header(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    path: Path,
    output_format: OutputFormat,
    names: Sequence[str],
) -> None:
    rows = path.with_name(f"{path.name}-rows")
    try:
        copy_rows(connection, query, rows, f"{output_format.options}, HEADER false")
        with path.open("wb") as whole, rows.open("rb") as packed:
            whole.write(_header(names, output_format))
            shutil.copyfileobj(packed, whole)
    finally:
        rows.unlink(missing_ok=True)


def _header(names: Sequence[str], output_format: OutputFormat) -> bytes:
    """A line of names; a packed file may be made of several packed parts."""
    if not names:
        return b""
    text = io.StringIO()
    csv.writer(text, delimiter=output_format.separator, lineterminator="\n").writerow(names)
    line = text.getvalue().encode()
    return gzip.compress(line, mtime=0) if output_format.is_packed else line
