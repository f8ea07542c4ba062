"""`read_rows_file`: rows from a file of any of the formats, or from a folder of images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from varigraph.errors import DataError, FileContentError
from varigraph.rows.columns import RowColumns
from varigraph.rows.files.arrays import read_npy, read_npz
from varigraph.rows.files.formats import RowsFormat, format_options, rows_format
from varigraph.rows.files.images import read_image_folder
from varigraph.rows.files.tables import read_table_rows
from varigraph.rows.rows import Rows
from varigraph.tables import check_is_file

__all__ = ["read_rows_file"]


def read_rows_file(
    path: str | Path,
    *,
    format: RowsFormat | None = None,
    id_column: str | None = None,
    label_column: str | None = None,
    columns: Sequence[str] | None = None,
    image_shape: Sequence[int] | None = None,
    array: str | None = None,
    header: bool = True,
) -> Rows:
    r"""Rows from a table, an array of numpy or a folder of images; called after the file.

    | format | endings | what it holds |
    |---|---|---|
    | csv, tsv, parquet, jsonl | .csv .tsv .txt .jsonl (also .gz) .parquet | a row a line, numbers only |
    | npy | .npy | shape (n_rows, n_features), or images (n_rows, height, width[, channels]) |
    | npz | .npz | such an array, perhaps with labels and ids in others |
    | images | a folder | images of one size; sub-folders are labels |

    Every column is a feature but those of ids (called id, row_id, name, key, …) and labels (label, class,
    category, target, y); `Rows.notes` says which were taken so. Nothing is left out or filled in: a column of
    text, a blank, a NaN or an infinity is an error that says where it stands. Pixels of images of 8 bits
    become float32 in [0, 1]. Large arrays of float32 and float64 stay in their file and are read page by
    page. No pickle is ever loaded.

    Args:
        path: The file or folder.
        format: What it is, when the ending does not say.
        id_column: The column of ids; of an npz the array of that name.
        label_column: Likewise of labels.
        columns: Of a table, those to take as features; by default all others.
        image_shape: (height, width) or (height, width, channels) of rows that are flattened images.
        array: Of an npz with several arrays, the one of the values.
        header: Of delimited text, whether the first line is names; without them the columns are called "1",
            "2", ….

    Raises:
        FileContentError: The file is missing, empty, damaged, or makes no rows; the message names file, line
            and column.
        MissingExtraError: Pillow is needed and not installed.
        TypeError: An option has no effect on this format.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "iris.csv"
        >>> _ = path.write_text("length,width,class\n5.1,3.5,setosa\n7.0,3.2,versicolor\n")
        >>> rows = read_rows_file(path)
        >>> rows, rows.feature_names, rows.labels.tolist()
        (Rows(iris: 2 rows, 2 features), ('length', 'width'), ['setosa', 'versicolor'])
    """
    path = Path(path)
    named = rows_format(path, format)
    if named != "images":
        check_is_file(path)
    given: dict[str, Any] = {
        "id_column": id_column,
        "label_column": label_column,
        "columns": columns,
        "image_shape": None if image_shape is None else tuple(image_shape),
        "array": array,
        "header": None if header else False,
    }
    options = {name: value for name, value in given.items() if value is not None}
    known = format_options(path, format)
    for name in sorted(options.keys() - known):
        there = f"there are {', '.join(sorted(known))}" if known else "there are none"
        raise TypeError(f"{path} has no option {name}, read as {named}; {there}.")
    try:
        return replace(_read(path, named, options), name=_name_of(path))
    except FileContentError:
        raise
    except DataError as error:  # what `Rows` finds knows of no file
        raise FileContentError(f"{path} makes no rows. {error}") from error


def _read(path: Path, named: RowsFormat, options: dict[str, Any]) -> Rows:
    if named == "images":
        return read_image_folder(path)
    if named == "npy":
        return read_npy(path, **options)
    if named == "npz":
        return read_npz(path, **options)
    chosen = options.pop("columns", None)
    columns = RowColumns(
        options.pop("id_column", None),
        options.pop("label_column", None),
        None if chosen is None else tuple(chosen),
    )
    return read_table_rows(path, named, columns, **options)


def _name_of(path: Path) -> str:
    stem = path.name if path.is_dir() else Path(path.name.removesuffix(".gz")).stem
    return stem.encode(errors="replace").decode()  # a run's folder and record are called by it, in UTF-8
