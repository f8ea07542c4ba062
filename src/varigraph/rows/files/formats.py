"""Formats of files of rows: which one an ending names, and what options each has."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias, get_args

from varigraph.errors import FileContentError
from varigraph.tables import READABLE_ENDINGS
from varigraph.tables.file_formats import file_format

__all__ = ["RowsFormat", "format_options", "rows_format"]

RowsFormat: TypeAlias = Literal["csv", "tsv", "parquet", "jsonl", "npy", "npz", "images"]
"""How rows are written down: a table, arrays of numpy, or a folder of images."""

_TABLE = frozenset({"id_column", "label_column", "columns", "image_shape"})
_OPTIONS: dict[RowsFormat, frozenset[str]] = {
    "csv": _TABLE | {"header"},
    "tsv": _TABLE | {"header"},
    "parquet": _TABLE,
    "jsonl": _TABLE,
    "npy": frozenset({"image_shape"}),
    "npz": frozenset({"array", "id_column", "label_column", "image_shape"}),
    "images": frozenset(),
}
_ARRAYS: dict[str, RowsFormat] = {".npy": "npy", ".npz": "npz"}


def rows_format(path: str | Path, format: RowsFormat | None = None) -> RowsFormat:
    """The format of a file or folder, as told or by its ending; no file is opened.

    Raises:
        FileContentError: No format is told, and the ending is none of those known.
        ValueError: What is told is no format.

    Example:
        >>> rows_format("x.npy"), rows_format("x.csv.gz"), rows_format("x.dat", "tsv")
        ('npy', 'csv', 'tsv')
    """
    path = Path(path)
    if format is not None:
        if format not in get_args(RowsFormat):
            raise ValueError(f"format={format!r} is not known; there are {', '.join(get_args(RowsFormat))}.")
        return format
    if path.is_dir():
        return "images"
    ending = path.suffix.casefold()
    if ending in _ARRAYS:
        return _ARRAYS[ending]
    if path.name.casefold().endswith(READABLE_ENDINGS):
        return file_format(path)
    raise FileContentError(
        f"{path.name} has none of the endings {', '.join((*READABLE_ENDINGS, *_ARRAYS))}, and is no folder "
        "of images. Rename it, or say what it is with format= (--format)."
    )


def format_options(path: str | Path, format: RowsFormat | None = None) -> frozenset[str]:
    """The options of `read_rows_file` that have an effect on a file or folder.

    Raises:
        FileContentError: As `rows_format`.

    Example:
        >>> sorted(format_options("x.npy"))
        ['image_shape']
    """
    return _OPTIONS[rows_format(path, format)]
