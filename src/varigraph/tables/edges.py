"""Edge tables: which columns are source, target and weight, and their values checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import DataError, FileContentError, GraphError
from varigraph.tables.checked_columns import id_column, number_column, number_fault
from varigraph.tables.file_formats import FileFormat
from varigraph.tables.frames import frame_columns, frame_names
from varigraph.tables.reading import open_table, table_of
from varigraph.tables.table import Table
from varigraph.tables.table_file import TableFile
from varigraph.tables.usual_names import by_plain_name, first_usual, likely_slips, looks_like_data
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
    """Which columns hold what; None is for the table's own names to decide.

    Attributes:
        source: The column of one end.
        target: The column of the other end.
        weight: The column of the weights.
        use_weights: Whether weights are taken; if not, a column of them is passed over.
    """

    source: str | None = None
    target: str | None = None
    weight: str | None = None
    use_weights: bool = True


@dataclass(frozen=True)
class EdgeColumns:
    """The rows of an edge table.

    Attributes:
        source: Ids, shape (n_rows,): int64, or object holding strings; of one kind with `target`.
        target: Likewise.
        weights: Positive and finite, shape (n_rows,), float64; None without a weight column.
        place: From a row's position, counted from 0, to words such as `line 4 of edges.csv`.
    """

    source: NDArray[Any]
    target: NDArray[Any]
    weights: FloatArray | None
    place: Callable[[int], str]


def read_edge_columns(
    path: str | Path,
    names: EdgeNames = EdgeNames(),
    *,
    header: bool = True,
    format: FileFormat | None = None,
) -> EdgeColumns:
    """The edges in a file.

    Columns that are not named are found by the usual headers (source and target, src and dst, from and
    to, u and v, …; weight) in any case. Without a header the first column is the source, the second the
    target, and the third the weight if there are exactly three. Ids are integers when those of both
    columns are integers that can be written back as the same text, otherwise strings.

    Args:
        path: The file.
        names: Which columns hold what.
        header: Whether the first line of delimited text is names.
        format: What the file is; None for what its ending says.

    Raises:
        FileContentError: The file cannot be read, a column is missing, an id is blank, or a weight is not
            a positive number; the message names file, line and column.
    """
    file = open_table(path, header=header, format=format)
    _check_width(file)
    chosen = _chosen(file.names, names) if header else _chosen_by_position(file.names, names)
    if chosen is None:
        raise FileContentError(_unnamed_message(file))
    source, target, weight = _distinct(chosen, str(path), FileContentError)
    wanted = [source, target] if weight is None else [source, target, weight]
    numbers = () if weight is None else (weight,)
    return _edge_columns(table_of(file, wanted, numbers=numbers), source, target, weight)


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


def _check_width(file: TableFile) -> None:
    if len(file.names) < 2:
        raise FileContentError(
            f"{file.heading} {file.names[0][:80]!r}: one column only. An edge table has at least two"
            + (", separated by commas, tabs or semicolons." if file.has_first_line else ".")
        )


def _chosen(found: Sequence[str], names: EdgeNames) -> _Chosen | None:
    """The columns by name: those asked for, then those that a convention names."""
    weight = (names.weight or first_usual(found, _WEIGHTS)) if names.use_weights else None
    if names.source is not None and names.target is not None:
        return names.source, names.target, weight
    by_plain = by_plain_name(found)
    for source, target in _ENDPOINTS:
        if source in by_plain and target in by_plain:
            return names.source or by_plain[source], names.target or by_plain[target], weight
    return None


def _chosen_by_position(found: Sequence[str], names: EdgeNames) -> _Chosen:
    weight = (names.weight or ("3" if len(found) == 3 else None)) if names.use_weights else None
    return names.source or "1", names.target or "2", weight


def _distinct(chosen: _Chosen, source: str, error: type[DataError]) -> _Chosen:
    used = [name for name in chosen if name is not None]
    for name in used:
        if used.count(name) > 1:
            raise error(f"The column {name!r} of {source} cannot serve twice as source, target or weight.")
    return chosen


def _unnamed_message(file: TableFile) -> str:
    start = f"{file.heading} {', '.join(map(repr, file.names[:6]))}"
    if not file.has_first_line:
        guess = likely_slips(file.names, ("source", "target"))
        return f"{start}: none names source and target.{guess} If they are called otherwise, {_HOW_TO_NAME}."
    if looks_like_data(file.names[:2]):
        return (
            f"{start}, which looks like data. If the file has no header, say "
            f"header=False (--no-header); otherwise {_HOW_TO_NAME}."
        )
    guess = likely_slips(file.names, ("source", "target"))
    return (
        f"{start}, which names no source and target.{guess} If they are called "
        f"otherwise, {_HOW_TO_NAME}; if that line is an edge, say header=False (--no-header)."
    )


def _edge_columns(table: Table, source: str, target: str, weight: str | None) -> EdgeColumns:
    starts, ends = (id_column(table, name, why="every edge needs both its ends") for name in (source, target))
    if starts.dtype != ends.dtype:
        # Integers among them were canonical, so this gives back the text that was read.
        starts, ends = (np.fromiter(map(str, one.tolist()), object, len(one)) for one in (starts, ends))
    weights = None if weight is None else _weights(table, weight)
    return EdgeColumns(starts, ends, weights, table.place)


def _weights(table: Table, name: str) -> FloatArray:
    raw = table.columns[name]
    weights = number_column(raw)
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
    if bad.size:
        value = raw.tolist()[int(bad[0])]
        rule = "weights are positive and finite. Leave rows out that are no edges"
        raise table.error(
            f"The weight in {table.place(int(bad[0]))}, column {name!r}, "
            f"{number_fault(value, 'positive number', rule)} ({bad.size:,} of {len(raw):,} weights are no "
            "positive numbers). Mend them, or pass over all weights with use_weights=False (--unweighted)."
        )
    return weights
