"""Formats of table files: which one an ending names, and whether there is a file to read at all."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from varigraph.errors import FileContentError

__all__ = ["READABLE_ENDINGS", "FileFormat", "check_is_file", "file_format", "is_plain_text"]

FileFormat: TypeAlias = Literal["csv", "tsv", "parquet", "jsonl"]
"""How a table is written down in a file."""

_PLAIN_TEXT = (".txt", ".edges", ".edgelist")
_PACKABLE: dict[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    **dict.fromkeys(_PLAIN_TEXT, "csv"),
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_ENDINGS: dict[str, FileFormat] = {
    **_PACKABLE,
    **{f"{ending}.gz": named for ending, named in _PACKABLE.items()},
    ".parquet": "parquet",
}
READABLE_ENDINGS = tuple(_ENDINGS)
"""Endings of the files that `read_columns` reads without being told a format."""


def file_format(path: Path, format: FileFormat | None = None) -> FileFormat:
    """The format of a file, as told or by its ending.

    Raises:
        FileContentError: What is told is no format, or none is told and the ending is not known.

    Example:
        >>> file_format(Path("a.ndjson.gz")), file_format(Path("a.dat"), "csv")
        ('jsonl', 'csv')
    """
    if format is not None:
        if format not in get_args(FileFormat):
            raise FileContentError(
                f"format={format!r} is not known; tables are {', '.join(get_args(FileFormat))}."
            )
        return format
    name = path.name.casefold()
    for ending, named in _ENDINGS.items():
        if name.endswith(ending):
            return named
    raise FileContentError(
        f"{path.name} has none of the endings {', '.join(READABLE_ENDINGS)}. Rename it, or say format= "
        f"(--format): {', '.join(get_args(FileFormat))}."
    )


def is_plain_text(path: Path) -> bool:
    """Whether nothing in the ending says what separates the columns, as in `links.txt` or `links.dat`."""
    name = path.name.casefold().removesuffix(".gz")
    return name.endswith(_PLAIN_TEXT) or not name.endswith(READABLE_ENDINGS)


def check_is_file(path: Path) -> None:
    """Checks that there is a file with something in it, which may be read.

    Raises:
        FileContentError: It is missing (the message names the closest in that folder), a folder, no
            regular file, empty, or may not be read.
    """
    try:
        if path.is_dir():
            raise FileContentError(f"{path} is a folder; a file is needed here.")
        if not path.exists():
            raise FileContentError(f"There is no file {path}.{_guess(path)}")
        if not path.is_file():
            raise FileContentError(f"{path} is no regular file; use - (standard input) for a stream.")
        with path.open("rb") as file:
            is_empty = not file.read(1)
    except (OSError, ValueError) as error:
        if isinstance(error, FileContentError):
            raise
        raise FileContentError(f"{path} cannot be opened: {getattr(error, 'strerror', error)}.") from error
    if is_empty:
        raise FileContentError(f"{path} is empty.")


def _guess(path: Path) -> str:
    names = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f" Did you mean {path.parent / close[0]}?" if close else ""
