"""What is written is what is read again, in every format; a failed write leaves the old file."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varigraph.errors import DataError
from varigraph.tables import WRITABLE_ENDINGS, read_columns, write_table

COLUMNS = {
    "source": np.array(["007", 'say "hi"', "Köln, am Rhein", "two\nlines"], dtype=object),
    "rank": np.arange(4),
    "probability": np.array([0.1, 1 / 3, 1e-300, 1.0]),
    "logit": np.array([0.1, 0.2, 0.3, 0.4], dtype=np.float32),
    "is_edge": np.array([True, False, True, True]),
}
floats = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("ending", [one for one in WRITABLE_ENDINGS if one != ".jsonl"])
def test_strings_and_integers_come_back_from_every_format(tmp_path, ending):
    write_table(tmp_path / f"a{ending}", COLUMNS)
    read = read_columns(tmp_path / f"a{ending}", ["source", "rank"]).columns
    assert read["source"].tolist() == COLUMNS["source"].tolist()
    assert read["rank"].tolist() == [0, 1, 2, 3]


def test_json_lines_hold_one_object_a_row(tmp_path):
    write_table(tmp_path / "a.jsonl", COLUMNS)
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["source"] for row in rows] == COLUMNS["source"].tolist()
    assert [row["probability"] for row in rows] == COLUMNS["probability"].tolist()
    assert [row["is_edge"] for row in rows] == [True, False, True, True]


def test_json_lines_have_null_for_what_json_does_not_have(tmp_path):
    write_table(tmp_path / "a.jsonl", {"x": [np.nan, np.inf, -np.inf, 1.5], "name": [None, "a", "", "b"]})
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [row["x"] for row in rows] == [None, None, None, 1.5]
    assert [row["name"] for row in rows] == [None, "a", "", "b"]


@settings(max_examples=20)
@given(st.lists(floats, min_size=1, max_size=20))
def test_floats_are_exact_in_text_and_in_parquet(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("floats")
    for ending in (".csv", ".parquet"):
        write_table(folder / f"a{ending}", {"x": values, "y": values})
        read = read_columns(folder / f"a{ending}", ["x"]).columns["x"]
        assert [float(one) for one in read.tolist()] == values


def test_a_table_without_rows_keeps_its_header_and_types(tmp_path):
    empty = {"id": np.array([], dtype=object), "x": np.array([], dtype=np.float32)}
    for ending in WRITABLE_ENDINGS:
        write_table(tmp_path / f"a{ending}", empty)
    assert (tmp_path / "a.csv").read_text() == "id,x\n"
    assert gzip.decompress((tmp_path / "a.tsv.gz").read_bytes()) == b"id\tx\n"


def test_a_column_of_blanks_only_is_a_column_of_text(tmp_path):
    write_table(tmp_path / "a.parquet", {"name": [None, None], "x": [1, 2]})
    assert read_columns(tmp_path / "a.parquet", ["name"]).columns["name"].tolist() == [None, None]


def test_names_of_columns_and_files_may_hold_quotation_marks(tmp_path):
    path = tmp_path / 'it\'s "this" [1]*.parquet'
    write_table(path, {'say "hi"': [1], "it's": [2], "SELECT": [3]})
    assert list(read_columns(path).columns) == ['say "hi"', "it's", "SELECT"]


def test_many_columns_are_written_in_their_order(tmp_path):
    columns = {f"z{number}": np.full(3, number, dtype=np.float32) for number in range(200)}
    write_table(tmp_path / "a.parquet", columns)
    read = read_columns(tmp_path / "a.parquet").columns
    assert list(read) == list(columns)
    assert [column[0] for column in read.values()] == list(range(200))


@pytest.mark.parametrize(
    ("name", "columns", "message"),
    [
        ("a.xlsx", {"x": [1]}, "none of the endings .csv"),
        ("a.csv", {}, "no columns"),
        ("a.csv", {"x": [1, 2], "y": [1]}, "different lengths: {'x': 2, 'y': 1}"),
        ("a.csv", {"x": np.ones((2, 2))}, r"'x' must have one axis, got shape \(2, 2\)"),
        (
            "a.csv",
            {"x": np.array(["a", (1, 2)], dtype=object)},
            r"Row 1 of the column 'x' is \(1, 2\), a tuple",
        ),
        ("a.csv", {"x": np.array([1j])}, "a complex"),
    ],
)
def test_what_is_no_table_is_refused_and_the_old_file_stays(tmp_path, name, columns, message):
    (tmp_path / name).write_text("old")
    with pytest.raises(DataError, match=message):
        write_table(tmp_path / name, columns)
    assert (tmp_path / name).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == [name]
