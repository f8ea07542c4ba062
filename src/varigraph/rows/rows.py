"""`Rows`: the user's vectors or images as a frozen table of numbers with ids; checked once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.errors import DataError
from varigraph.rows.blocks import row_blocks
from varigraph.tables import FrameKind
from varigraph.tensor_types import FloatArray, IntArray

__all__ = ["Rows", "first_not_finite"]

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


@dataclass(frozen=True, eq=False, repr=False)
class Rows:
    """Vectors of one length, one a row; an image is a row in C order of its height, width and channels.

    Make one with `varigraph.load_rows`, which converts; here everything must have its final form.

    Attributes:
        values: Finite, shape (n_rows, n_features), float32 or float64, in memory or a memory map.
        ids: The user's name of each row, shape (n_rows,): int64, or object holding strings. They may repeat.
        labels: shape (n_rows,), or None; used for colours, probes and scores, never for training.
        feature_names: Length n_features, or None.
        image_shape: (height, width) or (height, width, channels) if the rows are images, or None.
        parts: A published split: ascending positions, shape (n_part,), int64, of "train", "test" and perhaps
            "val", which together hold every row once; or None.
        name: What the rows are called in tables.
        frame_kind: The library whose frames the user brought, so that frames given back are of that kind.
        notes: What was done to the values on their way here, in sentences.
    """

    values: FloatArray
    ids: NDArray[Any]
    labels: NDArray[Any] | None = None
    feature_names: tuple[str, ...] | None = None
    image_shape: tuple[int, ...] | None = None
    parts: Mapping[str, IntArray] | None = None
    name: str = "rows"
    frame_kind: FrameKind = "pandas"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_values(self.values, self.ids)
        _check_lengths(self)
        if self.image_shape is not None:
            _check_image_shape(self.image_shape, self.n_features)
        if self.parts is not None:
            _check_parts(self.parts, self.n_rows)

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.values)

    @property
    def n_features(self) -> int:
        """The number of columns; of an image height · width · channels."""
        return int(self.values.shape[1])

    @property
    def is_mapped(self) -> bool:
        """Whether the values lie in a file and are read from it as they are needed."""
        return isinstance(self.values, np.memmap)

    def take(self, positions: ArrayLike) -> Rows:
        """Some of the rows, in the order asked for; a published split does not go with them.

        The values share memory with these if the positions are consecutive, and are copied otherwise.

        Args:
            positions: shape (n_taken,), integers in 0 … n_rows − 1; or booleans of shape (n_rows,).

        Raises:
            IndexError: A position is out of range.

        Example:
            >>> rows = Rows(np.eye(3), np.array(["a", "b", "c"], dtype=object))
            >>> rows.take([2, 0]).ids.tolist()
            ['c', 'a']
        """
        at = _as_positions(positions, self.n_rows)
        chosen: Any = at
        if len(at) and at[-1] - at[0] == len(at) - 1 and (np.diff(at) == 1).all():
            chosen = slice(int(at[0]), int(at[-1]) + 1)
        return replace(
            self,
            values=self.values[chosen],
            ids=self.ids[chosen],
            labels=None if self.labels is None else self.labels[chosen],
            parts=None,
        )

    def part(self, name: str) -> Rows:
        """The rows of one part of the published split.

        Raises:
            DataError: There is no such part.
        """
        if self.parts is None or name not in self.parts:
            there = f"it has {', '.join(self.parts)}" if self.parts else "nobody published a split of it"
            raise DataError(f"{self.name} has no part {name!r}; {there}. split_rows makes parts at random.")
        return self.take(self.parts[name])

    def labelled(self, *labels: Any, others: bool = False) -> Rows:
        """The rows with one of these labels, or with `others` those with none of them, in their order.

        Raises:
            DataError: There are no labels, or a label is of no row; the message lists those there are.

        Example:
            >>> rows = Rows(np.eye(3), np.arange(3), labels=np.array([7, 8, 7]))
            >>> rows.labelled(7).ids.tolist(), rows.labelled(7, others=True).ids.tolist()
            ([0, 2], [1])
        """
        if self.labels is None:
            raise DataError(f"{self.name} has no labels; give them as labels= or label_column=.")
        listed = self.labels.tolist()
        for one in labels:
            if one not in listed:
                shown = ", ".join(sorted({repr(known) for known in listed})[:12])
                raise DataError(f"No row of {self.name} has the label {one!r}; its labels are {shown}.")
        is_wanted = np.fromiter((one in labels for one in listed), bool, len(listed))
        return self.take(is_wanted != others)

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 over values, ids, labels, names of columns, image shape and published parts.

        It is equal for equal rows, whatever their source; float32 and float64 values differ.
        """
        digest = hashlib.sha256()
        labels = None if self.labels is None else self.labels.tolist()
        parts = None if self.parts is None else {name: at.tolist() for name, at in self.parts.items()}
        head = (self.values.dtype.name, self.values.shape, self.feature_names, self.image_shape)
        for one in (head, self.ids.tolist(), labels, parts):
            digest.update(ascii(one).encode() + b"\n")
        for block in row_blocks(self.values):
            digest.update(np.ascontiguousarray(self.values[block]).data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        shape = "" if self.image_shape is None else f" ({' × '.join(map(str, self.image_shape))} images)"
        mapped = ", memory-mapped" if self.is_mapped else ""
        return f"Rows({self.name}: {self.n_rows:,} rows, {self.n_features:,} features{shape}{mapped})"


def first_not_finite(values: FloatArray) -> tuple[int, int] | None:
    """Row and column of the first NaN or infinity; None if all numbers are finite.

    Example:
        >>> first_not_finite(np.array([[0.0, 1.0], [np.inf, 2.0]]))
        (1, 0)
    """
    for block in row_blocks(values):
        with np.errstate(over="ignore", invalid="ignore"):
            total = values[block].sum()
        if np.isfinite(total):  # a third of the time of looking at each number
            continue
        bad = np.argwhere(~np.isfinite(values[block]))
        if len(bad):
            return int(bad[0, 0]) + block.start, int(bad[0, 1])
    return None


def _as_positions(positions: ArrayLike, n_rows: int) -> IntArray:
    at = np.asarray(positions)
    if at.dtype == bool and at.shape == (n_rows,):
        return np.flatnonzero(at)
    if at.ndim != 1 or (at.size and at.dtype.kind not in "iu"):
        raise IndexError(f"Positions are integers in one row, got {at.dtype} of shape {at.shape}.")
    at = at.astype(np.int64)
    if at.size and not (at.min() >= 0 and at.max() < n_rows):
        raise IndexError(f"Positions run from 0 to {n_rows - 1}, got {at.min()} … {at.max()}.")
    return at


def _check_values(values: Any, ids: Any) -> None:
    if not isinstance(values, np.ndarray) or values.dtype not in _FLOATS or values.ndim != 2:
        what = f"{values.dtype} of shape {values.shape}" if isinstance(values, np.ndarray) else type(values)
        raise DataError(
            f"Rows hold float32 or float64 values of shape (n_rows, n_features), got {what}; load_rows "
            "converts arrays, frames and files."
        )
    if not values.shape[1]:
        raise DataError("Rows need one column of numbers at least.")
    bad = first_not_finite(values)
    if bad is not None:
        row, column = bad
        one = np.asarray(ids).tolist()[row]
        raise DataError(
            f"The value in row {row} (id {one!r}), column {column}, is {values[row, column]}; values are "
            "finite. Fill it in, or leave the row or the column out."
        )


def _check_lengths(rows: Rows) -> None:
    for what, array in (("ids", rows.ids), ("labels", rows.labels)):
        if array is not None and (not isinstance(array, np.ndarray) or array.shape != (rows.n_rows,)):
            shape = array.shape if isinstance(array, np.ndarray) else f"a {type(array).__name__}"
            raise DataError(f"{what} must be an array of shape ({rows.n_rows},), one a row; got {shape}.")
    if rows.feature_names is not None and len(rows.feature_names) != rows.n_features:
        raise DataError(
            f"There are {rows.n_features} columns but {len(rows.feature_names)} names of columns."
        )


def _check_image_shape(shape: Any, n_features: int) -> None:
    is_shape = isinstance(shape, tuple) and len(shape) in (2, 3)
    if not is_shape or not all(isinstance(one, int) and one > 0 for one in shape):
        raise DataError(
            f"image_shape is (height, width) or (height, width, channels), whole numbers of 1 or more; got "
            f"{shape!r}."
        )
    n_values = int(np.prod(shape))
    if n_values != n_features:
        raise DataError(
            f"An image of shape {shape} has {n_values:,} values, but the rows have {n_features:,}; give the "
            "shape whose product is that."
        )


def _check_parts(parts: Mapping[str, Any], n_rows: int) -> None:
    unknown = [name for name in parts if name not in ("train", "val", "test")]
    if unknown:
        raise DataError(f"The parts of rows are train, val and test; got {unknown[0]!r}.")
    covered = np.concatenate([np.asarray(at, dtype=np.int64) for at in _arrays(parts.values())])
    if len(covered) != n_rows or (np.sort(covered) != np.arange(n_rows)).any():
        raise DataError(f"The parts must together hold each of the {n_rows:,} rows once.")


def _arrays(parts: Iterable[Any]) -> list[NDArray[Any]]:
    return [np.empty(0, dtype=np.int64), *map(np.asarray, parts)]
