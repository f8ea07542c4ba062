"""Rows come from arrays, tensors and frames of any library, with ids and labels of the user's own."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from scipy import sparse as sp

from varigraph.errors import DataError
from varigraph.rows import to_rows

VALUES = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
COLUMNS = {"id": ["a", "b", "c"], "width": [1.0, 3.0, 5.0], "height": [2, 4, 6], "class": ["x", None, "y"]}
FRAMES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}


@pytest.mark.parametrize(
    "source",
    [
        VALUES,
        VALUES.tolist(),
        torch.tensor(VALUES, requires_grad=True),
        VALUES.astype(object),
        to_rows(VALUES),
    ],
    ids=["array", "list", "tensor", "objects", "rows"],
)
def test_numbers_of_any_source_are_the_same_rows(source):
    rows = to_rows(source)
    assert rows.fingerprint == to_rows(VALUES).fingerprint
    assert rows.ids.tolist() == [0, 1, 2]


def test_a_float_array_and_a_tensor_keep_the_users_memory():
    assert np.shares_memory(to_rows(VALUES).values, VALUES)
    tensor = torch.zeros(3, 2)
    assert to_rows(tensor).values.ctypes.data == tensor.data_ptr()


def test_a_memory_map_stays_one(tmp_path):
    np.save(tmp_path / "x.npy", VALUES)
    rows = to_rows(np.load(tmp_path / "x.npy", mmap_mode="r"))
    assert rows.is_mapped
    assert rows.take([0, 1]).is_mapped
    assert not rows.take([0, 2]).is_mapped


def test_ids_labels_and_name_are_put_in():
    rows = to_rows(VALUES, ids=["p", "q", "r"], labels=np.array(["s", "t", "s"]), name="mine")
    assert (rows.ids.tolist(), rows.labels.tolist(), rows.name) == (["p", "q", "r"], ["s", "t", "s"], "mine")
    assert to_rows(rows, name="other").labels.tolist() == ["s", "t", "s"]
    assert to_rows(VALUES, ids=np.array([7, 8, 9], dtype=np.int32)).ids.dtype == np.int64


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_of_any_library_gives_values_ids_labels_and_its_kind(kind):
    rows = to_rows(FRAMES[kind](COLUMNS))
    np.testing.assert_array_equal(rows.values, VALUES)
    assert rows.feature_names == ("width", "height")
    assert (rows.ids.tolist(), rows.labels.tolist()) == (["a", "b", "c"], ["x", None, "y"])
    assert rows.frame_kind == kind
    assert rows.notes == (
        "The column 'id' was taken for ids by its name, not as a feature.",
        "The column 'class' was taken for labels by its name, not as a feature.",
    )


def test_columns_that_the_user_names_are_taken_for_that():
    frame = pd.DataFrame({"who": ["a", "b"], "kind": [3, 4], "x": [1.0, 2.0], "y": [5.0, 6.0]})
    rows = to_rows(frame, id_column="who", label_column="kind")
    assert (rows.feature_names, rows.labels.tolist(), rows.notes) == (("x", "y"), [3, 4], ())
    assert to_rows(frame, columns=["y"]).values.tolist() == [[5.0], [6.0]]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_frames_value_that_is_not_finite_is_named_by_row_and_column(bad):
    with pytest.raises(DataError, match=r"row 1 of the frame, column 'b', is .*1 of 4 values"):
        to_rows(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, bad]}))


def test_a_column_of_text_says_what_it_might_be():
    with pytest.raises(
        DataError, match=r"column 'species', is 'setosa', and there is no number .*label_column"
    ):
        to_rows(pd.DataFrame({"a": [1.0, 2.0], "species": ["setosa", "virginica"]}))


def test_a_frame_of_text_alone_has_no_column_of_numbers():
    with pytest.raises(DataError, match=r"no column of numbers"):
        to_rows(pd.DataFrame({"a": ["x", "y"], "b": ["u", "v"]}))
    with pytest.raises(DataError, match=r"no column of numbers"):
        to_rows(pd.DataFrame({"id": [1, 2], "label": [0, 1]}))


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("digits", {}, r"'digits' is a name or a path; load_rows"),
        (sp.eye_array(3), {}, r"toarray\(\)"),
        ([[1.0, 2.0], [3.0]], {}, r"each row as long as the others"),
        (np.array([[1.0, "a"]], dtype=object), {}, r"Python objects \(float, str\)"),
        (object(), {}, r"Python objects \(object\)"),
        (pd.DataFrame({"a": [1.0]}), {"label_column": "b"}, r"has no column 'b'"),
        (pd.DataFrame({"a": [1.0]}), {"columns": ["a"], "id_column": "a"}, r"cannot serve twice"),
        (pd.DataFrame({"a": []}), {}, r"has no rows"),
        (VALUES, {"ids": ["a", 1, 2.5]}, r"all integers of 64 bits or all strings"),
        (VALUES, {"labels": [1]}, r"labels must be an array of shape \(3,\)"),
        (VALUES, {"image_shape": (2, 2)}, r"has 4 values, but the rows have 2"),
    ],
)
def test_what_makes_no_rows_is_refused(source, options, message):
    with pytest.raises(DataError, match=message):
        to_rows(source, **options)


def test_an_array_has_no_columns_to_name():
    with pytest.raises(TypeError, match=r"of frames and tables"):
        to_rows(VALUES, label_column="class")
