"""Frames of every package give the same columns, and faults name row and column."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from varigraph.errors import GraphError
from varigraph.tables import EdgeNames, frame_names, is_frame, take_edge_columns


@pytest.fixture(params=["pandas", "polars", "pyarrow"])
def as_frame(request):
    package = pytest.importorskip(request.param)
    return package.table if request.param == "pyarrow" else package.DataFrame


def test_a_frame_is_recognised_and_other_objects_are_not(as_frame):
    assert is_frame(as_frame({"a": [1]}))
    for other in ({"a": [1]}, [1], np.ones((2, 2)), pd.Series([1]), "a.csv", None):
        assert not is_frame(other)


def test_names_and_values_come_in_order(as_frame):
    frame = as_frame({"target": ["b", "007"], "source": ["a", "b"], "weight": [0.5, 2]})
    columns = take_edge_columns(frame)
    assert frame_names(frame) == ["target", "source", "weight"]
    assert (columns.source.tolist(), columns.target.tolist()) == (["a", "b"], ["b", "007"])
    assert columns.weights.tolist() == [0.5, 2]


def test_ids_keep_the_type_that_the_frame_gives_them(as_frame):
    assert take_edge_columns(as_frame({"u": [3, 1], "v": [1, 2]})).source.dtype == np.int64
    assert take_edge_columns(as_frame({"u": ["3"], "v": ["1"]})).source.tolist() == ["3"]
    mixed = take_edge_columns(as_frame({"u": [3, 1], "v": ["a", "b"]}))
    assert (mixed.source.tolist(), mixed.target.tolist()) == (["3", "1"], ["a", "b"])


def test_a_lazy_polars_frame_is_collected():
    polars = pytest.importorskip("polars")
    assert take_edge_columns(polars.LazyFrame({"u": [1], "v": [2]})).target.tolist() == [2]


def test_pandas_categories_and_nullable_integers_are_ids():
    frame = pd.DataFrame({"u": pd.Categorical(["a", "b"]), "v": pd.Categorical(["b", "c"])})
    assert take_edge_columns(frame).source.tolist() == ["a", "b"]
    frame = pd.DataFrame({"u": pd.array([1, 2], dtype="Int64"), "v": np.array([2, 3], dtype=np.uint8)})
    assert take_edge_columns(frame).target.tolist() == [2, 3]


def test_a_frame_is_not_changed():
    frame = pd.DataFrame({"u": [2, 1], "v": [1, 3], "w": [1.0, 2.0]}, index=[7, 7])
    before = frame.copy(deep=True)
    columns = take_edge_columns(frame)
    columns.source[:] = 0
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"u": ["a", None], "v": ["b", "c"]}, "id is blank in row 1 of the frame, column 'u'"),
        ({"u": ["a", " "], "v": ["b", "c"]}, "id is blank in row 1 of the frame, column 'u'"),
        ({"u": [1.0, 2.0], "v": [1, 2]}, "'u' of the frame holds float64 values"),
        ({"u": [True, False], "v": [1, 2]}, "True, a bool"),
        ({"u": [dt.date(2024, 1, 1)] * 2, "v": [1, 2]}, "row 0 of the frame, column 'u' is datetime"),
        ({"u": [1, 2], "v": [2, 3], "w": [1.0, float("nan")]}, "weight in row 1 of the frame, column 'w'"),
        ({"u": [1, 2], "v": [2, 3], "w": [1.0, None]}, "weight in row 1 of the frame, column 'w'"),
        ({"u": [1, 2], "v": [2, 3], "w": [1, -4]}, "column 'w', is -4; weights are positive"),
        ({"u": [1, 2], "v": [2, 3], "w": ["1", "x"]}, "column 'w', is 'x', which is no positive number"),
        ({"u": [1], "z": [2]}, "names no source and target among its columns 'u', 'z'.*source_column="),
        ({"u": [], "v": []}, "has no rows"),
    ],
)
def test_faults_name_row_and_column(as_frame, columns, message):
    with pytest.raises(GraphError, match=message):
        take_edge_columns(as_frame(columns))


def test_a_missing_column_is_named_with_the_one_probably_meant(as_frame):
    with pytest.raises(GraphError, match=r"no column 'sorce'. Did you mean 'source'"):
        take_edge_columns(as_frame({"source": [1], "target": [2]}), EdgeNames("sorce", "target"))


def test_columns_without_text_as_names_are_refused():
    with pytest.raises(GraphError, match="column 0 has no text as its name"):
        take_edge_columns(pd.DataFrame(np.ones((2, 2), dtype=int)))
    with pytest.raises(GraphError, match="cannot be read as a table"):
        take_edge_columns(pd.DataFrame(np.ones((2, 2), dtype=int), columns=["u", "u"]))


def test_integers_beyond_64_bits_are_refused():
    frame = pd.DataFrame({"u": np.array([2**63], dtype=np.uint64), "v": [1]})
    with pytest.raises(GraphError, match="beyond 64 bits"):
        take_edge_columns(frame)
