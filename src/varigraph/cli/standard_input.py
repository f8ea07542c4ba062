"""Standard input as a file: what readers that look twice, or by name, can be given."""

from __future__ import annotations

import contextlib
import errno
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from varigraph.errors import DataError

__all__ = ["STANDARD_INPUT", "readable_source"]

STANDARD_INPUT = "-"
"""What stands for standard input where a file is named."""


@contextlib.contextmanager
def readable_source(source: str) -> Iterator[str]:
    """The source itself, or for "-" the path of a temporary file with all of standard input.

    A fault that is found in the temporary file is told of standard input.

    Raises:
        OSError: Standard input is closed, or there is no room for the temporary file.
    """
    if source != STANDARD_INPUT:
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="varigraph-") as folder:
        path = Path(folder) / "stdin"  # a graph is called after its file
        if sys.stdin is None:
            raise OSError(errno.EBADF, "Standard input is closed")
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        try:
            yield str(path)
        except DataError as error:
            raise type(error)(str(error).replace(str(path), "standard input")) from error
