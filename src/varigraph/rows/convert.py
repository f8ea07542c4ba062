"""Rows from an object of another library: an array, a tensor, a memory map, a frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.errors import DataError
from varigraph.rows.arrays import as_values
from varigraph.rows.columns import RowColumns, chosen_columns, rows_of_table
from varigraph.rows.rows import Rows
from varigraph.tables import frame_columns, frame_kind, frame_names, is_frame

__all__ = ["to_rows"]


def to_rows(
    source: Any,
    *,
    ids: Iterable[Any] | None = None,
    labels: ArrayLike | None = None,
    image_shape: Sequence[int] | None = None,
    name: str | None = None,
    id_column: str | None = None,
    label_column: str | None = None,
    columns: Sequence[str] | None = None,
) -> Rows:
    """Rows from an object; values stay in the user's memory or memory map where their type allows.

    Args:
        source: `Rows`; an array, tensor or nested list of shape (n_rows, n_features) or of images, converted
            as `varigraph.rows.arrays.as_values` says; or a pandas, polars or Arrow frame with a number in
            every column but those of ids and labels.
        ids: The user's names of the rows, strings or integers, shape (n_rows,); by default positions.
        labels: shape (n_rows,); for colours, probes and scores, never for training.
        image_shape: (height, width) or (height, width, channels) of rows that are flattened images.
        name: What the rows are called.
        id_column: Of a frame; by default found by the usual headers (id, name, …).
        label_column: Likewise (label, class, target, …).
        columns: Of a frame, those to take as features; by default all others.

    Raises:
        DataError: The object is of another kind, empty, or a value is no finite number; the message names row
            and column.
        TypeError: Columns are named, but the object is no frame.

    Example:
        >>> to_rows([[1.0, 2.0], [3.0, 4.0]], labels=["a", "b"])
        Rows(rows: 2 rows, 2 features)
    """
    given: dict[str, Any] = {
        "ids": None if ids is None else _id_array(ids),
        "labels": None if labels is None else _label_array(labels),
        "image_shape": None if image_shape is None else tuple(image_shape),
        "name": name,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    named = RowColumns(id_column, label_column, None if columns is None else tuple(columns))
    if is_frame(source):
        return replace(_rows_of_frame(source, named), **changes)
    if named != RowColumns():
        raise TypeError("id_column, label_column and columns are of frames and tables; an array has none.")
    if isinstance(source, Rows):
        return replace(source, **changes)
    values, shape, notes = as_values(_array(source), image_shape=changes.get("image_shape"))
    changes = {"ids": np.arange(len(values)), "image_shape": shape} | changes | {"notes": notes}
    return Rows(values, **changes)


def _rows_of_frame(frame: Any, named: RowColumns) -> Rows:
    names = frame_names(frame)
    chosen = chosen_columns(names, named, source="the frame", error=DataError)
    table = frame_columns(frame, chosen.all, source="the frame", error=DataError)
    return replace(rows_of_table(table, chosen), frame_kind=frame_kind(frame))


def _array(source: Any) -> NDArray[Any]:
    if isinstance(source, str | bytes):
        raise DataError(f"{source!r} is a name or a path; load_rows reads those.")
    detached = source.detach() if hasattr(source, "detach") else source  # a tensor of torch with a gradient
    if hasattr(detached, "tocsr"):
        raise DataError("A sparse matrix is no rows for these models; give its .toarray().")
    try:
        array = np.asanyarray(detached)
    except (ValueError, TypeError) as problem:
        raise DataError(
            f"No rows can be made of this {type(source).__name__} ({problem}); give numbers of shape "
            "(n_rows, n_features), each row as long as the others."
        ) from problem
    if array.dtype == object:
        return _numbers(array)
    return array if isinstance(array, np.memmap) else np.asarray(array)


def _numbers(array: NDArray[Any]) -> NDArray[Any]:
    """An array of Python objects as float64, if each is a number."""
    if array.ndim != 2 or any(not isinstance(one, int | float | np.number) for one in array.flat):
        kinds = sorted({type(one).__name__ for one in array.flat})
        raise DataError(
            f"The array holds Python objects ({', '.join(kinds[:4])}) in shape {array.shape}; give numbers "
            "of shape (n_rows, n_features)."
        )
    return array.astype(np.float64)


def _id_array(ids: Iterable[Any]) -> NDArray[Any]:
    listed = [one.item() if isinstance(one, np.generic) else one for one in ids]
    if all(type(one) is int and -(2**63) <= one < 2**63 for one in listed):
        return np.array(listed, dtype=np.int64)
    if not all(type(one) is str for one in listed):
        raise DataError("ids are all integers of 64 bits or all strings; convert them with str.")
    return np.fromiter(listed, dtype=object, count=len(listed))


def _label_array(labels: ArrayLike) -> NDArray[Any]:
    array = np.asarray(labels)
    return array.astype(object) if array.dtype.kind in "US" else array
