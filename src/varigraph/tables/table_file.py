"""`TableFile`: what every kind of table file can do, and reading typed columns from any of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.tables.engine import connect, fetch_columns, first_row

if TYPE_CHECKING:
    import duckdb

__all__ = ["OutputKind", "TableFile", "check_no_zero_byte"]

OutputKind: TypeAlias = Literal["csv", "parquet", "json"]
"""What a loaded column is to be written as."""


class TableFile(ABC):
    """A file whose columns are known by name; its rows are read when they are asked for.

    Attributes:
        path: The file.
        names: The names of the columns, in order; they may repeat.
        is_text: Whether values are text, so that "1_000" must not be taken for a number.
        has_first_line: Whether the names stand in the first line, or should.
    """

    path: Path
    names: Sequence[str]
    is_text: bool
    has_first_line: bool

    @property
    def heading(self) -> str:
        """The start of a sentence that lists the names."""
        return (
            f"The first line of {self.path} is" if self.has_first_line else f"The columns of {self.path} are"
        )

    @abstractmethod
    def place(self, row: int) -> str:
        """Where a row stands, such as `line 4 of a.csv`; the file may be read again for it."""

    @abstractmethod
    def load(self, connection: duckdb.DuckDBPyConnection, positions: Sequence[int]) -> None:
        """Makes the temporary table `rows`: columns as they stand, c0, c1, …, rows in the file's order."""

    @abstractmethod
    def fetch(self, connection: duckdb.DuckDBPyConnection, at: int, name: str) -> NDArray[Any]:
        """The loaded column c<at>, shape (n_rows,), as int64, floats or objects; messages call it `name`."""

    @abstractmethod
    def output_column(self, connection: duckdb.DuckDBPyConnection, at: int, kind: OutputKind) -> str:
        """The loaded column c<at> as an expression of SQL that keeps as much of it as `kind` can hold."""

    @abstractmethod
    def fault(self, error: Exception) -> str:
        """A sentence on why the file cannot be read, after the database engine has refused it."""

    def read(self, columns: Sequence[str], numbers: Collection[str] = ()) -> list[NDArray[Any]]:
        """Columns by name, in the order asked for, each of shape (n_rows,).

        Args:
            columns: Names, each of which the file has once.
            numbers: Those that are to be float64 if each of their values states a finite number.

        Raises:
            FileContentError: The file is damaged; the message names the line if it has lines.
        """
        with self.loaded([self.names.index(name) for name in columns]) as connection:
            wanted = [at for at, name in enumerate(columns) if name in numbers]
            finite = _finite_columns(connection, wanted, is_text=self.is_text)
            return [
                finite[at] if at in finite else self.fetch(connection, at, name)
                for at, name in enumerate(columns)
            ]

    @contextmanager
    def loaded(self, positions: Sequence[int]) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection after `load`.

        Raises:
            FileContentError: As `read`.
        """
        import duckdb

        with connect() as connection:
            try:
                self.load(connection, positions)
                yield connection
            except (duckdb.Error, UnicodeDecodeError) as error:
                raise FileContentError(self.fault(error)) from error


def _finite_columns(
    connection: duckdb.DuckDBPyConnection, wanted: Sequence[int], *, is_text: bool
) -> dict[int, NDArray[Any]]:
    """The columns that are numbers throughout; one query for all, as a table may have thousands."""
    if not wanted:
        return {}
    expression = "try_cast({0} AS DOUBLE)"
    if is_text and _has_underscore(connection, wanted):
        # The engine reads "1_000" as a thousand; a table means something else by it.
        expression = "CASE WHEN NOT contains(CAST({0} AS VARCHAR), '_') THEN try_cast({0} AS DOUBLE) END"
    chosen = ", ".join(f"{expression.format(f'c{at}')} AS c{at}" for at in wanted)
    arrays = fetch_columns(connection.execute(f"SELECT {chosen} FROM rows"))
    return {
        at: array.astype(np.float64, copy=False)
        for at, array in zip(wanted, arrays, strict=True)
        if array.dtype.kind == "f" and np.isfinite(array).all()
    }


def _has_underscore(connection: duckdb.DuckDBPyConnection, wanted: Sequence[int]) -> bool:
    joined = ", ".join(f"c{at}" for at in wanted)
    return first_row(connection, f"SELECT bool_or(contains(concat({joined}), '_')) FROM rows") == (True,)


def check_no_zero_byte(
    connection: duckdb.DuckDBPyConnection, file: TableFile, expression: str, name: str
) -> None:
    """Checks that there is no zero byte in a loaded column of text, called `name` in a message.

    Raises:
        FileContentError: There is one; the message says where.
    """
    found = first_row(
        connection, f"SELECT rowid FROM rows WHERE contains({expression}, chr(0)) ORDER BY rowid LIMIT 1"
    )
    if found is not None:
        place = file.place(found[0])
        raise FileContentError(f"There is a zero byte in {place}, column {name!r}; remove it.")
