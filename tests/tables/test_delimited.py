"""Delimited text at its edges: damaged, oddly encoded, oddly quoted; and numbers read without Python."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varigraph.errors import FileContentError
from varigraph.tables import EdgeNames, read_columns, read_edge_columns

cells = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=6)


@settings(max_examples=20)
@given(
    rows=st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8), separator=st.sampled_from(",;\t")
)
def test_any_text_in_quotation_marks_comes_back(tmp_path_factory, rows, separator):
    path = tmp_path_factory.mktemp("cells") / "a.csv"
    lines = [separator.join('"{}"'.format(one.replace('"', '""')) for one in row) for row in rows]
    path.write_text("\n".join([f"a{separator}b{separator}c", *lines]), encoding="utf-8", newline="")
    columns = read_columns(path).columns
    for name, column in zip("abc", zip(*rows, strict=True), strict=True):
        assert list(map(str, columns[name].tolist())) == list(column)


@pytest.mark.parametrize(
    ("values", "is_integer"),
    [
        (["1", "-2", "0"], True),
        (["1", "007"], False),
        (["1", "+7"], False),
        (["1", "-0"], False),
        (["1", "1.0"], False),
        (["1", "1e3"], False),
        (["1", "1_000"], False),
        (["1", "9223372036854775807"], True),
        (["1", "9223372036854775808"], False),
        (["1", "-9223372036854775808"], True),
        (["1", "٣"], False),
    ],
)
def test_integers_are_only_those_that_give_back_the_same_text(put, values, is_integer):
    column = read_columns(put("a.csv", "x,y\n" + "".join(f"{one},\n" for one in values))).columns["x"]
    assert (column.dtype == np.int64) == is_integer
    assert list(map(str, column.tolist())) == values


def test_an_integer_column_of_many_rows_may_turn_to_text_at_the_last(put):
    path = put("a.csv", "x,y\n" + "1,1\n" * 5000 + "a, 2\n")
    columns = read_columns(path).columns
    assert columns["x"].tolist()[-2:] == ["1", "a"]
    assert columns["y"].dtype == np.int64
    assert columns["y"][-1] == 2


def test_weights_are_exact_whatever_the_way_they_are_written(put):
    written = ["1", "0.1", "1e-300", " 2.5", "+3", ".5", "5.", "1E5", "0.30000000000000004"]
    path = put("a.csv", "u,v,w\n" + "".join(f"{at},x,{one}\n" for at, one in enumerate(written)))
    assert read_edge_columns(path).weights.tolist() == [float(one) for one in written]


def test_a_column_of_weights_is_passed_over_on_request(put):
    path = put("a.csv", "u,v,w\n1,2,heavy\n")
    assert read_edge_columns(path, EdgeNames(use_weights=False)).weights is None
    assert read_edge_columns(path, EdgeNames("u", "v", "w", use_weights=False)).weights is None
    bare = put("b.csv", "1,2,x\n")
    assert read_edge_columns(bare, EdgeNames(use_weights=False), header=False).weights is None


def test_a_row_of_an_edge_table_says_where_it_stands(put):
    assert "line 5 of" in read_edge_columns(put("a.csv", 'u,v\n\n"a\nb",c\nd,e\n')).place(1)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"u,v\na,b\nc\x00,d\n", "zero byte in line 3 of .*, column 'u'; remove it"),
        (b"u,v\na,b\n\nc,d,e\n", "Line 4 of .* more values than the first line .2 there"),
        (b"\xef\xbb\xbfu,v\na,b\nc\n", "Line 3 of .* fewer values"),
        (b"u,v\r\na,b\r\n\xff,d\r\n", "Line 3 of .* is not UTF-8"),
        (b'u,v\na,"b"c\n', "Line 2 of .* quotation mark"),
        (b"u,v\r\na,b\nc,d\r\n", "lines end in different ways.*save it anew"),
        (gzip.compress(b"u,v\n" + b"a,b\n" * 9000, mtime=0)[:-30], "cannot be (read as a table|unpacked)"),
        (gzip.compress(b"u,v\n", mtime=0)[:8], "cannot be unpacked: .*cut off"),
        (b"\x1f\x8b", "cannot be unpacked"),
    ],
)
def test_damaged_text_is_refused_with_its_line(put, content, line):
    with pytest.raises(FileContentError, match=f"(?s){line}"):
        read_edge_columns(put("a.csv", content))


def test_a_field_longer_than_pythons_reader_takes_still_has_a_place(put):
    path = put("a.csv", f"u,v,w\n{'a' * 200_000},b,1\nc,d,-1\n")
    with pytest.raises(FileContentError, match=r"weight in row 2 of .*a\.csv, column 'w', is -1"):
        read_edge_columns(path)


def test_a_header_may_hold_line_ends_in_quotation_marks(put):
    table = read_columns(put("a.csv", '"first\nname",b\n1,2\n'))
    assert list(table.columns) == ["first\nname", "b"]
    assert [column.tolist() for column in table.columns.values()] == [[1], [2]]
    assert "line 3 of" in table.place(0)
