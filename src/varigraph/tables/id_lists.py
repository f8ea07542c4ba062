"""Lists of node ids in files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.tables.checked_columns import id_column
from varigraph.tables.delimited import open_delimited
from varigraph.tables.file_formats import FileFormat
from varigraph.tables.reading import open_table, table_of
from varigraph.tables.spaced import SpacedFile
from varigraph.tables.table_file import TableFile
from varigraph.tables.usual_names import ID_NAMES, first_usual, likely_slips

__all__ = ["IdList", "read_ids"]


@dataclass(frozen=True)
class IdList:
    """The ids in a file.

    Attributes:
        ids: shape (n_rows,), in the file's order, repeats among them: int64, or object holding strings.
        place: From a row's position, counted from 0, to words such as `line 4 of wanted.txt`.
    """

    ids: NDArray[Any]
    place: Callable[[int], str]


def read_ids(path: str | Path, *, format: FileFormat | None = None) -> IdList:
    r"""The ids in a file: one a line, or the column of ids of a table.

    Of one column alone, the first line is a header if it is one of the usual ones (id, node, name, …) and an
    id otherwise. Of several, separated by commas, tabs or semicolons, the id is found by its header.

    Args:
        path: The file.
        format: What the file is; None for what its ending says.

    Raises:
        FileContentError: The file cannot be read, has several columns and none of ids, or an id is blank.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "wanted.txt"
        >>> _ = path.write_text("Bo Li\nal\n")
        >>> read_ids(path).ids.tolist()
        ['Bo Li', 'al']
    """
    file = _opened(path, format)
    name = first_usual(file.names, ID_NAMES)
    if name is None and len(file.names) == 1:
        name = file.names[0]
        if file.has_first_line:
            file, name = _opened(path, format, header=False), "1"
    if name is None:
        shown = ", ".join(map(repr, file.names[:6]))
        raise FileContentError(
            f"{file.heading} {shown}, among which there is no id.{likely_slips(file.names, ('id', 'node'))} "
            "Call one of the columns id, or give a file with one id a line."
        )
    table = table_of(file, [name])
    return IdList(id_column(table, name, why="leave the row out"), table.place)


def _opened(path: str | Path, format: FileFormat | None, *, header: bool = True) -> TableFile:
    file = open_table(path, header=header, format=format)
    if isinstance(file, SpacedFile):  # in a list, a blank is part of an id
        return open_delimited(file.path, file.start, header=header)
    return file
