"""Parquet files through DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.tables.engine import connect, exact_path, fetch_columns, quoted
from varigraph.tables.table_file import OutputKind, TableFile

if TYPE_CHECKING:
    import duckdb

__all__ = ["ParquetFile", "open_parquet"]


@dataclass(frozen=True)
class ParquetFile(TableFile):
    """A file whose columns have types of their own.

    Attributes:
        path: The file.
        names: The names of the columns.
        types: What the engine calls their types.
    """

    path: Path
    names: Sequence[str]
    types: Sequence[str]
    is_text = False
    has_first_line = False

    def place(self, row: int) -> str:
        """The number of a row, from 1."""
        return f"row {row + 1} of {self.path}"

    def load(self, connection: duckdb.DuckDBPyConnection, positions: Sequence[int]) -> None:
        """As `TableFile.load`: typed as in the file."""
        chosen = ", ".join(f"{quoted(self.names[at])} AS c{new}" for new, at in enumerate(positions))
        connection.execute(
            f"CREATE TEMP TABLE rows AS SELECT {chosen} FROM read_parquet(?)", [exact_path(self.path)]
        )

    def fetch(self, connection: duckdb.DuckDBPyConnection, at: int, name: str) -> NDArray[Any]:
        """As `TableFile.fetch`: the file's own types; None or NaN where there is no value."""
        return fetch_columns(connection.execute(f"SELECT c{at} AS value FROM rows"))[0]

    def output_column(self, connection: duckdb.DuckDBPyConnection, at: int, kind: OutputKind) -> str:
        """As `TableFile.output_column`: JSON has no NaN and no infinity."""
        if kind == "json" and self.types[at] in ("FLOAT", "DOUBLE"):
            return f"CASE WHEN isfinite(c{at}) THEN c{at} END"
        return f"c{at}"

    def fault(self, error: Exception) -> str:
        """As `TableFile.fault`."""
        reason = str(error).strip().splitlines()[0].rstrip(".")
        return f"{self.path} cannot be read as Parquet: {reason}. It is of another format, or damaged."


def open_parquet(path: Path) -> ParquetFile:
    """The names and types of the columns.

    Raises:
        FileContentError: The file is not Parquet, or damaged.
    """
    import duckdb

    with connect() as connection:
        try:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [exact_path(path)])
            columns = [(str(row[0]), str(row[1])) for row in described.fetchall()]
        except (duckdb.Error, UnicodeDecodeError) as error:
            raise FileContentError(ParquetFile(path, (), ()).fault(error)) from error
    names, types = zip(*columns, strict=True)
    return ParquetFile(path, names, types)
