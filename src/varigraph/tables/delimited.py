"""Reading delimited text (CSV, TSV; plain or gzip): its first line by hand, its rows through DuckDB."""

from __future__ import annotations

import csv
import gzip
import itertools
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.tables.engine import connect, exact_path, fetch_columns

if TYPE_CHECKING:
    import duckdb

__all__ = ["DelimitedFile", "open_delimited", "read_delimited"]

_SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons"}
_GZIP_MAGIC = b"\x1f\x8b"
_FOREIGN = {
    b"PK\x03\x04": "is a ZIP archive or a spreadsheet; unpack it, or save the sheet as CSV",
    b"PAR1": "is a Parquet file; give its name the ending .parquet",
    b"\xff\xfe": "is encoded as UTF-16; save it as UTF-8",
    b"\xfe\xff": "is encoded as UTF-16; save it as UTF-8",
    b"\x89HDF": "is an HDF5 file; export the table as CSV or Parquet",
}
# An integer that can be turned back into the very same text: no leading zero, no plus sign, no "-0".
_CANONICAL_INTEGER = "0|-?[1-9][0-9]{0,18}"
_REJECTED = {
    "MISSING COLUMNS": "has fewer values than the first line ({n} there)",
    "TOO MANY COLUMNS": "has more values than the first line ({n} there)",
    "INVALID ENCODING": "is not UTF-8; save the file as UTF-8",
    "UNQUOTED VALUE": "has a quotation mark without its partner",
    "LINE SIZE OVER MAXIMUM": "is too long to be a row; check the quotation marks",
}


@dataclass(frozen=True)
class DelimitedFile:
    """What the first line of a file tells about it.

    Attributes:
        path: The file.
        names: The names of the columns; their numbers from "1" when there is no header.
        separator: One of comma, tab and semicolon.
        has_header: Whether the first line is names, not values.
        is_gzip: Whether the bytes are compressed, whatever the ending says.
    """

    path: Path
    names: list[str]
    separator: str
    has_header: bool
    is_gzip: bool

    def line_of(self, row: int) -> str:
        """Where a row stands, for a message; the file is read again, so only errors ask."""
        with _open_text(self.path, self.is_gzip) as text:
            reader = csv.reader(text, delimiter=self.separator)
            line = next(itertools.islice(_first_lines(reader), row + self.has_header, None), None)
        return f"row {row + 1} of {self.path}" if line is None else f"line {line} of {self.path}"


def open_delimited(path: Path, *, header: bool) -> DelimitedFile:
    """Reads the first line of a file.

    Raises:
        FileContentError: The file is empty, is not text, or has no second column.
    """
    with path.open("rb") as file:
        start = file.read(4)
    for magic, fault in _FOREIGN.items():
        if start.startswith(magic):
            raise FileContentError(f"{path} {fault}.")
    is_gzip = start.startswith(_GZIP_MAGIC)
    first = _first_line(path, is_gzip)
    separator = _separator(path, first)
    names = _split(path, first, separator)
    if not header:
        names = [str(number + 1) for number in range(len(names))]
    return DelimitedFile(path, names, separator, header, is_gzip)


def read_delimited(file: DelimitedFile, columns: Sequence[str]) -> list[NDArray[Any]]:
    """The columns with these names, in this order, each of shape (n_rows,).

    Blanks around a value are no part of it. A column comes as int64 when each of its values is an integer
    that can be written back as the same text ("7", not "007" or "+7"), otherwise as strings, with None
    for a blank field.

    Raises:
        FileContentError: A row is longer or shorter than the first line, or the text is not sound.
    """
    import duckdb

    with connect() as connection:
        try:
            _load(connection, file, [file.names.index(name) for name in columns])
            _check_rejected(connection, file)
            return [_typed_column(connection, f"c{at}") for at in range(len(columns))]
        except duckdb.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise FileContentError(f"{file.path} cannot be read as a table: {reason}") from error


def _load(connection: duckdb.DuckDBPyConnection, file: DelimitedFile, positions: Sequence[int]) -> None:
    declared = ", ".join(f"'f{at}': 'VARCHAR'" for at in range(len(file.names)))
    chosen = ", ".join(rf"nullif(trim(f{at}, E' \t\r'), '') AS c{new}" for new, at in enumerate(positions))
    connection.execute(
        f"""CREATE TEMP TABLE rows AS SELECT {chosen} FROM read_csv(
            ?, auto_detect = false, columns = {{{declared}}}, header = {str(file.has_header).lower()},
            delim = '{file.separator}', quote = '"', escape = '"', strict_mode = true,
            compression = '{"gzip" if file.is_gzip else "none"}',
            store_rejects = true, rejects_limit = 1000)""",
        [exact_path(file.path)],
    )


def _check_rejected(connection: duckdb.DuckDBPyConnection, file: DelimitedFile) -> None:
    rejected = connection.execute(
        "SELECT line, CAST(error_type AS VARCHAR), error_message FROM reject_errors ORDER BY line LIMIT 1"
    ).fetchone()
    if rejected is not None:
        line, kind, message = rejected
        fault = _REJECTED.get(kind, f"cannot be read: {message}").format(n=len(file.names))
        raise FileContentError(f"Line {line} of {file.path} {fault}.")


def _typed_column(connection: duckdb.DuckDBPyConnection, name: str) -> NDArray[Any]:
    is_integer = connection.execute(
        f"SELECT bool_and(coalesce(regexp_full_match({name}, '{_CANONICAL_INTEGER}') "
        f"AND try_cast({name} AS BIGINT) IS NOT NULL, false)) FROM rows"
    ).fetchone() == (True,)
    expression = f"CAST({name} AS BIGINT)" if is_integer else name
    return fetch_columns(connection.execute(f"SELECT {expression} AS value FROM rows"))[0]


@contextmanager
def _open_text(path: Path, is_gzip: bool) -> Iterator[IO[str]]:
    """Text in which bytes that are no UTF-8 stand as lone surrogates, so that reading gets past them."""
    settings: dict[str, Any] = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}
    with gzip.open(path, "rt", **settings) if is_gzip else path.open(**settings) as text:
        yield text


def _first_line(path: Path, is_gzip: bool) -> str:
    try:
        with _open_text(path, is_gzip) as text:
            first = next((line for line in text if line.strip()), None)
    except (OSError, EOFError, zlib.error) as error:
        raise FileContentError(f"{path} cannot be unpacked: {error}. It may have been cut off.") from error
    if first is None:
        raise FileContentError(f"{path} is empty.")
    if "\x00" in first:
        raise FileContentError(f"{path} is not text: there is a zero byte in its first line.")
    if any("\ud800" <= letter <= "\udfff" for letter in first):
        raise FileContentError(f"The first line of {path} is not UTF-8; save the file as UTF-8.")
    return first.rstrip("\r\n")


def _separator(path: Path, first: str) -> str:
    """The ending's own separator where the first line has it, else the one that it has most of."""
    own = "\t" if {".tsv", ".tab"} & set(path.suffixes) else ","
    if own in first:
        return own
    best = max(_SEPARATORS, key=first.count)
    if best not in first:
        raise FileContentError(
            f"The first line of {path} is {first[:80]!r}: one column only. An edge table has at least two, "
            f"separated by {', '.join(_SEPARATORS.values())}."
        )
    return best


def _split(path: Path, first: str, separator: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([first], delimiter=separator))]
    except csv.Error as error:
        raise FileContentError(f"The first line of {path} is no row of a table: {error}.") from error


def _first_lines(reader: Any) -> Iterator[int]:
    """The number of the line, from 1, on which each record that is not blank begins."""
    line = 1
    for record in reader:
        if record:
            yield line
        line = reader.line_num + 1
