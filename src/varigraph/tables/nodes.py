"""Tables of nodes: which columns are id, label and features, and their values checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from varigraph.tables.usual_names import ID_NAMES, first_usual, likely_slips, looks_like_data
from varigraph.tensor_types import FloatArray

__all__ = ["NodeColumns", "NodeNames", "read_node_columns", "take_node_columns"]

_LABELS = ("label", "labels", "class", "category", "community", "y")
_HOW_TO_NAME = "name the column of ids with id_column= (--id-column)"
_CANONICAL_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class NodeNames:
    """Which columns hold what; None is for the table's own names to decide."""

    id: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class NodeColumns:
    """The rows of a table of nodes.

    Attributes:
        ids: Each once, shape (n_rows,): int64, or object holding strings.
        features: Finite, shape (n_rows, n_features), float64; None if there is no column of them.
        feature_names: The columns, in order.
        labels: shape (n_rows,): int64, or object holding strings or integers, None for a node without
            label; None if there is no column of them, or nothing in it.
        source_name: What a message calls the table.
    """

    ids: NDArray[Any]
    features: FloatArray | None
    feature_names: tuple[str, ...]
    labels: NDArray[Any] | None
    source_name: str = "the table of nodes"


def read_node_columns(
    path: str | Path,
    names: NodeNames = NodeNames(),
    *,
    header: bool = True,
    format: FileFormat | None = None,
) -> NodeColumns:
    r"""The nodes in a file: an id, perhaps a label, and numbers as features in all other columns.

    A column that is not named is found by the usual headers in any case: id, node, node_id, name, …; label,
    class, category, community, y (unless there is an x beside it). Without a header the first column is
    the id. A column without a name, such as the index that pandas writes, is the id if no other column is,
    and is passed over otherwise. A blank label is a node without label: labels are for colours and probes,
    never for training.

    Args:
        path: The file.
        names: Which columns hold what.
        header: Whether the first line of delimited text is names.
        format: What the file is; None for what its ending says.

    Raises:
        FileContentError: The file cannot be read, a column is missing, an id is blank or stands twice, or a
            feature is blank, text, NaN or infinite; the message names file, line and column.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "people.csv"
        >>> _ = path.write_text("name,age,height,class\nal,33,1.8,a\nbo,44,1.7,\n")
        >>> nodes = read_node_columns(path)
        >>> nodes.ids.tolist(), nodes.features.tolist(), nodes.feature_names, nodes.labels.tolist()
        (['al', 'bo'], [[33.0, 1.8], [44.0, 1.7]], ('age', 'height'), ['a', None])
    """
    file = open_table(path, header=header, format=format)
    chosen = _chosen(file.names, names) if header else (names.id or "1", names.label)
    if chosen is None:
        raise FileContentError(_unnamed_message(file))
    wanted, features = _wanted(file.names, chosen, str(path), FileContentError)
    return _node_columns(table_of(file, wanted, numbers=features), chosen, features)


def take_node_columns(frame: Any, names: NodeNames = NodeNames()) -> NodeColumns:
    """The nodes in a pandas, polars or Arrow frame; columns are found as in `read_node_columns`.

    Raises:
        GraphError: As `read_node_columns`; the message names row and column.
    """
    source = "the frame of nodes"
    found = frame_names(frame)
    chosen = _chosen(found, names)
    if chosen is None:
        shown = ", ".join(map(repr, found[:12]))
        raise GraphError(
            f"The frame of nodes names no id among its columns {shown}.{likely_slips(found, ('id',))} If the "
            f"ids are the frame's index, make it a column (reset_index); otherwise {_HOW_TO_NAME}."
        )
    wanted, features = _wanted(found, chosen, source, GraphError)
    return _node_columns(frame_columns(frame, wanted, source=source), chosen, features)


_Chosen = tuple[str, str | None]


def _chosen(found: Sequence[str], names: NodeNames) -> _Chosen | None:
    """The columns of id and label: those asked for, then those usually called so."""
    unnamed = "" if "" in found else None
    # A column that is the label by name of the caller is not the id by its own name.
    id_name = names.id or first_usual([one for one in found if one != names.label], ID_NAMES) or unnamed
    if id_name is None:
        return None
    usual = _LABELS[:-1] if first_usual(found, ("x",)) else _LABELS
    label = names.label or first_usual([one for one in found if one != id_name], usual)
    return id_name, label


def _wanted(
    found: Sequence[str], chosen: _Chosen, source: str, error: type[DataError]
) -> tuple[list[str], list[str]]:
    """All columns to read, and those of them that are features."""
    id_name, label = chosen
    if id_name == label:
        raise error(f"The column {label!r} of {source} cannot serve both as id and as label.")
    features = [name for name in found if name not in (id_name, label, "")]
    return [id_name, *([] if label is None else [label]), *features], features


def _unnamed_message(file: TableFile) -> str:
    start = f"{file.heading} {', '.join(map(repr, file.names[:6]))}"
    if file.has_first_line and looks_like_data(file.names):
        return (
            f"{start}, which looks like data. If the file has no header, say header=False (--no-header); "
            f"otherwise {_HOW_TO_NAME}."
        )
    guess = likely_slips(file.names, ("id", "node", "name"))
    return f"{start}, among which there is no id.{guess} If the ids are called otherwise, {_HOW_TO_NAME}."


def _node_columns(table: Table, chosen: _Chosen, features: Sequence[str]) -> NodeColumns:
    id_name, label = chosen
    ids = id_column(table, id_name, why="every node needs one")
    _check_no_repeat(table, id_name, ids)
    return NodeColumns(
        ids,
        _features(table, features) if features else None,
        tuple(features),
        None if label is None else _labels(table, label),
        table.source,
    )


def _check_no_repeat(table: Table, name: str, ids: NDArray[Any]) -> None:
    listed = ids.tolist()
    if len(set(listed)) == len(listed):
        return
    first: dict[Any, int] = {}
    for row, one in enumerate(listed):
        if first.setdefault(one, row) != row:
            raise table.error(
                f"The id {one!r} stands twice in column {name!r}: in {table.place(first[one])} and in "
                f"{table.place(row)}. Each node has one row; leave one of them out."
            )


def _features(table: Table, names: Sequence[str]) -> FloatArray:
    features = np.empty((len(table.columns[names[0]]), len(names)))
    for at, name in enumerate(names):
        features[:, at] = number_column(table.columns[name])
    if not np.isfinite(features).all():
        raise table.error(_bad_feature_message(table, names, features))
    return features


def _bad_feature_message(table: Table, names: Sequence[str], features: FloatArray) -> str:
    is_bad = ~np.isfinite(features)
    row, at = (int(one) for one in np.argwhere(is_bad)[0])
    value = table.columns[names[at]].tolist()[row]
    where = f"The feature in {table.place(row)}, column {names[at]!r},"
    if isinstance(value, str) and value.strip() and is_bad[:, at].all() and "," not in value:
        return (
            f"{where} is {value!r}, and there is no number in the whole column. If it is the class of the "
            "nodes, name it with label_column= (--label-column); otherwise leave the column out, or encode "
            "it as numbers, such as one column of 0 and 1 a value."
        )
    fault = number_fault(value, "finite number", "features are finite")
    return (
        f"{where} {fault}. Fill it in, or leave the row or the column out ({is_bad.sum():,} of "
        f"{is_bad.size:,} features are no finite numbers, in {is_bad.any(axis=0).sum():,} columns)."
    )


def _labels(table: Table, name: str) -> NDArray[Any] | None:
    """int64, or objects with None for a blank one; None when all are blank."""
    raw = table.columns[name]
    if raw.dtype.kind == "i":
        return raw.astype(np.int64)
    _check_no_fractions(table, name)
    labels = [None if _is_blank(one) else one for one in raw.tolist()]
    if all(one is None or (isinstance(one, str) and _CANONICAL_INTEGER.fullmatch(one)) for one in labels):
        # A column of text with blanks: what would be integers without them is integers still.
        labels = [None if one is None else int(one) for one in labels]
    labels = [_label(table, name, row, one) for row, one in enumerate(labels)]
    if all(one is None for one in labels):
        return None
    if {type(one) for one in labels} == {int}:
        return np.array(labels, dtype=np.int64)
    return np.fromiter(labels, dtype=object, count=len(labels))


def _label(table: Table, name: str, row: int, value: Any) -> int | str | None:
    """A label as string or integer; whole floats, as pandas makes of integers with blanks, are integers."""
    if isinstance(value, bool | np.bool_):
        return str(value)
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise table.error(_bad_label_message(table, name, row, value))


def _check_no_fractions(table: Table, name: str) -> None:
    """A column of numbers that are not whole is a measurement, not a class."""
    values = table.columns[name]
    numbers = number_column(values)
    is_stated = np.array([not _is_blank(one) for one in values.tolist()], dtype=bool)
    fractions = np.flatnonzero(is_stated & (numbers != np.floor(numbers)))
    if fractions.size and np.isfinite(numbers[is_stated]).all():
        row = int(fractions[0])
        raise table.error(_bad_label_message(table, name, row, values.tolist()[row]))


def _bad_label_message(table: Table, name: str, row: int, value: Any) -> str:
    return (
        f"The label in {table.place(row)}, column {name!r}, is {value!r}; labels are strings or integers. If "
        "it is a feature, name another column with label_column= (--label-column), or rename this one."
    )


def _is_blank(value: Any) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124
