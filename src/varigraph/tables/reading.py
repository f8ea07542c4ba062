"""Reading a table from a file: which reader it needs, and the checks that all of them share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from varigraph.errors import FileContentError
from varigraph.tables.delimited import open_delimited
from varigraph.tables.file_formats import FileFormat, check_is_file, file_format, is_plain_text
from varigraph.tables.json_lines import open_json_lines
from varigraph.tables.parquet import open_parquet
from varigraph.tables.spaced import open_spaced
from varigraph.tables.table import Table, suggestion
from varigraph.tables.table_file import TableFile
from varigraph.tables.text_lines import FirstLine, first_line

__all__ = ["column_names", "open_table", "read_columns", "table_of"]


def open_table(path: str | Path, *, header: bool = True, format: FileFormat | None = None) -> TableFile:
    """A file as a table whose columns are known and whose rows are still to be read.

    Args:
        path: The file; `.gz` or not is seen from the content.
        header: Whether the first line of delimited text is names; without them the columns are called
            "1", "2", ….
        format: What the file is; None for what its ending says.

    Raises:
        FileContentError: The file is missing, empty, of another kind, or unreadable, or there is no such
            format.
    """
    path = Path(path)
    check_is_file(path)
    named = file_format(path, format)
    if named == "parquet":
        return open_parquet(path)
    if named == "jsonl":
        return open_json_lines(path, first_line(path))
    is_loose = is_plain_text(path) and named == "csv"
    first = first_line(path, comments=is_loose)
    if is_loose and _is_spaced(first):
        return open_spaced(path, first, header=header)
    return open_delimited(path, first, header=header, is_tabbed=named == "tsv")


def _is_spaced(first: FirstLine) -> bool:
    """Whether only blanks can separate the columns; KONECT, known by % comments, mixes tabs with them."""
    marks = {",", ";"} if first.comment == "%" else {",", ";", "\t"}
    return len(first.text.split()) > 1 and not marks & set(first.text)


def column_names(path: str | Path, *, header: bool = True, format: FileFormat | None = None) -> list[str]:
    """The names of a file's columns, without keeping its rows.

    Args:
        path: A file with one of `READABLE_ENDINGS`, or of the format told.
        header: As in `open_table`.
        format: Likewise.

    Raises:
        FileContentError: The file is missing, empty, of another kind, or unreadable.
    """
    return list(open_table(path, header=header, format=format).names)


def read_columns(
    path: str | Path,
    columns: Sequence[str] | None = None,
    *,
    header: bool = True,
    format: FileFormat | None = None,
) -> Table:
    r"""Columns of a table in a file, in the order of its rows.

    In delimited text a column comes as int64 when each of its values is an integer that can be written
    back as the same text, otherwise as strings ("007" stays "007"), without the blanks around a value.
    Parquet and JSON Lines have types of their own, which are kept.

    In text that no ending describes further (.txt, .edges, .edgelist), lines that begin with # or % are
    passed over before the first row, and blanks separate the columns when neither commas, semicolons nor
    tabs do.

    Args:
        path: A file with one of `READABLE_ENDINGS`, or of the format told.
        columns: Names of the columns wanted; by default all.
        header: As in `open_table`.
        format: Likewise.

    Raises:
        FileContentError: The file is missing, empty or damaged, has no such column, has rows of unequal
            length, is not UTF-8, or has no rows; the message names the line.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "edges.csv"
        >>> _ = path.write_text("source,target\n007,1\nb,2\n")
        >>> table = read_columns(path)
        >>> table.columns["source"].tolist(), table.columns["target"].tolist()
        (['007', 'b'], [1, 2])
    """
    return table_of(open_table(path, header=header, format=format), columns)


def table_of(
    file: TableFile, columns: Sequence[str] | None = None, *, numbers: Collection[str] = ()
) -> Table:
    """The rows of a file.

    Args:
        file: As `open_table` gives it.
        columns: Names of the columns wanted; by default all.
        numbers: Columns that are to be float64 if each of their values states a finite number.

    Raises:
        FileContentError: As `read_columns`.
    """
    names = _wanted(file, columns)
    arrays = file.read(names, numbers)
    if not len(arrays[0]):
        raise FileContentError(f"{file.path} has column names but no rows.")
    return Table(dict(zip(names, arrays, strict=True)), str(file.path), file.place, FileContentError)


def _wanted(file: TableFile, columns: Sequence[str] | None) -> Sequence[str]:
    wanted = file.names if columns is None else columns
    for name in wanted:
        if name not in file.names:
            raise FileContentError(f"{file.path} has no column {name!r}. {suggestion(name, file.names)}")
        if file.names.count(name) > 1:
            raise FileContentError(
                f"{file.path} has {file.names.count(name)} columns called {name!r}; rename one."
            )
    return wanted
