"""Raw files: where they lie, how they are downloaded, and that they are the right ones.

This is the only place that opens the network and the only one that reads `VARIGRAPH_DATA`,
`VARIGRAPH_CACHE` and `VARIGRAPH_OFFLINE`.
"""

from __future__ import annotations

import hashlib
import http.client
import logging
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from varigraph.datasets.card import RawFile
from varigraph.durable import atomic_file
from varigraph.errors import DatasetUnavailableError, FileContentError

__all__ = ["cache_folder", "find", "locate", "locate_all", "read_verified"]

_logger = logging.getLogger(__name__)

_TIMEOUT_S = 30.0  # of silence on the connection, not of the whole download
_CHUNK_BYTES = 1 << 20


def cache_folder() -> Path:
    """The folder for downloads and converted graphs; it need not exist yet.

    `VARIGRAPH_CACHE` names it; otherwise it is `varigraph` below the user's cache of the platform:
    `$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
    """
    named = os.environ.get("VARIGRAPH_CACHE")
    if named:
        return Path(named).expanduser()
    return _platform_cache() / "varigraph"


def find(raw_file: RawFile) -> Path | None:
    """The path of one raw file if it is here with the right sha256; nothing is downloaded.

    Raises:
        FileContentError: There is a wrong one below `VARIGRAPH_DATA`, or it cannot be read.
    """
    folder = _data_folder()
    if folder is not None:
        for path in (folder / place for place in raw_file.places):
            if path.is_file():
                _check_sum(path, _sha256(path), raw_file)
                return path
    cached = _cached_place(raw_file)
    return cached if cached.is_file() and _sha256(cached) == raw_file.sha256 else None


def locate(raw_file: RawFile) -> Path:
    """The path of one raw file whose sha256 was checked just now; see `locate_all`."""
    return locate_all((raw_file,))[0]


def locate_all(raw_files: Sequence[RawFile]) -> list[Path]:
    """Finds raw files in the folder `VARIGRAPH_DATA`, then in the cache, and downloads what is missing.

    Downloads go to the cache, over https, under a temporary name until their sha256 is right. Nothing
    is ever written below `VARIGRAPH_DATA`. A cached file with a wrong sum is downloaded again; a wrong
    one in the user's own folder is refused, because only the user knows what it is.

    Args:
        raw_files: The files of one data set.

    Returns:
        One existing path a file, in the order given.

    Raises:
        FileContentError: A file has the wrong sha256, or cannot be read.
        DatasetUnavailableError: Files are missing and cannot be downloaded; the message lists each with
            its place and address.
    """
    found = [find(raw_file) for raw_file in raw_files]
    missing = [raw_file for raw_file, path in zip(raw_files, found, strict=True) if path is None]
    for at, raw_file in enumerate(missing):
        try:
            _download(raw_file)
        except OSError as problem:
            raise DatasetUnavailableError(_what_to_do(missing[at:], problem)) from problem
    return [
        _cached_place(raw_file) if path is None else path
        for raw_file, path in zip(raw_files, found, strict=True)
    ]


def read_verified(raw_files: Sequence[RawFile]) -> dict[str, bytes]:
    """The contents of raw files by name; the bytes given back are the bytes that were hashed.

    So a file that is exchanged between the check and the use of its path is caught as well.

    Raises:
        FileContentError, DatasetUnavailableError: As `locate_all`.
    """
    contents = {}
    for raw_file, path in zip(raw_files, locate_all(raw_files), strict=True):
        contents[raw_file.name] = path.read_bytes()
        _check_sum(path, hashlib.sha256(contents[raw_file.name]).hexdigest(), raw_file)
    return contents


def _platform_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _data_folder() -> Path | None:
    named = os.environ.get("VARIGRAPH_DATA")
    return Path(named).expanduser() if named else None


def _is_offline() -> bool:
    return os.environ.get("VARIGRAPH_OFFLINE", "0") not in {"", "0"}


def _cached_place(raw_file: RawFile) -> Path:
    return cache_folder() / "raw" / raw_file.places[0]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise FileContentError(f"{path} cannot be read: {problem.strerror or problem}.") from problem


def _check_sum(path: Path, found: str, raw_file: RawFile) -> None:
    if found != raw_file.sha256:
        raise FileContentError(
            f"{path} is not the {raw_file.name} that was published: its sha256 is {found}, but "
            f"{raw_file.sha256} is expected. It was not opened. Replace or remove it."
        )


def _download(raw_file: RawFile) -> None:
    """Brings one file into the cache; OSError when that is not possible."""
    if _is_offline():
        raise OSError("VARIGRAPH_OFFLINE is set")
    if raw_file.url is None:
        raise OSError(f"no address offers {raw_file.name} in this form")
    if not raw_file.url.startswith("https://"):
        raise OSError(f"{raw_file.url} is not an https address")
    _logger.info("downloading %s", raw_file.url)
    with atomic_file(_cached_place(raw_file)) as temporary:
        found = _fetch(raw_file.url, temporary)
        if found != raw_file.sha256:
            raise FileContentError(
                f"What {raw_file.url} sent is not the {raw_file.name} that was published: its sha256 is "
                f"{found}, but {raw_file.sha256} is expected. It was thrown away. If you have the file, put "
                f"it at {_cached_place(raw_file)}."
            )


def _fetch(url: str, target: Path) -> str:
    """Writes what `url` sends to `target`; returns its sha256."""
    digest = hashlib.sha256()
    request = urllib.request.Request(url, headers={"User-Agent": "varigraph"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response, target.open("wb") as file:
            while chunk := response.read(_CHUNK_BYTES):
                digest.update(chunk)
                file.write(chunk)
    except http.client.HTTPException as problem:  # a connection cut short, which is no OSError
        raise OSError(f"{url} broke off: {problem!r}") from problem
    return digest.hexdigest()


def _what_to_do(missing: Sequence[RawFile], problem: OSError) -> str:
    folder = _data_folder()
    where = f"{folder}, which VARIGRAPH_DATA names" if folder else "a folder that VARIGRAPH_DATA names"
    listed = "\n".join(f"  {one.places[0]}  from {one.url or one.how_to_make}" for one in missing)
    return (
        f"{len(missing)} raw file(s) are not here and cannot be downloaded ({_reason(problem)}). "
        f"Put them below {where}, or below {cache_folder() / 'raw'}:\n{listed}"
    )


def _reason(problem: OSError) -> str:
    cause = problem.reason if isinstance(problem, urllib.error.URLError) else problem
    return str(cause)
