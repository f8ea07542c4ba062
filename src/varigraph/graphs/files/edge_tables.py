"""Edge tables in files as links."""

from __future__ import annotations

from pathlib import Path

from varigraph.errors import FileContentError
from varigraph.graphs.convert import Links
from varigraph.graphs.files.formats import GraphFormat, table_format
from varigraph.tables import EdgeNames, column_names, read_columns, read_edge_columns

__all__ = ["read_table_links"]


def read_table_links(
    path: Path, format: GraphFormat | None, names: EdgeNames, *, header: bool = True
) -> Links:
    """The rows of an edge table.

    Args:
        path: The file.
        format: A format of tables; None for what the ending says.
        names: Which columns hold what.
        header: Whether the first line of delimited text is names.

    Raises:
        FileContentError: As `varigraph.tables.read_edge_columns`.
    """
    told = table_format(format)
    columns = read_edge_columns(path, names, header=header, format=told)

    def place(row: int) -> str:  # reads the file again, so only errors ask
        first = column_names(path, header=header, format=told)[:1]
        return read_columns(path, first, header=header, format=told).place(row)

    return Links(
        columns.source,
        columns.target,
        columns.weights,
        source_name=str(path),
        place=place,
        error=FileContentError,
    )
