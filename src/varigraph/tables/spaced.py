"""Edge lists whose columns are separated by blanks, as SNAP, KONECT and networkx write them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.tables.delimited import check_rejected, fetch_text, text_output
from varigraph.tables.engine import exact_path, first_row
from varigraph.tables.table_file import OutputKind, TableFile
from varigraph.tables.text_lines import FirstLine, compression, is_comment, open_text

if TYPE_CHECKING:
    import duckdb

__all__ = ["SpacedFile", "open_spaced"]

_NO_DATA = "{}"  # what networkx puts after an edge that has no attributes


@dataclass(frozen=True)
class SpacedFile(TableFile):
    """A file with blanks or tabs between its values, any number of them; no value holds one.

    Attributes:
        path: The file.
        names: The names of the columns; their numbers from "1" when there is no header.
        has_header: Whether the first line that is no comment is names.
        start: That line.
    """

    path: Path
    names: Sequence[str]
    has_header: bool
    start: FirstLine
    is_text = True
    has_first_line = True

    def place(self, row: int) -> str:
        """The line of a row; comments and blank lines count."""
        with open_text(self.path, is_gzip=self.start.is_gzip) as text:
            lines = (number for number, line in enumerate(text, 1) if line.strip() and not is_comment(line))
            return f"line {next(itertools.islice(lines, row + self.has_header, None))} of {self.path}"

    def load(self, connection: duckdb.DuckDBPyConnection, positions: Sequence[int]) -> None:
        """As `TableFile.load`: text."""
        chosen = "".join(f", fields[{at + 1}] AS c{new}" for new, at in enumerate(positions))
        connection.execute(
            f"""CREATE TEMP TABLE rows AS SELECT len(fields) AS n_fields{chosen} FROM (
                SELECT string_split_regex(
                    trim(regexp_replace(line, '\\s\\{{\\}}\\s*$', ''), E' \\t\\r'), '[ \\t]+') AS fields
                FROM read_csv(
                    ?, auto_detect = false, columns = {{'line': 'VARCHAR'}}, header = false,
                    skip = {self.start.n_before + self.has_header}, delim = '\x1f', quote = '', escape = '',
                    strict_mode = false, {compression(self.start.is_gzip)},
                    store_rejects = true, rejects_limit = 1000)
                WHERE NOT regexp_matches(line, '^\\s*([#%]|$)'))""",
            [exact_path(self.path)],
        )
        check_rejected(connection, self)
        self._check_widths(connection)

    def fetch(self, connection: duckdb.DuckDBPyConnection, at: int, name: str) -> NDArray[Any]:
        """As `TableFile.fetch`: int64 or strings."""
        return fetch_text(connection, self, at, name)

    def output_column(self, connection: duckdb.DuckDBPyConnection, at: int, kind: OutputKind) -> str:
        """As `TableFile.output_column`."""
        return text_output(connection, at, kind)

    def fault(self, error: Exception) -> str:
        """As `TableFile.fault`."""
        return f"{self.path} cannot be read as a table: {str(error).strip().splitlines()[0]}"

    def _check_widths(self, connection: duckdb.DuckDBPyConnection) -> None:
        found = first_row(
            connection,
            f"SELECT rowid, n_fields FROM rows WHERE n_fields <> {len(self.names)} ORDER BY rowid LIMIT 1",
        )
        if found is not None:
            row, width = found
            how = "fewer" if width < len(self.names) else "more"
            place = self.place(row).removeprefix("line ")
            raise FileContentError(
                f"Line {place} has {how} values than the first line ({len(self.names)} there). Blanks "
                "separate the columns here; ids with blanks need a CSV file."
            )


def open_spaced(path: Path, first: FirstLine, *, header: bool) -> SpacedFile:
    """What the first line of a file tells about it.

    Raises:
        FileContentError: There is a dictionary in the line.
    """
    text = first.text.rstrip().removesuffix(_NO_DATA)
    if "{" in text:
        raise FileContentError(
            f"The first line of {path} is {first.text[:80]!r}, with a dictionary in it. Write plain columns, "
            "in networkx by write_edgelist(graph, path, data=False) or data=['weight']."
        )
    names = text.split()
    if not header:
        names = [str(number + 1) for number in range(len(names))]
    return SpacedFile(path, names, header, first)
