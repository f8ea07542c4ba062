"""The files of a graph store, each read only when it is what its place in the store asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.untrusted import file_inside, read_array_header, read_json

__all__ = ["StoreFiles", "reason_of"]


class StoreFiles:
    """Reads the store's files by their fixed names: no name or path is ever taken from JSON."""

    def __init__(self, folder: Path, mmap: bool) -> None:
        self._folder = folder
        self._mmap = mmap

    def array(self, stem: str, shape: tuple[int, ...], dtype: type | None = None) -> NDArray[Any]:
        """An array whose header states this shape and dtype; the header is read before the data."""
        path = file_inside(self._folder, f"{stem}.npy")
        try:
            found_shape, found_dtype = _checked_header(path)
            array = np.load(path, mmap_mode="c" if self._mmap else None, allow_pickle=False)
        except (OSError, ValueError, EOFError, OverflowError) as error:
            raise FileContentError(f"{path} cannot be read as an array: {reason_of(error)}.") from error
        if found_shape != shape or (dtype is not None and found_dtype != dtype):
            wanted = "" if dtype is None else f"{np.dtype(dtype)} "
            raise FileContentError(
                f"{path} holds {found_dtype} of shape {found_shape}, but the store needs {wanted}of shape "
                f"{shape}."
            )
        return np.asarray(array)

    def json_list(self, stem: str, length: int) -> list[Any]:
        """A JSON list of this length."""
        values = read_json(self._folder, f"{stem}.json")
        if not isinstance(values, list) or len(values) != length:
            raise FileContentError(f"{self._folder / stem}.json is not a list of {length} values.")
        return values

    def strings(self, stem: str) -> tuple[str, ...]:
        """A JSON list of strings."""
        values = read_json(self._folder, f"{stem}.json")
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise FileContentError(f"{self._folder / stem}.json is not a list of strings.")
        return tuple(values)


def _checked_header(path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype that an npy file states, once the file is known to be as long as they say."""
    with path.open("rb") as file:
        return read_array_header(file, path.stat().st_size)


def reason_of(error: BaseException) -> str:
    """The first line of what went wrong, without a full stop."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, KeyError):
        return f"graph.json does not state {error}"
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
