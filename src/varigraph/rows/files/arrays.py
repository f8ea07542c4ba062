"""Rows in arrays of numpy: `.npy`, memory-mapped when it is large, and `.npz`."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.rows.arrays import as_values
from varigraph.rows.convert import to_rows
from varigraph.rows.rows import Rows
from varigraph.untrusted import read_array_header

__all__ = ["read_npy", "read_npz"]

_MAPPED_BYTES = 64 << 20  # below it, reading the file at once is quicker than page by page
_MOST_BYTES = 256 << 20  # of an array that may be packed to any fraction of its size
_MOST_PACKING = 200  # MNIST, four fifths of it zeros, packs to a fifth; noise not at all

_VALUES = ("x", "values", "rows", "data", "images", "features", "arr_0")
_LABELS = ("y", "label", "labels", "target", "targets", "class", "classes")
_IDS = ("id", "ids", "name", "names")


def read_npy(
    path: Path, *, image_shape: Sequence[int] | None = None, mapped_from: int = _MAPPED_BYTES
) -> Rows:
    """Rows of the array in a file.

    float32 and float64 in C order of 64 MB and more stay in the file: a page is read when it is needed, and
    what is written into one stays in memory, never in the file.

    Args:
        path: The file.
        image_shape: That of the images which the rows are, for an array with two axes.
        mapped_from: The size in bytes from which a file is mapped.

    Raises:
        FileContentError: It is damaged, holds Python objects, is not as long as its header says, or makes no
            rows.
    """
    try:
        with path.open("rb") as file:
            n_bytes = path.stat().st_size
            read_array_header(file, n_bytes)
        array = np.load(path, mmap_mode="c" if n_bytes >= mapped_from else None, allow_pickle=False)
    except (OSError, ValueError, EOFError, OverflowError, SyntaxError, TypeError) as error:
        raise FileContentError(f"{path} cannot be read as an array: {_reason(error)}.") from error
    shape = None if image_shape is None else tuple(image_shape)
    return _rows(path, array, {}, shape)


def read_npz(
    path: Path,
    *,
    array: str | None = None,
    id_column: str | None = None,
    label_column: str | None = None,
    image_shape: Sequence[int] | None = None,
) -> Rows:
    """Rows of one of the arrays in an archive, with labels and ids of others.

    Args:
        path: The file, of `numpy.savez` or `numpy.savez_compressed`.
        array: The values; by default the only array with two axes or more, or the one
            called x, values, data, ….
        id_column: An array of strings or integers, one a row; by default one called id or name.
        label_column: Likewise of labels; by default one called y, label, target or class.
        image_shape: As on `read_npy`.

    Raises:
        FileContentError: As `read_npy`; or there is no such array, or there are several that could be meant,
            or one unpacks to so much more than is stored that the file must be made to fill memories.
    """
    try:
        shapes = _checked_shapes(path)
        names = _chosen(path, shapes, array, {"labels": label_column, "ids": id_column})
        with np.load(path, allow_pickle=False) as archive:
            arrays = {what: archive[name] for what, name in names.items()}
    except FileContentError:
        raise
    except Exception as error:  # zip, zlib and numpy each have several of their own for damage
        raise FileContentError(f"{path} cannot be read as an archive of arrays: {_reason(error)}.") from error
    shape = None if image_shape is None else tuple(image_shape)
    return _rows(path, arrays.pop("values"), arrays, shape)


def _rows(
    path: Path, array: NDArray[Any], named: Mapping[str, NDArray[Any]], shape: tuple[int, ...] | None
) -> Rows:
    values, shape, notes = as_values(array, image_shape=shape, source=str(path), error=FileContentError)
    rows = Rows(values, np.arange(len(values)), image_shape=shape, notes=notes)
    return to_rows(rows, ids=named.get("ids"), labels=named.get("labels"))


def _checked_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each array, none of which is unpacked yet."""
    shapes = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            if member.file_size > max(_MOST_BYTES, _MOST_PACKING * member.compress_size):
                raise FileContentError(
                    f"The array {name!r} of {path} is refused: its {member.compress_size:,} bytes unpack to "
                    f"{member.file_size:,}. If it is your own, save it as .npy."
                )
            with archive.open(member) as file:
                try:
                    shapes[name], _ = read_array_header(file, member.file_size)
                except ValueError as error:
                    raise FileContentError(f"The array {name!r} of {path} is refused: {error}.") from error
    return shapes


def _chosen(
    path: Path, shapes: Mapping[str, tuple[int, ...]], array: str | None, asked: Mapping[str, str | None]
) -> dict[str, str]:
    """The names of the arrays of values, labels and ids."""
    listed = ", ".join(f"{name} {shape}" for name, shape in list(shapes.items())[:12])
    for name in (array, *asked.values()):
        if name is not None and name not in shapes:
            raise FileContentError(f"{path} has no array {name!r}; it has {listed}.")
    values = array or _values_name(path, shapes, listed)
    names = {"values": values}
    for what, usual in (("labels", _LABELS), ("ids", _IDS)):
        fitting = [one for one, shape in shapes.items() if shape == shapes[values][:1] and one != values]
        name = asked[what] or _usual(fitting, usual)
        if name is not None:
            names[what] = name
    return names


def _values_name(path: Path, shapes: Mapping[str, tuple[int, ...]], listed: str) -> str:
    if {"format", "shape", "data"} <= shapes.keys():
        raise FileContentError(f"{path} holds a sparse matrix of scipy; save its .toarray() as .npy.")
    candidates = [name for name, shape in shapes.items() if len(shape) >= 2]
    name = candidates[0] if len(candidates) == 1 else _usual(candidates, _VALUES)
    if name is None:
        raise FileContentError(
            f"{path} has {len(candidates)} arrays that could be rows, among {listed or 'none at all'}; say "
            "which with array= (--array)."
        )
    return name


def _usual(names: Sequence[str], usual: Sequence[str]) -> str | None:
    by_folded = {name.casefold(): name for name in reversed(names)}
    return next((by_folded[one] for one in usual if one in by_folded), None)


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0].rstrip(".") or type(error).__name__
