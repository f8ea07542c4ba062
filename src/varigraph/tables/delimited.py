"""Delimited text (CSV, TSV; plain or gzip): its first line by hand, its rows through DuckDB."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.tables.engine import exact_path, fetch_columns, first_row
from varigraph.tables.table_file import OutputKind, TableFile, check_no_zero_byte
from varigraph.tables.text_lines import FirstLine, compression, open_text

if TYPE_CHECKING:
    import duckdb

__all__ = ["DelimitedFile", "check_rejected", "fetch_text", "open_delimited", "text_output"]

_JSON = ('{"', "[{", '["')
_SEPARATORS = (",", "\t", ";")
_REJECTED = {
    "MISSING COLUMNS": "has fewer values than the first line ({n} there)",
    "TOO MANY COLUMNS": "has more values than the first line ({n} there)",
    "INVALID ENCODING": "is not UTF-8; save the file as UTF-8",
    "UNQUOTED VALUE": "has a quotation mark without its partner",
    "LINE SIZE OVER MAXIMUM": "is too long to be a row; check the quotation marks",
}


@dataclass(frozen=True)
class DelimitedFile(TableFile):
    """A file with one separator throughout.

    Attributes:
        path: The file.
        names: The names of the columns; their numbers from "1" when there is no header.
        separator: One of comma, tab and semicolon.
        has_header: Whether the first line is names, not values.
        start: The first line, and what stands before it.
    """

    path: Path
    names: Sequence[str]
    separator: str
    has_header: bool
    start: FirstLine
    is_text = True
    has_first_line = True

    def place(self, row: int) -> str:
        """The line on which a row begins; lines within a quoted value count."""
        with open_text(self.path, is_gzip=self.start.is_gzip) as text:
            lines = itertools.islice(text, self.start.n_before, None)
            reader = csv.reader(lines, delimiter=self.separator)
            starts = _starts(reader, self.start.n_before, is_single=len(self.names) == 1)
            try:
                line = next(itertools.islice(starts, row + self.has_header, None), None)
            except csv.Error:  # a field longer than Python's reader takes
                line = None
        return f"row {row + 1} of {self.path}" if line is None else f"line {line} of {self.path}"

    def load(self, connection: duckdb.DuckDBPyConnection, positions: Sequence[int]) -> None:
        """As `TableFile.load`: text with the blanks around it."""
        declared = ", ".join(f"'f{at}': 'VARCHAR'" for at in range(len(self.names)))
        chosen = ", ".join(f"f{at} AS c{new}" for new, at in enumerate(positions))
        # With one column alone, the engine takes blank lines for rows.
        condition = f"WHERE {_trimmed('f0')} IS NOT NULL" if len(self.names) == 1 else ""
        connection.execute(
            f"""CREATE TEMP TABLE rows AS SELECT {chosen} FROM read_csv(
                ?, auto_detect = false, columns = {{{declared}}}, header = {str(self.has_header).lower()},
                skip = {self.start.n_before}, delim = '{self.separator}', quote = '"', escape = '"',
                strict_mode = true, {compression(self.start.is_gzip)},
                store_rejects = true, rejects_limit = 1000) {condition}""",
            [exact_path(self.path)],
        )
        check_rejected(connection, self)

    def fetch(self, connection: duckdb.DuckDBPyConnection, at: int, name: str) -> NDArray[Any]:
        """As `TableFile.fetch`: int64 or strings, None where the field is blank."""
        return fetch_text(connection, self, at, name)

    def output_column(self, connection: duckdb.DuckDBPyConnection, at: int, kind: OutputKind) -> str:
        """As `TableFile.output_column`."""
        return text_output(connection, at, kind)

    def fault(self, error: Exception) -> str:
        """As `TableFile.fault`."""
        reason = str(error).strip().splitlines()[0]
        if "GZIP" in reason:
            return f"{self.path} cannot be unpacked. It may have been cut off; get it anew."
        if "state machine" in reason:
            reason = "its lines end in different ways, or a quotation mark is out of place; save it anew"
        return f"{self.path} cannot be read as a table: {reason}."


def open_delimited(path: Path, first: FirstLine, *, header: bool, is_tabbed: bool = False) -> DelimitedFile:
    """What the first line of a file tells about it.

    Args:
        path: The file.
        first: Its first line.
        header: Whether that is names.
        is_tabbed: Whether tabs, not commas, are looked for first.

    Raises:
        FileContentError: The first line is no row, or one of JSON.
    """
    if first.text.startswith(_JSON):
        raise FileContentError(
            f"The first line of {path} looks like JSON; if each line is one object, say format='jsonl' "
            "(--format jsonl)."
        )
    own = "\t" if is_tabbed else ","
    separator = own if own in first.text else max((own, *_SEPARATORS), key=first.text.count)
    try:
        names = [name.strip() for name in _first_record(path, first, separator)]
    except csv.Error as error:
        raise FileContentError(f"The first line of {path} is no row of a table: {error}.") from error
    if not header:
        names = [str(number + 1) for number in range(len(names))]
    return DelimitedFile(path, names, separator, header, first)


def _first_record(path: Path, first: FirstLine, separator: str) -> list[str]:
    """The values of the first row, which goes on over the next lines if a quotation mark is open."""
    if first.text.count('"') % 2 == 0:
        return next(csv.reader([first.text], delimiter=separator))
    with open_text(path, is_gzip=first.is_gzip) as text:
        return next(csv.reader(itertools.islice(text, first.n_before, None), delimiter=separator))


def check_rejected(connection: duckdb.DuckDBPyConnection, file: TableFile) -> None:
    """Checks that the engine set no line aside while it read text.

    Raises:
        FileContentError: It did; the message names the first such line.
    """
    rejected = first_row(
        connection,
        "SELECT line, CAST(error_type AS VARCHAR), error_message FROM reject_errors ORDER BY line LIMIT 1",
    )
    if rejected is not None:
        line, kind, message = rejected
        fault = _REJECTED.get(kind, f"cannot be read: {message}").format(n=len(file.names))
        raise FileContentError(f"Line {line} of {file.path} {fault}.")


def fetch_text(connection: duckdb.DuckDBPyConnection, file: TableFile, at: int, name: str) -> NDArray[Any]:
    """A loaded column of text as int64 if every value is a canonical integer, otherwise as strings.

    Raises:
        FileContentError: There is a zero byte in the column.
    """
    column, trimmed = f"c{at}", _trimmed(f"c{at}")
    if _are_integers(connection, trimmed, "(FROM rows LIMIT 1000)"):
        for expression in (column, trimmed):  # trimming takes longer than all the rest
            if _are_integers(connection, expression, "rows"):
                result = connection.execute(f"SELECT CAST({expression} AS BIGINT) AS value FROM rows")
                return fetch_columns(result)[0]
    check_no_zero_byte(connection, file, column, name)
    return fetch_columns(connection.execute(f"SELECT {trimmed} AS value FROM rows"))[0]


def text_output(connection: duckdb.DuckDBPyConnection, at: int, kind: OutputKind) -> str:
    """A loaded column of text as it stands; in formats with types, integers are what `fetch_text` says."""
    if kind != "csv" and _are_integers(connection, f"c{at}", "rows"):
        return f"CAST(c{at} AS BIGINT)"
    return f"c{at}"


def _are_integers(connection: duckdb.DuckDBPyConnection, expression: str, rows: str) -> bool:
    """Whether each value is an integer that gives back the very same text: not "007", "+7" or "-0"."""
    written_back = f"CAST(try_cast({expression} AS BIGINT) AS VARCHAR)"
    query = f"SELECT bool_and(coalesce({written_back} = {expression}, false)) FROM {rows}"
    return first_row(connection, query) == (True,)


def _trimmed(expression: str) -> str:
    return rf"nullif(trim({expression}, E' \t\r'), '')"


def _starts(reader: Any, n_before: int, *, is_single: bool) -> Iterator[int]:
    """The number of the line, from 1, on which each record that is a row begins."""
    line = n_before + 1
    for record in reader:
        if any(one.strip() for one in record) if is_single else record:
            yield line
        line = reader.line_num + n_before + 1
