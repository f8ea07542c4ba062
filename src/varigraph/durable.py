"""Writes that are whole or not there: a temporary name, fsync, rename."""

import contextlib
import ctypes
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from varigraph.errors import FileContentError

__all__ = ["atomic_file", "atomic_folder", "check_nameable", "write_json", "write_text"]


def check_nameable(path: str | Path) -> None:
    """Checks that a path can be told to every library: some take UTF-8 alone.

    Raises:
        FileContentError: It holds bytes that are no UTF-8.
    """
    try:
        str(Path(path).absolute()).encode()
    except UnicodeEncodeError:
        raise FileContentError(
            f"The path {str(path)!r} is not UTF-8; rename its files and folders, or choose another."
        ) from None


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Gives a temporary path beside `path`; on success it becomes `path`, on failure nothing is left.

    A reader sees the old file or the whole new one, also after a power failure. The suffix is kept, so
    writers that go by the suffix work.

    Raises:
        OSError: The folder cannot be written to, or the disk is full; `path` is as it was.

    Example:
        >>> import tempfile, pathlib
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> with atomic_file(folder / "a.txt") as temporary:
        ...     _ = temporary.write_text("whole")
        >>> (folder / "a.txt").read_text()
        'whole'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        _fsync(temporary)
        temporary.replace(path)
        _fsync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """As `atomic_file`, for a folder written in one go. An existing folder is replaced as a whole.

    On Linux the two change places in one step. Elsewhere there is a moment without `path`, between two
    renames; what was there lies beside it under a name that starts with a dot until the new one is in place.

    Raises:
        NotADirectoryError: `path` is a file; it stays.
        OSError: The place cannot be written to, or the disk is full; `path` is as it was.
    """
    path = Path(path)
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(f"{path} is a file, so no folder can take its place.")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        yield temporary
        for file in (*temporary.rglob("*"), temporary):
            _fsync(file)
        temporary.chmod(0o777 & ~_umask())
        _take_place(temporary, path)
    finally:
        _remove(temporary)


def _take_place(new: Path, path: Path) -> None:
    """Renames `new` to `path`; the folder that was there goes, or comes back if that fails."""
    if not path.exists():
        new.rename(path)
        _fsync(path.parent)
        return
    if _changed_places(new, path):
        _fsync(path.parent)
        return
    old = new.with_name(new.name + "-old")
    path.rename(old)
    try:
        new.rename(path)
    except BaseException:
        old.rename(path)
        raise
    _fsync(path.parent)
    _remove(old)


def _changed_places(one: Path, other: Path) -> bool:
    """Swaps two folders in one step, where system and file system can."""
    swap = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of rename(2)
    return swap is not None and swap(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: str | Path, text: str) -> None:
    r"""Writes UTF-8 text atomically.

    A lone surrogate, as a name of a badly encoded file holds it, has no place in UTF-8; it is written as the
    escape `\udcff`, which JSON knows.
    """
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def write_json(path: str | Path, document: Any) -> None:
    """Writes a JSON document atomically; NaN and infinities are refused (RFC 8259 has none)."""
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
