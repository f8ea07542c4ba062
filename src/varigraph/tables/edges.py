"""Edge tables: which columns are source, target and weight, and their values checked."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import DataError, FileContentError, GraphError
from varigraph.tables.frames import frame_columns, frame_names
from varigraph.tables.reading import column_names, read_columns
from varigraph.tables.table import Table
from varigraph.tensor_types import FloatArray

__all__ = ["EdgeColumns", "EdgeNames", "read_edge_columns", "take_edge_columns"]

# Pairs, so that a source is never taken from one convention and the target from another.
_ENDPOINTS = (
    ("source", "target"),
    ("source_id", "target_id"),
    ("source_node", "target_node"),
    ("src", "dst"),
    ("src_id", "dst_id"),
    ("from", "to"),
    ("from_id", "to_id"),
    ("from_node", "to_node"),
    ("from_node_id", "to_node_id"),
    ("fromnodeid", "tonodeid"),
    ("node1", "node2"),
    ("node_1", "node_2"),
    ("id1", "id2"),
    ("id_1", "id_2"),
    ("head", "tail"),
    ("start", "end"),
    ("u", "v"),
)
_WEIGHTS = ("weight", "weights", "edge_weight", "w")
_HOW_TO_NAME = "name them with source_column= and target_column= (--source-column, --target-column)"


@dataclass(frozen=True)
class EdgeNames:
    """Which columns hold what; None is for the table's own names to decide."""

    source: str | None = None
    target: str | None = None
    weight: str | None = None


@dataclass(frozen=True)
class EdgeColumns:
    """The rows of an edge table.

    Attributes:
        source: Ids, shape (n_rows,): int64, or object holding strings; of one kind with `target`.
        target: Likewise.
        weights: Positive and finite, shape (n_rows,), float64; None without a weight column.
    """

    source: NDArray[Any]
    target: NDArray[Any]
    weights: FloatArray | None


def read_edge_columns(
    path: str | Path, names: EdgeNames = EdgeNames(), *, header: bool = True
) -> EdgeColumns:
    """The edges in a file.

    Columns that are not named are found by the usual headers (source and target, src and dst, from and
    to, u and v, …; weight) in any case. Without a header the first column is the source, the second the
    target, and the third the weight if there are exactly three. Ids are integers when those of both
    columns are integers that can be written back as the same text, otherwise strings.

    Raises:
        FileContentError: The file cannot be read, a column is missing, an id is blank, or a weight is not
            a positive number; the message names file, line and column.
    """
    found = column_names(path, header=header)
    chosen = _chosen(found, names) if header else _chosen_by_position(found, names)
    if chosen is None:
        raise FileContentError(_no_header_message(Path(path), found))
    source, target, weight = _distinct(chosen, str(path), FileContentError)
    wanted = [source, target] if weight is None else [source, target, weight]
    return _edge_columns(read_columns(path, wanted, header=header), source, target, weight)


def take_edge_columns(frame: Any, names: EdgeNames = EdgeNames()) -> EdgeColumns:
    """The edges in a pandas, polars or Arrow frame; columns are found as in `read_edge_columns`.

    Raises:
        GraphError: As `read_edge_columns`; the message names row and column.
    """
    found = frame_names(frame)
    chosen = _chosen(found, names)
    if chosen is None:
        raise GraphError(
            f"The frame names no source and target among its columns {', '.join(map(repr, found[:12]))}; "
            f"{_HOW_TO_NAME}."
        )
    source, target, weight = _distinct(chosen, "the frame", GraphError)
    wanted = [source, target] if weight is None else [source, target, weight]
    return _edge_columns(frame_columns(frame, wanted), source, target, weight)


_Chosen = tuple[str, str, str | None]


def _chosen(found: Sequence[str], names: EdgeNames) -> _Chosen | None:
    """The columns by name: those asked for, then those that a convention names."""
    by_plain = {name.casefold().replace(" ", "_").replace("-", "_"): name for name in reversed(found)}
    weight = names.weight or next((by_plain[one] for one in _WEIGHTS if one in by_plain), None)
    if names.source is not None and names.target is not None:
        return names.source, names.target, weight
    for source, target in _ENDPOINTS:
        if source in by_plain and target in by_plain:
            return names.source or by_plain[source], names.target or by_plain[target], weight
    return None


def _chosen_by_position(found: Sequence[str], names: EdgeNames) -> _Chosen:
    weight = names.weight or ("3" if len(found) == 3 else None)
    return names.source or "1", names.target or "2", weight


def _distinct(chosen: _Chosen, source: str, error: type[DataError]) -> _Chosen:
    used = [name for name in chosen if name is not None]
    for name in used:
        if used.count(name) > 1:
            raise error(f"The column {name!r} of {source} cannot serve twice as source, target or weight.")
    return chosen


def _no_header_message(path: Path, found: Sequence[str]) -> str:
    first = ", ".join(repr(name) for name in found[:6])
    if all(_is_number(name) for name in found[:2]):
        return (
            f"The first line of {path} is {first}, which looks like data. If the file has no header, say "
            f"header=False (--no-header); otherwise {_HOW_TO_NAME}."
        )
    folded = [name.casefold() for name in found]
    slips = [(wanted, difflib.get_close_matches(wanted, folded, n=1)) for wanted in ("source", "target")]
    guess = "".join(
        f" Is {close[0]!r} meant to be {wanted!r}?"
        for wanted, close in slips
        if close[:1] != [wanted] and close
    )
    return (
        f"The first line of {path} is {first}, which names no source and target.{guess} If they are called "
        f"otherwise, {_HOW_TO_NAME}; if that line is an edge, say header=False (--no-header)."
    )


def _edge_columns(table: Table, source: str, target: str, weight: str | None) -> EdgeColumns:
    starts, ends = _ids(table, source), _ids(table, target)
    if starts.dtype != ends.dtype:
        # Integers among them were canonical, so this gives back the text that was read.
        starts, ends = (one.astype(str).astype(object) for one in (starts, ends))
    return EdgeColumns(starts, ends, None if weight is None else _weights(table, weight))


def _ids(table: Table, name: str) -> NDArray[Any]:
    """Ids as int64, or as objects that are all strings."""
    values = table.columns[name]
    if values.dtype == np.int64:
        return values
    if values.dtype.kind in "iu":
        values = values.astype(object)
    if values.dtype != object:
        raise table.error(
            f"The column {name!r} of {table.source} holds {values.dtype} values, but ids are strings or "
            "integers; convert the column."
        )
    listed = [one.item() if isinstance(one, np.generic) else one for one in values.tolist()]
    kinds = set(map(type, listed))
    if not kinds <= {str, int} or not all(map(_is_named, listed)):
        row = next(row for row, one in enumerate(listed) if type(one) not in (str, int) or not _is_named(one))
        raise table.error(_bad_id_message(table, name, row, listed[row]))
    if kinds == {int}:
        return _as_integers(table, name, listed)
    return np.fromiter(map(str, listed), dtype=object, count=len(listed))


def _is_named(one: Any) -> bool:
    return not isinstance(one, str) or bool(one.strip())


def _bad_id_message(table: Table, name: str, row: int, value: Any) -> str:
    where = f"{table.place(row)}, column {name!r}"
    if value is None or isinstance(value, str):
        return f"The id is blank in {where}; every edge needs both its ends."
    return f"The id in {where} is {value!r}, a {type(value).__name__}; ids are strings or integers."


def _as_integers(table: Table, name: str, listed: list[Any]) -> NDArray[Any]:
    try:
        return np.array(listed, dtype=np.int64)
    except OverflowError as error:
        raise table.error(
            f"An id in column {name!r} of {table.source} is beyond 64 bits; make the column text."
        ) from error


def _weights(table: Table, name: str) -> FloatArray:
    raw = table.columns[name]
    if raw.dtype.kind in "iuf":
        weights = raw.astype(np.float64)
    else:
        weights = np.fromiter(map(_number, raw.tolist()), dtype=np.float64, count=len(raw))
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
    if bad.size:
        row = int(bad[0])
        raise table.error(
            f"The weight in {table.place(row)}, column {name!r}, {_weight_fault(raw.tolist()[row])}"
            f" ({bad.size:,} of {len(raw):,} weights are no positive numbers)."
        )
    return weights


def _number(value: Any) -> float:
    """The number that a value states; NaN when it states none."""
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        return math.nan  # Python reads "1_0" as ten; a table means something else by it
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _is_number(text: str) -> bool:
    return math.isfinite(_number(text))


def _weight_fault(value: Any) -> str:
    if value is None or value == "":
        return "is blank"
    if isinstance(value, str) and "," in value:
        return f"is {value!r}; write decimals with a point"
    if not isinstance(value, str) or _is_number(value):
        return f"is {value}; weights are positive and finite. Leave rows out that are no edges"
    return f"is {value!r}, which is no positive number"
