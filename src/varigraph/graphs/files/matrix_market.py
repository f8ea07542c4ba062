"""Matrix Market's `.mtx`, read here because scipy's compiled reader crashes on some damaged files."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.errors import FileContentError
from varigraph.graphs.files.formats import file_bytes

__all__ = ["read_market"]

_FIELDS = ("real", "double", "integer", "pattern")
_SYMMETRIES = ("general", "symmetric", "skew-symmetric")


@dataclass(frozen=True)
class _Header:
    """What the first lines state: one number of rows and columns, and how the rest is written."""

    layout: str
    field: str
    symmetry: str
    size: int
    n_entries: int
    n_lines: int


def read_market(path: Path) -> sp.coo_array:
    r"""The square matrix in a file, as it stands: of a symmetric one, the triangle that the file holds.

    Args:
        path: A file of the coordinate or the array layout; gzip or not.

    Returns:
        shape (n, n), float64; entries of a file without values are 1, and repeated entries stand apart.

    Raises:
        FileContentError: The file is damaged, states more or fewer entries than it holds, or its matrix is
            not square or complex; the message names the line.

    References:
        Boisvert, Pozo and Remington, The Matrix Market exchange formats: initial design, 1996, section 3.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "path.mtx"
        >>> _ = path.write_text("%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n3 2\n")
        >>> read_market(path).toarray().tolist()
        [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    try:
        lines = file_bytes(path).decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise FileContentError(f"{path} is not text: {error.reason} at byte {error.start:,}.") from error
    header = _read_header(path, lines)
    if header.layout == "array":
        return _of_values(header, _read_rows(path, header, lines, np.dtype([("v", np.float64)]))["v"])
    kinds: list[tuple[str, Any]] = [("i", np.int64), ("j", np.int64)]
    if header.field != "pattern":
        kinds.append(("v", np.float64))
    rows = _read_rows(path, header, lines, np.dtype(kinds))
    values = np.ones(len(rows)) if header.field == "pattern" else rows["v"]
    outside = np.flatnonzero(
        (np.minimum(rows["i"], rows["j"]) < 1) | (np.maximum(rows["i"], rows["j"]) > header.size)
    )
    if outside.size:
        line = _line_of(lines, header, int(outside[0]))
        raise FileContentError(f"Line {line} of {path} names a row or column outside 1 … {header.size:,}.")
    return sp.coo_array((values, (rows["i"] - 1, rows["j"] - 1)), shape=(header.size, header.size))


def _read_header(path: Path, lines: list[str]) -> _Header:
    banner = lines[0].casefold().split() if lines else []
    if (
        len(banner) != 5
        or banner[:2] != ["%%matrixmarket", "matrix"]
        or banner[2] not in ("coordinate", "array")
    ):
        raise FileContentError(
            f"Line 1 of {path} is not '%%MatrixMarket matrix coordinate …', so it is no Matrix Market file."
        )
    layout, field, symmetry = banner[2:]
    if field not in _FIELDS or symmetry not in _SYMMETRIES or (layout, field) == ("array", "pattern"):
        raise FileContentError(
            f"Line 1 of {path} states a {symmetry} matrix of {field} values; weights are real numbers."
        )
    at = next((at for at, _ in _rows(lines[1:], 2)), None)
    stated = lines[at - 1].split() if at is not None else []
    n_stated = 3 if layout == "coordinate" else 2
    if at is None or len(stated) != n_stated or not all(one.isdecimal() and len(one) < 19 for one in stated):
        raise FileContentError(
            f"Line {at or len(lines)} of {path} does not state the matrix's size as whole numbers."
        )
    n_rows, n_columns = int(stated[0]), int(stated[1])
    if n_rows != n_columns:
        raise FileContentError(
            f"An adjacency matrix is square; that of {path} has shape ({n_rows}, {n_columns})."
        )
    packed = {"general": n_rows * n_rows, "symmetric": n_rows * (n_rows + 1) // 2}
    n_entries = int(stated[2]) if layout == "coordinate" else packed.get(symmetry, n_rows * (n_rows - 1) // 2)
    return _Header(layout, field, symmetry, n_rows, n_entries, at)


def _read_rows(path: Path, header: _Header, lines: list[str], kinds: np.dtype[Any]) -> NDArray[Any]:
    """The lines after the header as numbers, as many as it states."""
    body = lines[header.n_lines :]
    n_rows = sum(1 for _ in _rows(body, 0))
    if n_rows != header.n_entries:
        raise FileContentError(
            f"{path} states {header.n_entries:,} entries but holds {n_rows:,}; it may have been cut off."
        )
    if not n_rows:
        return np.empty(0, dtype=kinds)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy would take 1.5 for a row's number, with a warning
            return np.loadtxt(body, dtype=kinds, comments="%", ndmin=1)
    except (ValueError, Warning) as error:
        row, line = next(
            (at, line) for at, line in _rows(body, header.n_lines + 1) if not _is_row(line, kinds)
        )
        raise FileContentError(
            f"Line {row} of {path} is {line.strip()[:60]!r}; {len(kinds.names or ())} numbers stand in each "
            "line here."
        ) from error


def _is_row(line: str, kinds: np.dtype[Any]) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            np.loadtxt([line], dtype=kinds, comments="%", ndmin=1)
    except (ValueError, Warning):
        return False
    return True


def _of_values(header: _Header, values: NDArray[np.float64]) -> sp.coo_array:
    """The matrix of the array layout, whose values stand column by column."""
    matrix = np.zeros((header.size, header.size))
    if header.symmetry == "general":
        matrix[:] = values.reshape(header.size, header.size).T
    else:
        columns, rows = np.triu_indices(header.size, k=0 if header.symmetry == "symmetric" else 1)
        matrix[rows, columns] = values
    return sp.coo_array(matrix)


def _rows(lines: list[str], first: int) -> Iterator[tuple[int, str]]:
    """The lines that are neither blank nor comments, each with its number."""
    return ((at, line) for at, line in enumerate(lines, first) if line.strip() and not line.startswith("%"))


def _line_of(lines: list[str], header: _Header, row: int) -> int:
    return next(itertools.islice(_rows(lines[header.n_lines :], header.n_lines + 1), row, None))[0]
