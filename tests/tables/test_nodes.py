"""Tables of nodes: ids, labels and features, from files and frames, and faults with row and column."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varigraph.errors import FileContentError, GraphError
from varigraph.tables import NodeNames, read_node_columns, take_node_columns, write_table

reals = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=10)
@given(
    ids=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=8, unique=True),
    is_text=st.booleans(),
    data=st.data(),
)
def test_what_is_written_is_what_is_read_in_every_format(tmp_path_factory, ids, is_text, data):
    folder = tmp_path_factory.mktemp("nodes")
    ids = [f"n{one}" for one in ids] if is_text else ids
    rows = st.lists(reals, min_size=len(ids), max_size=len(ids))
    height, age = data.draw(rows), data.draw(rows)
    for ending in (".csv", ".tsv.gz", ".parquet", ".jsonl"):
        columns = {"height": height, "ID": ids, "Class": [f"c{one}" for one in range(len(ids))], "age": age}
        write_table(folder / f"a{ending}", columns)
        nodes = read_node_columns(folder / f"a{ending}")
        assert nodes.ids.tolist() == ids
        assert nodes.labels.tolist() == columns["Class"]
        assert nodes.feature_names == ("height", "age")
        assert nodes.features.tolist() == [list(row) for row in zip(height, age, strict=True)]


@pytest.mark.parametrize(
    ("header", "id_name", "label", "features"),
    [
        ("id,a,label", "id", "label", ("a",)),
        ("a,Node ID,Y", "Node ID", "Y", ("a",)),
        ("name,x,y", "name", None, ("x", "y")),
        ("name,category,a", "name", "category", ("a",)),
        ("name,id,class", "id", "class", ("name",)),
        (",a,b", "", None, ("a", "b")),
        (",id,a", "id", None, ("a",)),
    ],
)
def test_columns_are_found_by_their_usual_headers(put, header, id_name, label, features):
    nodes = read_node_columns(put("a.csv", f"{header}\n10,20,30\n11,21,31\n"))
    names = header.split(",")
    assert nodes.ids.tolist() == [10 * (names.index(id_name) + 1), 10 * (names.index(id_name) + 1) + 1]
    assert nodes.feature_names == features
    assert (nodes.labels is None) == (label is None)


def test_columns_may_be_named(put):
    path = put("a.csv", "id,who,team,class\n1,al,7,3\n2,bo,8,4\n")
    nodes = read_node_columns(path, NodeNames("who", "team"))
    assert (nodes.ids.tolist(), nodes.labels.tolist()) == (["al", "bo"], [7, 8])
    assert nodes.feature_names == ("id", "class")


def test_without_a_header_the_first_column_is_the_id(put):
    path = put("a.csv", "al,1,x\nbo,2,y\n")
    nodes = read_node_columns(path, NodeNames(label="3"), header=False)
    assert nodes.ids.tolist() == ["al", "bo"]
    assert nodes.features.tolist() == [[1], [2]]
    assert nodes.labels.tolist() == ["x", "y"]


def test_a_table_of_ids_alone_has_no_features(put):
    nodes = read_node_columns(put("a.csv", "id\nal\n\nbo\n"))
    assert (nodes.ids.tolist(), nodes.features, nodes.labels) == (["al", "bo"], None, None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("a,,b", ["a", None, "b"]),
        ("1,2,3", [1, 2, 3]),
        ("1,,3", [1, None, 3]),
        ("007,,3", ["007", None, "3"]),
        ("1.0,2.0,", ["1.0", "2.0", None]),
        (",,", None),
        ("1,a,", ["1", "a", None]),
    ],
)
def test_a_blank_label_is_a_node_without_label(put, values, expected):
    rows = "\n".join(f"{at},{one}" for at, one in enumerate(values.split(",")))
    labels = read_node_columns(put("a.csv", f"id,label\n{rows}\n")).labels
    assert labels is expected or labels.tolist() == expected
    assert labels is None or labels.dtype == (
        np.int64 if None not in expected and values[0] == "1" and "a" not in values else object
    )


def test_whole_floats_and_truth_values_are_labels_as_pandas_has_them():
    frame = pd.DataFrame({"id": ["a", "b"], "label": [1.0, np.nan]})
    assert take_node_columns(frame).labels.tolist() == [1, None]
    frame["label"] = [True, False]
    assert take_node_columns(frame).labels.tolist() == ["True", "False"]
    frame["label"] = pd.Categorical(["x", None])
    assert take_node_columns(frame).labels.tolist() == ["x", None]


def test_truth_values_are_features_where_a_format_has_them():
    frame = pd.DataFrame({"id": ["a", "b"], "is_open": [True, False], "n": pd.array([1, 2], dtype="Int64")})
    assert take_node_columns(frame).features.tolist() == [[1, 1], [0, 2]]


BAD = {
    "text": (
        "id,a,b\n1,2,red\n2,3,blue\n",
        r"line 2 of .*, column 'b', is 'red', .*--label-column.*leave .*encode",
    ),
    "one text": (
        "id,a,b\n1,2,3\n\n2,3,blue\n",
        "line 4 of .*, column 'b', is 'blue', which is no finite number",
    ),
    "blank": (
        "id,a,b\n1,,3\n2,3,4\n",
        r"line 2 of .*, column 'a', is blank. Fill it in, .*1 of 4 .*in 1 col",
    ),
    "nan": ("id,a\n1,2\n2,NaN\n", "line 3 of .*, column 'a', is 'NaN', which is no finite number"),
    "infinite": ("id,a\n1,2\n2,-inf\n", "line 3 of .*, column 'a', is '-inf'"),
    "too large": ("id,a\n1,2\n2,1e999\n", "line 3 of .*, column 'a', is '1e999'"),
    "decimal comma": ('id;a\n1;"0,5"\n', "'0,5'; write decimals with a point"),
    "underscore": ("id,a\n1,1_000\n2,2\n", "line 2 of .*, column 'a', is '1_000'"),
    "duplicate": (
        'id,a\n7,1\n"8",2\n\n7,3\n',
        "id 7 stands twice in column 'id': in line 2 of .* and in line 5 of .*leave one",
    ),
    "duplicate text": ("id,a\nx,1\nx,2\n", "id 'x' stands twice"),
    "blank id": ("id,a\nx,1\n ,2\n", "id is blank in line 3 of .*, column 'id'; every node needs one"),
    "no id": ("a,b\n1,2\n", r"'a', 'b', among which there is no id.*id_column= \(--id-column\)"),
    "slip": ("nmae,b\n1,2\n", "Is 'nmae' meant to be 'name'"),
    "data first": ("1,2\n3,4\n", r"looks like data.*\(--no-header\)"),
    "column twice": ("id,a,a\n1,2,3\n", "2 columns called 'a'; rename one"),
    "fraction as label": (
        "id,label\n1,0.5\n2,7\n",
        r"label in line 2 of .*, column 'label', is '0.5'.*--label-col",
    ),
    "header only": ("id,a\n", "no rows"),
    "unequal": ("id,a\n1,2\n2\n", "Line 3 of .* fewer values"),
    "latin-1": ("id,a\n1,2\né,2\n".encode("latin-1"), "Line 3 of .* is not UTF-8"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_table_is_refused_with_place_and_advice(put, case):
    content, message = BAD[case]
    with pytest.raises(FileContentError, match=f"(?s){message}") as caught:
        read_node_columns(put("nodes.csv", content))
    assert "nodes.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (NodeNames(id="nmae"), "no column 'nmae'. Did you mean 'name'"),
        (NodeNames(label="tema"), "no column 'tema'. Did you mean 'team'"),
        (NodeNames(id="team", label="team"), "'team' of .* cannot serve both as id and as label"),
    ],
)
def test_a_named_column_that_cannot_be_is_refused(put, names, message):
    with pytest.raises(FileContentError, match=message):
        read_node_columns(put("a.csv", "name,team\nal,1\n"), names)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"id": [1, 1], "a": [2, 3]}, "twice in column 'id': in row 0 of the frame of nodes and in row 1"),
        ({"id": [1, 2], "a": [2.0, np.nan]}, "row 1 of the frame of nodes, column 'a', is nan"),
        ({"id": [1, 2], "a": [2, "x"]}, "row 1 of the frame of nodes, column 'a', is 'x'"),
        (
            {"id": [1, 2], "a": pd.to_datetime(["2024-01-01"] * 2)},
            "row 0 of .*, column 'a', .* no finite number",
        ),
        ({"id": [1.0, np.nan]}, "holds float64 values, but ids are strings or integers"),
        ({"a": [1, 2]}, r"no id among its columns 'a'.*reset_index.*id_column="),
        ({"id": [1, 2], "label": [0.5, 1.0]}, "label in row 0 of .*, column 'label', is 0.5"),
        ({"id": [1, 2], "label": [(1,), (2,)]}, r"label in row 0 of .*, column 'label', is \(1,\)"),
    ],
)
def test_a_bad_frame_is_refused_with_row_and_column(columns, message):
    with pytest.raises(GraphError, match=message):
        take_node_columns(pd.DataFrame(columns))


def test_a_frame_is_not_changed_and_shares_nothing():
    frame = pd.DataFrame({"id": [2, 1], "a": [1.0, 2.0]})
    before = frame.copy(deep=True)
    nodes = take_node_columns(frame)
    nodes.features[:] = 0
    nodes.ids[:] = 0
    pd.testing.assert_frame_equal(frame, before)


def test_a_table_of_thousands_of_columns_keeps_each_in_its_place(put):
    values = np.random.default_rng(0).integers(0, 2, (50, 1500))
    lines = [",".join(map(str, [at, *row])) for at, row in enumerate(values)]
    header = ",".join(["id", *(f"w{at}" for at in range(1500))])
    nodes = read_node_columns(put("a.csv", "\n".join([header, *lines])))
    assert np.array_equal(nodes.features, values)
    assert nodes.feature_names[-1] == "w1499"
