"""A column of an edge table as one value an edge, such as the time at which it appeared."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import FileContentError
from varigraph.graphs.convert import of_one_kind
from varigraph.graphs.files.edge_tables import read_table_links
from varigraph.graphs.files.formats import GraphFormat, file_kind, table_format
from varigraph.graphs.graph import Graph
from varigraph.tables import EdgeNames, Table, check_is_file, read_columns
from varigraph.tensor_types import IntArray

__all__ = ["read_edge_values"]


def read_edge_values(
    path: str | Path,
    column: str,
    graph: Graph,
    *,
    source_column: str | None = None,
    target_column: str | None = None,
    header: bool = True,
    format: GraphFormat | None = None,
) -> NDArray[Any]:
    r"""The values of a column for the edges of a graph that was read from the same file.

    Of rows that repeat an edge, in either direction, the smallest value stays: the earliest of times.

    Args:
        path: The edge table.
        column: A column of numbers, of ISO 8601 dates or times, or of strings that sort, such as "2024-07".
        graph: Its edges are wanted.
        source_column: As for `read_graph_file`.
        target_column: Likewise.
        header: Likewise.
        format: Likewise.

    Returns:
        shape (n_edges,), in the order of `graph.edges`: int64, float64, datetime64 (UTC where the times
        have a zone), or object holding strings.

    Raises:
        FileContentError: The file is no edge table, has no such column, a value is blank or of another kind
            than the others, or an edge of the graph has no row; the message names file and line.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "calls.csv"
        >>> _ = path.write_text("source,target,day\nbo,cy,7\nal,bo,5\nbo,al,3\n")
        >>> graph = Graph.from_edges([(0, 1), (1, 2)], ids=["al", "bo", "cy"])
        >>> read_edge_values(path, "day", graph).tolist()
        [3, 7]
    """
    path = Path(path)
    check_is_file(path)
    if file_kind(path, format) != "edge table":
        raise FileContentError(f"{path} has no columns to take {column!r} from; give an edge table.")
    names = EdgeNames(source_column, target_column, use_weights=False)
    links = read_table_links(path, format, names, header=header)
    table = read_columns(path, [column], header=header, format=table_format(format))
    values = _sortable(table, column)
    ids, source, target = of_one_kind([graph.ids, links.source, links.target])
    position = {one: at for at, one in enumerate(ids.tolist())}
    ends = [[position.get(one, -1) for one in end.tolist()] for end in (source, target)]
    return _earliest(path, graph, np.array(ends, dtype=np.int64).T, values)


def _earliest(path: Path, graph: Graph, pairs: IntArray, values: NDArray[Any]) -> NDArray[Any]:
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    of_graph = np.flatnonzero((low >= 0) & (low != high))
    order = of_graph[np.argsort(values[of_graph], kind="stable")]
    keys, first = np.unique(low[order] * graph.n_nodes + high[order], return_index=True)
    at = np.searchsorted(keys, graph.edge_keys).clip(max=max(len(keys) - 1, 0))
    missing = np.flatnonzero(keys[at] != graph.edge_keys) if len(keys) else np.arange(graph.n_edges)
    if missing.size:
        a, b = graph.ids[graph.edges[missing[0]]].tolist()
        raise FileContentError(
            f"{path} has no row for the edge of {a!r} and {b!r}; give the graph's own file."
        )
    return np.asarray(values[order][first][at])


def _sortable(table: Table, column: str) -> NDArray[Any]:
    """The column as an array with a meaningful order."""
    raw = table.columns[column]
    if raw.dtype.kind in "iu":
        return raw.astype(np.int64)
    listed = [None if _is_blank(one) else one for one in raw.tolist()]
    if None in listed:
        row = listed.index(None)
        raise table.error(
            f"The value in {table.place(row)}, column {column!r}, is blank; every row needs one."
        )
    if raw.dtype.kind == "M":
        return raw.astype("datetime64[us]")
    for meaning, convert in _MEANINGS.items():
        if convert(listed[0]) is not None:
            return np.array(_converted(table, column, listed, (meaning, convert)))
    return np.fromiter(_converted(table, column, listed, ("text", _text)), dtype=object, count=len(listed))


def _converted(
    table: Table, column: str, listed: Sequence[Any], kind: tuple[str, Callable[[Any], Any]]
) -> list[Any]:
    meaning, convert = kind
    taken = [convert(one) for one in listed]
    for row, one in enumerate(taken):
        if one is None:
            raise table.error(
                f"The value in {table.place(row)}, column {column!r}, is {listed[row]!r}, which is no "
                f"{meaning} like {listed[0]!r} before it."
            )
    return taken


def _is_blank(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _number(value: Any) -> float | None:
    if isinstance(value, bool | date) or (isinstance(value, str) and "_" in value):
        return None  # Python reads "1_0" as ten; a table means something else by it
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _zoned_time(value: Any) -> np.datetime64 | None:
    time = _time(value)
    return (
        None
        if time is None or time.tzinfo is None
        else np.datetime64(time.astimezone(UTC).replace(tzinfo=None), "us")
    )


def _plain_time(value: Any) -> np.datetime64 | None:
    time = _time(value)
    return None if time is None or time.tzinfo is not None else np.datetime64(time, "us")


def _time(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


_MEANINGS: dict[str, Callable[[Any], Any]] = {
    "number": _number,
    "time with a zone": _zoned_time,
    "time without a zone": _plain_time,
}
