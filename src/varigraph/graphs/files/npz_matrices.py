"""scipy's sparse matrices in `.npz`, taken apart here because scipy's compiled code trusts their indices."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.errors import FileContentError
from varigraph.tensor_types import FloatArray, IntArray
from varigraph.untrusted import read_array_header

__all__ = ["read_npz"]

_HOW_TO_WRITE = "write one with scipy.sparse.save_npz"
_Arrays: TypeAlias = Mapping[str, NDArray[Any]]
_Entries: TypeAlias = tuple[IntArray, IntArray, NDArray[Any]]


def read_npz(path: Path) -> sp.coo_array:
    """The square matrix that `scipy.sparse.save_npz` wrote, in whichever of its forms.

    Nothing in the file is run: arrays of Python objects are refused, no size is believed before the file's
    length bears it out, and no index is followed before it is known to be in range.

    Returns:
        shape (n, n), float64; repeated entries stand apart.

    Raises:
        FileContentError: The file is damaged or holds something else, or its matrix is not square or not of
            real numbers.
    """
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            raise FileContentError(f"{path} is no .npz file; {_HOW_TO_WRITE}.")
    try:
        return _matrix(_read_arrays(path))
    except FileContentError:
        raise
    except Exception as error:  # zip, zlib and numpy each have several of their own for damage
        reason = (str(error).strip().splitlines() or [""])[0].rstrip(".") or type(error).__name__
        raise FileContentError(f"{path} cannot be read as a sparse matrix: {reason}.") from error


def _read_arrays(path: Path) -> _Arrays:
    with zipfile.ZipFile(path) as archive:
        names = [member.filename.removesuffix(".npy") for member in archive.infolist()]
        if "format" not in names:
            raise FileContentError(
                f"{path} holds no sparse matrix of scipy but the arrays {', '.join(names[:8])}; "
                f"{_HOW_TO_WRITE}."
            )
        for member, name in zip(archive.infolist(), names, strict=True):
            with archive.open(member) as file:
                try:
                    read_array_header(file, member.file_size)
                except ValueError as error:
                    raise FileContentError(f"The array {name!r} of {path} is refused: {error}.") from error
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _matrix(arrays: _Arrays) -> sp.coo_array:
    form = (
        str(arrays["format"].item(), "ascii")
        if arrays["format"].dtype.kind == "S"
        else arrays["format"].item()
    )
    if form not in _FORMS:
        raise ValueError(f"its form is {form!r}; there are {', '.join(_FORMS)}")
    shape = _integers(arrays["shape"]).tolist()
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 0:
        raise ValueError(f"an adjacency matrix is square, and this one has shape {tuple(shape)}")
    if arrays["data"].dtype.kind not in "biuf":
        raise ValueError(f"an adjacency matrix holds real numbers, and this one holds {arrays['data'].dtype}")
    n_nodes: int = shape[0]
    rows, columns, values = _FORMS[form](arrays, n_nodes)
    if not len(rows) == len(columns) == len(values):
        raise ValueError(f"it has {len(values)} values for {len(rows)} rows and {len(columns)} columns")
    if len(rows) and not (min(rows.min(), columns.min()) >= 0 and max(rows.max(), columns.max()) < n_nodes):
        raise ValueError(f"an index is outside 0 … {n_nodes - 1}")
    return sp.coo_array((values.astype(np.float64), (rows, columns)), shape=(n_nodes, n_nodes))


def _of_coordinates(arrays: _Arrays, _: int) -> _Entries:
    rows, columns = arrays["coords"] if "coords" in arrays else (arrays["row"], arrays["col"])
    return _integers(rows), _integers(columns), _flat(arrays["data"])


def _of_rows(arrays: _Arrays, n_nodes: int) -> _Entries:
    rows, at = _run_lengths(arrays, n_nodes)
    return rows, _integers(arrays["indices"])[at], _flat(arrays["data"])[at]


def _of_columns(arrays: _Arrays, n_nodes: int) -> _Entries:
    columns, rows, values = _of_rows(arrays, n_nodes)
    return rows, columns, values


def _of_blocks(arrays: _Arrays, n_nodes: int) -> _Entries:
    blocks = arrays["data"]
    if blocks.ndim != 3 or 0 in blocks.shape[1:] or n_nodes % blocks.shape[1]:
        raise ValueError(f"its blocks are of shape {blocks.shape}, which do not fit {n_nodes} rows")
    _, height, width = blocks.shape
    block_rows, at = _run_lengths(arrays, n_nodes // height)
    block_columns = _integers(arrays["indices"])[at]
    if len(block_columns) and not 0 <= block_columns.min() <= block_columns.max() < max(n_nodes, 1):
        raise ValueError(f"an index is outside 0 … {n_nodes - 1}")  # before it is multiplied beyond 64 bits
    rows = block_rows[:, None, None] * height + np.arange(height)[None, :, None]
    columns = block_columns[:, None, None] * width + np.arange(width)[None, None, :]
    taken = blocks[at]
    return (
        np.broadcast_to(rows, taken.shape).ravel(),
        np.broadcast_to(columns, taken.shape).ravel(),
        taken.ravel(),
    )


def _of_diagonals(arrays: _Arrays, n_nodes: int) -> _Entries:
    data, offsets = arrays["data"], _integers(arrays["offsets"])
    if data.ndim != 2 or len(data) != len(offsets):
        raise ValueError(f"it has {len(offsets)} offsets for diagonals of shape {data.shape}")
    # Diagonals beyond the corners hold nothing, and what is stored past the last column is padding.
    data, offsets = data[np.abs(offsets) < n_nodes], offsets[np.abs(offsets) < n_nodes]
    data = data[:, :n_nodes]
    columns = np.broadcast_to(np.arange(data.shape[1]), data.shape)
    rows = columns - offsets[:, None]
    inside = (rows >= 0) & (rows < n_nodes)
    return rows[inside], columns[inside], data[inside]


def _run_lengths(arrays: _Arrays, n_runs: int) -> tuple[IntArray, slice]:
    """The run that each entry is in, and where the entries stand."""
    starts = _integers(arrays["indptr"])
    if len(starts) != n_runs + 1 or starts[0] != 0 or (starts[1:] < starts[:-1]).any():
        raise ValueError(f"its indptr must rise from 0 over {n_runs + 1} numbers")
    if starts[-1] > len(arrays["indices"]):
        raise ValueError(f"its indptr ends at {starts[-1]}, past {len(arrays['indices'])} indices")
    return np.repeat(np.arange(n_runs), np.diff(starts)), slice(0, int(starts[-1]))


def _integers(array: NDArray[Any]) -> IntArray:
    if array.dtype.kind not in "iu" or array.ndim != 1:
        raise ValueError(
            f"whole numbers in a row are needed where it has {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.int64)


def _flat(array: NDArray[Any]) -> FloatArray:
    if array.ndim != 1:
        raise ValueError(f"its data must have one axis, and have shape {array.shape}")
    return array


_FORMS: dict[str, Callable[[_Arrays, int], _Entries]] = {
    "csr": _of_rows,
    "csc": _of_columns,
    "coo": _of_coordinates,
    "bsr": _of_blocks,
    "dia": _of_diagonals,
}
