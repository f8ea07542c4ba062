"""Lists of ids: one a line with or without a header, or a column of a table."""

import pytest

from varigraph.errors import FileContentError
from varigraph.tables import read_ids, write_table


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", "b\na\nb\n", ["b", "a", "b"]),
        ("a.txt", "id\nb\na\n", ["b", "a"]),
        ("a.csv", "Node ID\r\n7\r\n\r\n3\r\n", [7, 3]),
        ("a.csv", "7\n3", [7, 3]),
        ("a.txt", "Ada Lovelace\nbo\n", ["Ada Lovelace", "bo"]),
        ("a.csv", "\n007\n  \n3\n", ["007", "3"]),
        ("a.csv", '"x, y"\nz\n', ["x, y", "z"]),
        ("a.txt", "# wanted\n1\n2\n", [1, 2]),
        ("a.csv", "x,id\n1,al\n2,bo\n", ["al", "bo"]),
        ("a.jsonl", '{"who": 3}\n{"who": 1}\n', [3, 1]),
        ("a.jsonl", '{"id": "3", "x": 1}\n', ["3"]),
    ],
)
def test_ids_come_in_the_order_of_the_file(put, name, content, expected):
    assert read_ids(put(name, content)).ids.tolist() == expected


def test_parquet_with_one_column_is_a_list(tmp_path):
    write_table(tmp_path / "a.parquet", {"who": ["x", "y"]})
    assert read_ids(tmp_path / "a.parquet").ids.tolist() == ["x", "y"]


def test_an_id_says_where_it_stands(put):
    assert "line 4 of" in read_ids(put("a.txt", "id\n1\n\n2\n")).place(1)
    assert "line 3 of" in read_ids(put("b.txt", "x\n\ny\n")).place(1)
    assert "line 5 of" in read_ids(put("c.csv", 'x\n\n  \n""\ny\n')).place(1)


def test_the_format_may_be_told(put):
    assert read_ids(put("wanted", "x\ny\n"), format="csv").ids.tolist() == ["x", "y"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.csv",
            "idd,x\n1,2\n",
            "'idd', 'x', among which there is no id. Is 'idd' meant to be 'id'.*one id a line",
        ),
        ("a.csv", "id\n", "no rows"),
        ("a.csv", "", "is empty"),
        ("a.csv", "id,x\n1,2\n,3\n", "id is blank in line 3 of .*, column 'id'; leave the row out"),
        ("a.jsonl", '{"id": 1.5}\n', "holds float64 values, but ids are strings or integers"),
        ("a.csv", "a\n\n\nb\x00\n", "zero byte in line 4 of"),
        ("a.csv", "a\nb,c\n", "Line 2 of .* has more values"),
    ],
)
def test_faults_are_named_with_their_place(put, name, content, message):
    with pytest.raises(FileContentError, match=message):
        read_ids(put(name, content))
