"""JSON Lines (one object a line; plain or gzip) through DuckDB; faults are looked for line by line."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.tables.engine import connect, exact_path, fetch_columns, first_row, quoted
from varigraph.tables.table_file import OutputKind, TableFile, check_no_zero_byte
from varigraph.tables.text_lines import FirstLine, compression, open_text

if TYPE_CHECKING:
    import duckdb

__all__ = ["JsonLinesFile", "open_json_lines"]

_NESTED = {"{": "an object", "[": "a list"}
_NUMBER_STARTS = frozenset("-0123456789NI")  # N and I: NaN and Infinity, which callers refuse by place
_INTEGER = "-?[0-9]+"


@dataclass(frozen=True)
class JsonLinesFile(TableFile):
    """A file with one object a line; its keys are the columns, and a missing key is a blank.

    Attributes:
        path: The file.
        names: All keys, in the order in which they come up.
        is_gzip: Whether the bytes are compressed, whatever the ending says.
    """

    path: Path
    names: Sequence[str]
    is_gzip: bool
    is_text = True
    has_first_line = False

    def place(self, row: int) -> str:
        """The line of a row; blank lines count."""
        with open_text(self.path, is_gzip=self.is_gzip) as text:
            at = -1
            for number, line in enumerate(text, 1):
                at += bool(line.strip())
                if at == row:
                    return f"line {number} of {self.path}"
        return f"row {row + 1} of {self.path}"

    def load(self, connection: duckdb.DuckDBPyConnection, positions: Sequence[int]) -> None:
        """As `TableFile.load`: each value as JSON."""
        wanted = [self.names[at] for at in positions]
        declared = ", ".join(f"'{_literal(name)}': 'JSON'" for name in wanted)
        chosen = ", ".join(f"{quoted(name)} AS c{new}" for new, name in enumerate(wanted))
        connection.execute(
            f"CREATE TEMP TABLE rows AS SELECT {chosen} FROM read_json(?, format = 'newline_delimited', "
            f"{compression(self.is_gzip)}, columns = {{{declared}}})",
            [exact_path(self.path)],
        )

    def fetch(self, connection: duckdb.DuckDBPyConnection, at: int, name: str) -> NDArray[Any]:
        """As `TableFile.fetch`: strings and numbers are told apart; of both in one column, each stays one.

        Raises:
            FileContentError: A value is an object or a list.
        """
        starts = _starts(connection, at)
        if starts & _NESTED.keys():
            self._refuse_nested(connection, at, name)
        kind = _column_type(connection, at, starts)
        if kind == "VARCHAR":
            check_no_zero_byte(connection, self, _cast(at, kind), name)
        if kind is None:
            try:
                return _objects(connection, at)
            except ValueError as error:  # the engine takes nan and inf in any case, JSON takes neither
                raise FileContentError(self.fault(error)) from error
        return fetch_columns(connection.execute(f"SELECT {_cast(at, kind)} AS value FROM rows"))[0]

    def output_column(self, connection: duckdb.DuckDBPyConnection, at: int, kind: OutputKind) -> str:
        """As `TableFile.output_column`: JSON as it is, otherwise of one type or, failing that, its text."""
        if kind == "json":
            return f"c{at}"
        one_type = None if kind == "csv" else _column_type(connection, at, _starts(connection, at))
        return _cast(at, one_type or "VARCHAR")

    def fault(self, error: Exception) -> str:
        """As `TableFile.fault`; the engine counts lines otherwise, so it is not asked which one it is."""
        if "byte order mark" in str(error):
            return f"{self.path} begins with a byte order mark, which JSON has not; save it as UTF-8 without."
        reason = str(error).strip().splitlines()[0]
        return self.first_fault() or f"{self.path} cannot be read as JSON Lines: {reason}"

    def first_fault(self) -> str | None:
        """A sentence on the first line that is no sound JSON object, if there is one."""
        try:
            with open_text(self.path, is_gzip=self.is_gzip) as text:
                for number, line in enumerate(text, 1):
                    reason = _line_fault(line)
                    if reason:
                        return f"Line {number} of {self.path} {reason}."
        except (OSError, EOFError, zlib.error) as failure:
            return f"{self.path} cannot be unpacked: {failure}. It may have been cut off."
        return None

    def _refuse_nested(self, connection: duckdb.DuckDBPyConnection, at: int, name: str) -> None:
        start = f"left(CAST(c{at} AS VARCHAR), 1)"
        query = f"SELECT rowid, {start} FROM rows WHERE {start} IN ('{{', '[') ORDER BY rowid LIMIT 1"
        row, kind = first_row(connection, query) or (0, "{")
        raise FileContentError(
            f"The value in {self.place(row)}, column {name!r}, is {_NESTED[kind]}, but a table holds one "
            "number or string there; flatten it, or leave the key out."
        )


def open_json_lines(path: Path, first: FirstLine) -> JsonLinesFile:
    """Finds the keys of all objects.

    Raises:
        FileContentError: A line is no JSON object, there are no keys, or two differ in case alone.
    """
    import duckdb

    file = JsonLinesFile(path, (), first.is_gzip)
    with connect() as connection:
        try:
            found = connection.execute(
                "SELECT keys FROM (SELECT json_keys(json) AS keys, row_number() OVER () AS number "
                f"FROM read_ndjson_objects(?, {compression(first.is_gzip)})) "
                "GROUP BY keys ORDER BY min(number)",
                [exact_path(path)],
            ).fetchall()
        except (duckdb.Error, UnicodeDecodeError) as error:
            raise FileContentError(file.fault(error)) from error
    names = list(dict.fromkeys(name for (keys,) in found for name in keys or ()))
    if not names:
        raise FileContentError(
            file.first_fault() or f"{path} has no columns: there is no key in any of its lines."
        )
    if "" in names:
        raise FileContentError(f"{path} has a key without a name; give it one, or leave it out.")
    by_folded: dict[str, str] = {}
    for name in names:
        other = by_folded.setdefault(name.casefold(), name)
        if other != name:
            raise FileContentError(f"{path} has keys {other!r} and {name!r}, alike but for case; rename one.")
    return JsonLinesFile(path, names, first.is_gzip)


def _starts(connection: duckdb.DuckDBPyConnection, at: int) -> set[str]:
    """The letters with which the values of a column begin: they tell the kind of a JSON value."""
    found = connection.execute(f"SELECT DISTINCT left(CAST(c{at} AS VARCHAR), 1) FROM rows").fetchall()
    return {start for (start,) in found if start is not None}


def _column_type(connection: duckdb.DuckDBPyConnection, at: int, starts: set[str]) -> str | None:
    """The one type of the engine that holds all values of a column exactly, if there is one."""
    if starts <= {'"'}:
        return "VARCHAR"
    if starts <= {"t", "f"}:
        return "BOOLEAN"
    if not starts <= _NUMBER_STARTS:
        return None
    text = f"CAST(c{at} AS VARCHAR)"
    if _holds(connection, at, f"CAST(try_cast({text} AS BIGINT) AS VARCHAR) = {text}"):
        return "BIGINT"
    # Integers beyond 64 bits must not lose their last digits.
    return None if _holds(connection, at, f"regexp_full_match({text}, '{_INTEGER}')") else "DOUBLE"


def _holds(connection: duckdb.DuckDBPyConnection, at: int, condition: str) -> bool:
    """Whether a condition holds for every value of a column that is not null."""
    query = f"SELECT bool_and(coalesce({condition}, c{at} IS NULL)) FROM rows"
    return first_row(connection, query) == (True,)


def _cast(at: int, kind: str) -> str:
    return f"(c{at}->>'$')" if kind == "VARCHAR" else f"CAST(c{at} AS {kind})"


def _objects(connection: duckdb.DuckDBPyConnection, at: int) -> NDArray[Any]:
    rows = connection.execute(f"SELECT CAST(c{at} AS VARCHAR) FROM rows").fetchall()
    values = (None if one is None else json.loads(one) for (one,) in rows)
    return np.fromiter(values, dtype=object, count=len(rows))


def _literal(text: str) -> str:
    return text.replace("'", "''")


def _line_fault(line: str) -> str | None:
    """What is wrong with a line, if anything is."""
    if any("\ud800" <= letter <= "\udfff" for letter in line):
        return "is not UTF-8; save the file as UTF-8"
    if line.startswith("["):
        return "is a list; write each of its objects on a line of its own, as jq -c '.[]' does"
    return _value_fault(line.strip()) if line.strip() else None


def _value_fault(text: str) -> str | None:
    try:
        value = json.loads(text, object_pairs_hook=_checked_object)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return f"is no JSON: {error.msg} (letter {error.pos + 1})"
    except UnicodeEncodeError:
        return "has half of a surrogate pair, such as \\ud800, in a string; it stands for no letter"
    except KeyError as error:
        return f"has the key {error} twice"
    except RecursionError:
        return "is nested too deeply"
    is_object = isinstance(value, dict)
    return (
        None if is_object else 'is no JSON object; each line must be one, such as {"source": 1, "target": 2}'
    )


def _checked_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise KeyError(next(key for key in keys if keys.count(key) > 1))
    return made
