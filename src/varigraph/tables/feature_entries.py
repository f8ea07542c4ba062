"""Sparse features as a table with one entry a row: id, feature, and perhaps value."""

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
from varigraph.tables.usual_names import ID_NAMES, first_usual, likely_slips
from varigraph.tensor_types import FloatArray

__all__ = ["FeatureEntries", "read_feature_entries", "take_feature_entries"]

_FEATURES = ("feature", "features", "word", "term", "token", "item", "feature_id", "word_id")
_VALUES = ("value", "count", "weight", "tf", "tfidf", "tf_idf")


@dataclass(frozen=True)
class FeatureEntries:
    """The rows of a bag of words; rows that repeat an entry add up, which is for the caller to do.

    Attributes:
        ids: Of nodes, shape (n_rows,): int64, or object holding strings.
        features: Their names, shape (n_rows,): likewise.
        values: Finite, shape (n_rows,), float64; 1 where the table has no column of values.
        place: From a row's position to words such as `line 4 of words.csv`.
        error: What a fault in the rows is raised as.
    """

    ids: NDArray[Any]
    features: NDArray[Any]
    values: FloatArray
    place: Callable[[int], str]
    error: type[DataError]


def read_feature_entries(
    path: str | Path, *, header: bool = True, format: FileFormat | None = None
) -> FeatureEntries:
    r"""The entries in a file.

    Columns are found by the usual headers in any case: id, node, node_id, name, …; feature, word, term,
    token, item; value, count, weight, tf. Without a header they are the first, the second, and the third
    of exactly three.

    Args:
        path: The file.
        header: Whether the first line of delimited text is names.
        format: What the file is; None for what its ending says.

    Raises:
        FileContentError: The file cannot be read, a column is missing, an id or a feature is blank, or a
            value is no finite number; the message names file, line and column.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "words.csv"
        >>> _ = path.write_text("id,word,count\nal,tree,2\nbo,sea,1\n")
        >>> entries = read_feature_entries(path)
        >>> entries.ids.tolist(), entries.features.tolist(), entries.values.tolist()
        (['al', 'bo'], ['tree', 'sea'], [2.0, 1.0])
    """
    file = open_table(path, header=header, format=format)
    chosen = _chosen(file.names) if header else _chosen_by_position(file.names)
    if chosen is None:
        first = ", ".join(map(repr, file.names[:6]))
        raise FileContentError(f"{file.heading} {first}{_unnamed_message(file.names)}")
    numbers = chosen[2:]
    return _entries(table_of(file, chosen, numbers=numbers), chosen)


def take_feature_entries(frame: Any) -> FeatureEntries:
    """The entries in a pandas, polars or Arrow frame; columns are found as in `read_feature_entries`.

    Raises:
        GraphError: As `read_feature_entries`; the message names row and column.
    """
    found = frame_names(frame)
    chosen = _chosen(found)
    if chosen is None:
        first = ", ".join(map(repr, found[:6]))
        raise GraphError(f"The columns of the frame of features are {first}{_unnamed_message(found)}")
    return _entries(frame_columns(frame, chosen, source="the frame of features"), chosen)


def _chosen(found: Sequence[str]) -> list[str] | None:
    """The columns of ids and features, and that of values if there is one."""
    chosen = [first_usual(found, usual) for usual in (ID_NAMES, _FEATURES)]
    value = first_usual(found, _VALUES)
    if None in chosen:
        return None
    return [one for one in (*chosen, value) if one is not None]


def _chosen_by_position(found: Sequence[str]) -> list[str] | None:
    return ["1", "2", *(["3"] if len(found) == 3 else [])] if len(found) > 1 else None


def _unnamed_message(found: Sequence[str]) -> str:
    return (
        f": an id and a feature are needed, and perhaps a value.{likely_slips(found, ('id', 'feature'))} "
        "Rename the columns to id, feature, value."
    )


def _entries(table: Table, chosen: Sequence[str]) -> FeatureEntries:
    ids = id_column(table, chosen[0], why="every entry is of a node")
    features = id_column(table, chosen[1], why="every entry is of a feature")
    values = _values(table, chosen[2]) if len(chosen) == 3 else np.ones(len(ids))
    return FeatureEntries(ids, features, values, table.place, table.error)


def _values(table: Table, name: str) -> FloatArray:
    raw = table.columns[name]
    values = number_column(raw)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        row = int(bad[0])
        fault = number_fault(raw.tolist()[row], "finite number", "values are finite")
        raise table.error(
            f"The value in {table.place(row)}, column {name!r}, {fault}. Fill it in, or leave the row out "
            f"({bad.size:,} of {len(raw):,} values are no finite numbers)."
        )
    return values
