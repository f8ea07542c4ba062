"""Reading a table from a file: which reader an ending names, and the checks that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from varigraph.errors import FileContentError
from varigraph.tables.delimited import open_delimited, read_delimited
from varigraph.tables.parquet import parquet_names, read_parquet
from varigraph.tables.table import Table, suggestion

__all__ = ["READABLE_ENDINGS", "column_names", "read_columns"]

_DELIMITED = (".csv", ".tsv", ".tab", ".txt")
_PARQUET = (".parquet",)
READABLE_ENDINGS = (*_DELIMITED, *(f"{ending}.gz" for ending in _DELIMITED), *_PARQUET)
"""Endings of the files that `read_columns` reads."""


def column_names(path: str | Path, *, header: bool = True) -> list[str]:
    """The names of a file's columns, without reading its rows.

    Args:
        path: A file with one of `READABLE_ENDINGS`.
        header: Whether the first line of delimited text is names; without them the columns are called
            "1", "2", ….

    Raises:
        FileContentError: The file is missing, empty, of another kind, or unreadable.
    """
    path = _checked_path(path)
    return parquet_names(path) if _is_parquet(path) else open_delimited(path, header=header).names


def read_columns(path: str | Path, columns: Sequence[str] | None = None, *, header: bool = True) -> Table:
    r"""Columns of a table in a file, in the order of its rows.

    In delimited text a column comes as int64 when each of its values is an integer that can be written
    back as the same text, otherwise as strings ("007" stays "007"), without the blanks around a value.
    A Parquet file has types of its own, which are kept.

    Args:
        path: A file with one of `READABLE_ENDINGS`; `.gz` or not is seen from the content.
        columns: Names of the columns wanted; by default all.
        header: As in `column_names`.

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
    path = _checked_path(path)
    if _is_parquet(path):
        names = _wanted(path, parquet_names(path), columns)
        arrays = read_parquet(path, names)
        place = f"row {{}} of {path}".format
        table = Table(
            dict(zip(names, arrays, strict=True)), str(path), lambda row: place(row + 1), FileContentError
        )
    else:
        file = open_delimited(path, header=header)
        names = _wanted(path, file.names, columns)
        arrays = read_delimited(file, names)
        table = Table(dict(zip(names, arrays, strict=True)), str(path), file.line_of, FileContentError)
    if not len(arrays[0]):
        raise FileContentError(f"{path} has column names but no rows.")
    return table


def _checked_path(path: str | Path) -> Path:
    path = Path(path)
    if path.is_dir():
        raise FileContentError(f"{path} is a folder; a file is needed here.")
    if not path.is_file():
        raise FileContentError(f"There is no file {path}.")
    if not path.name.casefold().endswith(READABLE_ENDINGS):
        raise FileContentError(f"{path.name} has none of the endings {', '.join(READABLE_ENDINGS)}.")
    if not path.stat().st_size:
        raise FileContentError(f"{path} is empty.")
    return path


def _is_parquet(path: Path) -> bool:
    return path.name.casefold().endswith(_PARQUET)


def _wanted(path: Path, names: Sequence[str], columns: Sequence[str] | None) -> Sequence[str]:
    wanted = names if columns is None else columns
    for name in wanted:
        if name not in names:
            raise FileContentError(f"{path} has no column {name!r}. {suggestion(name, names)}")
        if names.count(name) > 1:
            raise FileContentError(f"{path} has {names.count(name)} columns called {name!r}; rename one.")
    return wanted
