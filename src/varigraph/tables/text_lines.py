"""Text files by line: opened plain or unpacked, their first line, and what they are if not text."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from varigraph.errors import FileContentError

__all__ = ["FirstLine", "compression", "first_line", "is_comment", "open_text"]

_GZIP_MAGIC = b"\x1f\x8b"
_FOREIGN = {
    b"PK\x03\x04": "is a ZIP archive or a spreadsheet; unpack it, or save the sheet as CSV",
    b"PAR1": "is a Parquet file; give its name the ending .parquet, or say --format parquet",
    b"\xff\xfe": "is encoded as UTF-16; save it as UTF-8",
    b"\xfe\xff": "is encoded as UTF-16; save it as UTF-8",
    b"\x89HDF": "is an HDF5 file; export the table as CSV or Parquet",
    b"BZh": "is packed with bzip2; unpack it, or pack it with gzip",
    b"\xfd7zXZ": "is packed with xz; unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "is packed with zstd; unpack it, or pack it with gzip",
}
_COMMENTS = ("#", "%")
_SEPARATORS = (",", ";")  # a column of row numbers may be called "#"


@dataclass(frozen=True)
class FirstLine:
    """The first line of a text file that says something.

    Attributes:
        text: Without its end.
        n_before: Lines before it: comments and blank ones.
        comment: The letter with which the comments begin; empty if there are none.
        is_gzip: Whether the bytes are compressed, whatever the ending says.
    """

    text: str
    n_before: int
    comment: str
    is_gzip: bool


def first_line(path: Path, *, comments: bool = False) -> FirstLine:
    """The first line that is not blank.

    Args:
        path: A file that is there.
        comments: Whether lines that begin with # or % are passed over.

    Raises:
        FileContentError: The file is blank, not text, not UTF-8, or cannot be unpacked.
    """
    try:
        with path.open("rb") as file:
            start = file.read(6)
        for magic, fault in _FOREIGN.items():
            if start.startswith(magic):
                raise FileContentError(f"{path} {fault}.")
        is_gzip = start.startswith(_GZIP_MAGIC)
        with open_text(path, is_gzip=is_gzip) as text:
            found = _first_content(text, comments=comments)
    except (OSError, EOFError, zlib.error) as error:
        raise FileContentError(f"{path} cannot be unpacked: {error}. It may have been cut off.") from error
    if found is None:
        raise FileContentError(f"{path} {'holds nothing but comments' if comments else 'is empty'}.")
    line, n_before, comment = found
    if "\x00" in line:
        raise FileContentError(f"{path} is not text: there is a zero byte in its first line.")
    if any("\ud800" <= letter <= "\udfff" for letter in line):
        raise FileContentError(f"The first line of {path} is not UTF-8; save the file as UTF-8.")
    return FirstLine(line.rstrip("\r\n"), n_before, comment, is_gzip)


@contextmanager
def open_text(path: Path, *, is_gzip: bool) -> Iterator[IO[str]]:
    """Text in which bytes that are no UTF-8 stand as lone surrogates, so that reading gets past them."""
    settings: dict[str, Any] = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}
    with gzip.open(path, "rt", **settings) if is_gzip else path.open(**settings) as text:
        yield text


def is_comment(line: str) -> bool:
    """Whether a line is a remark, as SNAP (#) and KONECT (%) put before their edges.

    Example:
        >>> is_comment("# Nodes: 7"), is_comment("#,source,target")
        (True, False)
    """
    return line.startswith(_COMMENTS) and line[1:2] not in _SEPARATORS


def compression(is_gzip: bool) -> str:
    """As the database engine must be told it."""
    return f"compression = '{'gzip' if is_gzip else 'none'}'"


def _first_content(text: IO[str], *, comments: bool) -> tuple[str, int, str] | None:
    comment = ""
    for number, line in enumerate(text):
        if comments and is_comment(line):
            comment = line[0]
        elif line.strip():
            return line, number, comment
    return None
