"""Bags of words: id, feature and value, from files and frames."""

import pandas as pd
import pytest

from varigraph.errors import FileContentError, GraphError
from varigraph.tables import read_feature_entries, take_feature_entries


@pytest.mark.parametrize(
    "header", ["id,feature,value", "Node,Word,Count", "node_id,term,tf", "name,token,weight", "id,item,value"]
)
def test_columns_are_found_by_their_usual_headers(put, header):
    entries = read_feature_entries(put("a.csv", f"{header}\nal,7,2\nbo,8,0.5\n"))
    assert entries.ids.tolist() == ["al", "bo"]
    assert entries.features.tolist() == [7, 8]
    assert entries.values.tolist() == [2, 0.5]


def test_the_order_of_columns_and_further_ones_make_no_difference(put):
    entries = read_feature_entries(put("a.csv", "page,value,word,id\n1,2,tree,al\n"))
    assert (entries.ids.tolist(), entries.features.tolist(), entries.values.tolist()) == (
        ["al"],
        ["tree"],
        [2],
    )


def test_a_value_that_is_not_there_is_one_and_repeats_stay(put):
    entries = read_feature_entries(put("a.jsonl", '{"id": 1, "word": "x"}\n' * 2))
    assert (entries.ids.tolist(), entries.values.tolist()) == ([1, 1], [1, 1])


def test_without_a_header_columns_are_taken_in_order(put):
    assert read_feature_entries(put("a.csv", "1,x\n2,y\n"), header=False).features.tolist() == ["x", "y"]
    assert read_feature_entries(put("b.csv", "1,x,3\n"), header=False).values.tolist() == [3]
    assert read_feature_entries(put("c.txt", "1 x 3\n"), header=False, format="csv").values.tolist() == [3]


def test_values_below_zero_and_zero_are_values(put):
    assert read_feature_entries(put("a.csv", "id,word,value\n1,x,-1\n1,y,0\n")).values.tolist() == [-1, 0]


def test_a_row_says_where_it_stands(put):
    entries = read_feature_entries(put("a.csv", "id,word\n1,x\n\n2,y\n"))
    assert "line 4 of" in entries.place(1)
    assert entries.error is FileContentError


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,wrod\n1,x\n", "'id', 'wrod': an id and a feature are needed.*id, feature, value"),
        ("id,featre\n1,x\n", "Is 'featre' meant to be 'feature'"),
        ("id,word\n1,x\n,y\n", "id is blank in line 3 of .*, column 'id'; every entry is of a node"),
        ("id,word\n1,x\n2,\n", "id is blank in line 3 of .*, column 'word'; every entry is of a feature"),
        ("id,word,n,count\n1,x,,2\n1,y,,\n", "value in line 3 of .*, column 'count', is blank. Fill it in"),
        ("id,word,count\n1,x,2\n1,y,many\n", "line 3 of .*'many', which is no finite number.*1 of 2"),
        ("id,word,count\n1,x,nan\n", "line 2 of .*'nan'"),
        ("id,word,count\n1,x,1e999\n", "line 2 of .*'1e999'"),
        ("id,word\n", "no rows"),
        ("id\n1\n", "an id and a feature are needed"),
    ],
)
def test_faults_name_line_column_and_what_to_do(put, content, message):
    with pytest.raises(FileContentError, match=message):
        read_feature_entries(put("a.csv", content))


def test_frames_are_read_alike_and_their_rows_counted_from_zero():
    frame = pd.DataFrame({"id": ["a", "b"], "word": ["x", "y"], "count": [1, 2]})
    entries = take_feature_entries(frame)
    assert (entries.features.tolist(), entries.values.tolist()) == (["x", "y"], [1, 2])
    assert entries.place(1) == "row 1 of the frame of features"
    with pytest.raises(GraphError, match="value in row 1 of the frame of features, column 'count', is nan"):
        take_feature_entries(frame.assign(count=[1, float("nan")]))
    with pytest.raises(GraphError, match="frame of features are 'a': an id and a feature are needed"):
        take_feature_entries(pd.DataFrame({"a": [1]}))
