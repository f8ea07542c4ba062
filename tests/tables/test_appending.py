"""The user's table comes back as it was, with new columns at its right."""

import csv
import datetime as dt
import gzip
import io
import json
from decimal import Decimal

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varigraph.errors import DataError, FileContentError
from varigraph.tables import append_columns, read_columns, write_table

SCORES = {"probability": np.array([0.5, np.nan]), "rank": [1, 2]}
CSV = 'code,price,"na,me",when,ok,\n007,1.50,"x, ""y""\nz",2024-01-02,true,0\n b ,,"",,FALSE,-0\n'
fields = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=5)


def text(path):
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()


def test_text_comes_back_letter_by_letter(put, tmp_path):
    append_columns(put("a.csv", CSV), tmp_path / "b.csv", SCORES)
    assert text(tmp_path / "b.csv") == (
        'code,price,"na,me",when,ok,,probability,rank\n'
        '007,1.50,"x, ""y""\nz",2024-01-02,true,0,0.5,1\n b ,,,,FALSE,-0,,2\n'
    )


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".csv.gz", ".tsv.gz"])
@settings(max_examples=12)
@given(rows=st.lists(st.lists(fields, min_size=2, max_size=2), min_size=1, max_size=9))
def test_every_field_and_the_order_of_rows_are_kept(tmp_path_factory, ending, rows):
    folder = tmp_path_factory.mktemp("fields")
    rows = [[f"r{at}", *row] for at, row in enumerate(rows)]
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["id", "", "x"], *rows])
    numbers = np.arange(len(rows)) / 7
    append_columns(folder / "a.csv", folder / f"b{ending}", {"p": numbers})
    written = text(folder / f"b{ending}")
    taken = list(csv.reader(io.StringIO(written, newline=""), delimiter="\t" if "tsv" in ending else ","))
    assert taken[0] == ["id", "", "x", "p"]
    assert [row[:3] for row in taken[1:]] == rows
    assert [float(row[3]) for row in taken[1:]] == numbers.tolist()


def test_many_rows_keep_their_order(put, tmp_path):
    ids = np.random.default_rng(0).permutation(300_000)
    write_table(tmp_path / "a.csv", {"id": ids, "z": ids})
    for name in ("b.csv", "b.parquet", "b.jsonl"):
        append_columns(tmp_path / "a.csv", tmp_path / name, {"p": ids * 2})
        columns = read_columns(tmp_path / name).columns
        assert np.array_equal(columns["id"], ids)
        assert np.array_equal(columns["p"], ids * 2)


def test_from_text_to_types_integers_are_those_that_give_back_the_text(put, tmp_path):
    path = put("a.csv", "a,b,c,d\n1,007,1.50,\n2,8, x ,5\n")
    for name in ("b.parquet", "b.jsonl"):
        append_columns(path, tmp_path / name, SCORES)
        columns = {key: one.tolist() for key, one in read_columns(tmp_path / name).columns.items()}
        assert (columns["a"], columns["b"], columns["c"]) == ([1, 2], ["007", "8"], ["1.50", " x "])
        assert columns["d"] == [None, "5"]
        assert columns["rank"] == [1, 2]


def test_parquet_keeps_its_types_and_values(tmp_path):
    source, output = str(tmp_path / "a.parquet"), str(tmp_path / "b.parquet")
    values = (
        "('007', 1.50::DECIMAL(6,2), DATE '2024-01-02', TIMESTAMP '2024-01-02 03:04:05.000006', [1, 2], "
        "5::UTINYINT)"
    )
    duckdb.sql(
        f"COPY (SELECT * FROM (VALUES {values}, (NULL, NULL, NULL, NULL, NULL, NULL)) t(a, b, c, d, e, f)) "
        f"TO '{source}'"
    )
    append_columns(source, output, SCORES)
    before = duckdb.sql(f"DESCRIBE FROM '{source}'").fetchall()
    after = duckdb.sql(f"DESCRIBE FROM '{output}'").fetchall()
    assert after[: len(before)] == before
    assert [row[:2] for row in after[len(before) :]] == [("probability", "DOUBLE"), ("rank", "BIGINT")]
    first, second = duckdb.sql(f"FROM '{output}'").fetchall()
    when = dt.datetime(2024, 1, 2, 3, 4, 5, 6)
    assert first == ("007", Decimal("1.50"), dt.date(2024, 1, 2), when, [1, 2], 5, 0.5, 1)
    assert second == (None,) * 7 + (2,)


def test_json_lines_keep_nested_values_and_have_null_for_a_missing_key(put, tmp_path):
    rows = [{"a": "007", "b": 1.5, "c": [1, {"x": "é"}], "d": None, "e": True}, {"b": 2, "a": 7}]
    path = put("a.jsonl", "\n\n".join(json.dumps(row) for row in rows))
    append_columns(path, tmp_path / "b.jsonl", SCORES)
    taken = [json.loads(line) for line in text(tmp_path / "b.jsonl").splitlines()]
    assert taken[0] == {**rows[0], "probability": 0.5, "rank": 1}
    assert taken[1] == {"a": 7, "b": 2, "c": None, "d": None, "e": None, "probability": None, "rank": 2}
    append_columns(path, tmp_path / "b.csv", SCORES)
    assert text(tmp_path / "b.csv").splitlines()[2] == "7,2,,,,,2"


def test_infinities_of_the_source_are_null_in_json(tmp_path):
    write_table(tmp_path / "a.parquet", {"x": [np.inf, 1.5]})
    append_columns(tmp_path / "a.parquet", tmp_path / "b.jsonl", SCORES)
    assert [json.loads(line)["x"] for line in text(tmp_path / "b.jsonl").splitlines()] == [None, 1.5]


def test_a_table_without_a_header_stays_one(put, tmp_path):
    path = put("a.csv", "1,2\n3,4\n")
    append_columns(path, tmp_path / "b.csv", SCORES, header=False)
    assert text(tmp_path / "b.csv") == "1,2,0.5,1\n3,4,,2\n"
    append_columns(path, tmp_path / "b.jsonl", SCORES, header=False)
    assert json.loads(text(tmp_path / "b.jsonl").splitlines()[1]) == {
        "1": 3,
        "2": 4,
        "probability": None,
        "rank": 2,
    }


def test_blank_separated_lists_and_told_formats_are_sources_too(put, tmp_path):
    append_columns(put("a.edges", "# x\n1  2\n\n3 4\n"), tmp_path / "b.csv", SCORES, header=False)
    assert text(tmp_path / "b.csv") == "1,2,0.5,1\n3,4,,2\n"
    append_columns(put("a.dat", "u;v\n1;2\n3;4\n"), tmp_path / "b.tsv", SCORES, format="csv")
    assert text(tmp_path / "b.tsv").splitlines()[1] == "1\t2\t0.5\t1"


def test_columns_of_one_name_and_without_name_pass_through_text(put, tmp_path):
    path = put("a.csv", ",x,x\n0,3,4\n1,5,6\n")
    append_columns(path, tmp_path / "b.csv", SCORES)
    assert text(tmp_path / "b.csv").splitlines()[:2] == [",x,x,probability,rank", "0,3,4,0.5,1"]
    with pytest.raises(FileContentError, match="several columns called 'x', which only CSV and TSV can hold"):
        append_columns(path, tmp_path / "b.parquet", SCORES)
    append_columns(put("c.csv", ",x\n0,3\n1,5\n"), tmp_path / "c.jsonl", SCORES)
    assert json.loads(text(tmp_path / "c.jsonl").splitlines()[0])["1"] == 0


def test_a_table_may_be_replaced_by_itself_with_more_columns(put, tmp_path):
    path = put("a.csv", "x\n3\n4\n")
    append_columns(path, path, SCORES)
    assert text(path) == "x,probability,rank\n3,0.5,1\n4,,2\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_a_table_without_rows_gets_its_columns(put, tmp_path):
    append_columns(put("a.csv", "u,v\n"), tmp_path / "b.csv", {"p": np.zeros(0)})
    assert text(tmp_path / "b.csv") == "u,v,p\n"


@pytest.mark.parametrize(
    ("content", "output", "columns", "message"),
    [
        ("x,Rank\n1,2\n3,4\n", "b.csv", SCORES, "has a column 'Rank' already; rename it"),
        ("x,y\n1,2\n", "b.csv", SCORES, "has 1 rows, but the new column 'probability' has 2 values"),
        ("x,y\n1,2\n3,4\n", "b.xlsx", SCORES, "none of the endings"),
        ("x,y\n1,2\n3\n", "b.csv", SCORES, "Line 3 of .* fewer values"),
        ("", "b.csv", SCORES, "is empty"),
        ("x,y\n1,2\n3,4\n", "b.csv", {"z": np.array([None, {}], dtype=object)}, "Row 1 of the column 'z'"),
    ],
)
def test_what_cannot_be_done_is_refused_and_the_old_file_stays(
    put, tmp_path, content, output, columns, message
):
    path, old = put("a.csv", content), put(output, "old")
    with pytest.raises(DataError, match=message):
        append_columns(path, old, columns)
    assert old.read_text() == "old"
    assert {one.name for one in tmp_path.iterdir()} == {"a.csv", output}


@pytest.mark.parametrize("name", ["b.csv", "b.parquet"])
def test_a_write_that_fails_leaves_nothing_behind(put, tmp_path, monkeypatch, name):
    path, old = put("a.csv", "x\n1\n2\n"), put(name, "old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("varigraph.tables.appending.copy_rows", fail)
    with pytest.raises(OSError, match="No space left"):
        append_columns(path, old, SCORES)
    assert old.read_text() == "old"
    assert {one.name for one in tmp_path.iterdir()} == {"a.csv", name}
