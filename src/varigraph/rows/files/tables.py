"""Rows in a table: CSV, TSV, Parquet, JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from varigraph.errors import FileContentError
from varigraph.rows.columns import RowColumns, chosen_columns, rows_of_table
from varigraph.rows.rows import Rows
from varigraph.tables import FileFormat
from varigraph.tables.reading import open_table, table_of
from varigraph.tables.table_file import TableFile
from varigraph.tables.usual_names import looks_like_data

__all__ = ["read_table_rows"]


def read_table_rows(
    path: Path,
    format: FileFormat,
    named: RowColumns,
    *,
    header: bool = True,
    image_shape: tuple[int, ...] | None = None,
) -> Rows:
    """Rows of the table in a file.

    Args:
        path: The file.
        format: What it is.
        named: Which columns hold what.
        header: Whether the first line of delimited text is names.
        image_shape: That of the images which the rows are.

    Raises:
        FileContentError: As `read_rows_file`.
    """
    file = open_table(path, header=header, format=format)
    if header and file.has_first_line and named.features is None:
        _check_is_header(file)
    chosen = chosen_columns(file.names, named, source=str(path), error=FileContentError)
    rows = rows_of_table(table_of(file, chosen.all, numbers=chosen.features), chosen)
    return rows if image_shape is None else replace(rows, image_shape=image_shape)


def _check_is_header(file: TableFile) -> None:
    """Refuses a first line of numbers, but for those that count the columns, as pandas writes them."""
    names = list(file.names)
    if looks_like_data(names) and not _count_up([name for name in names if name]):
        first = ", ".join(map(repr, names[:6]))
        raise FileContentError(
            f"{file.heading} {first}, which looks like data. If the file has no header, say header=False "
            "(--no-header); otherwise name the columns with columns= (--columns)."
        )


def _count_up(names: Sequence[str]) -> bool:
    return any(names == [str(start + at) for at in range(len(names))] for start in (0, 1))
