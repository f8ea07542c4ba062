"""A file is what its ending or the user says, and what is no file at all is refused in a sentence."""

import gzip
import os
from pathlib import Path

import pytest

from varigraph.errors import FileContentError
from varigraph.tables import column_names, read_columns, read_edge_columns, write_table

JSON_ROW = b'{"source": 1, "target": 2}\n'
CSV_ROWS = b"source,target\n1,2\n"


@pytest.mark.parametrize(
    ("name", "format", "content"),
    [
        ("a.dat", "csv", CSV_ROWS),
        ("a.csv", "tsv", CSV_ROWS.replace(b",", b"\t")),
        ("a", "jsonl", JSON_ROW),
        ("a.csv", "jsonl", JSON_ROW),
        ("a.bin", "csv", gzip.compress(CSV_ROWS, mtime=0)),
        ("a.json.gz", "jsonl", gzip.compress(JSON_ROW, mtime=0)),
    ],
)
def test_a_format_that_is_told_goes_before_the_ending(put, name, format, content):
    edges = read_edge_columns(put(name, content), format=format)
    assert (edges.source.tolist(), edges.target.tolist()) == ([1], [2])


def test_parquet_may_be_told_too(tmp_path):
    write_table(tmp_path / "a.parquet", {"source": [1], "target": [2]})
    path = (tmp_path / "a.parquet").rename(tmp_path / "a.bin")
    assert column_names(path, format="parquet") == ["source", "target"]


def test_under_tsv_a_comma_is_part_of_a_value_and_under_csv_a_tab(put):
    path = put("a.dat", "a,b\tc\n1,2\t3\n")
    assert column_names(path, format="tsv") == ["a,b", "c"]
    assert column_names(path, format="csv") == ["a", "b\tc"]


def test_an_unknown_ending_is_refused_with_those_there_are_and_with_the_option(put):
    with pytest.raises(
        FileContentError, match=r"a\.xlsx has none .*\.csv.*\.jsonl.*format= \(--format\): csv"
    ):
        read_columns(put("a.xlsx", CSV_ROWS))


def test_a_format_that_does_not_exist_is_refused_with_those_that_do(put):
    with pytest.raises(
        FileContentError, match="format='json' is not known; tables are csv, tsv, parquet, jsonl"
    ):
        read_columns(put("a.csv", CSV_ROWS), format="json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04...", "a spreadsheet; unpack it, or save the sheet as CSV"),
        (b"PAR1....", r"is a Parquet file; .*\.parquet, or say --format parquet"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\x00", "xz; unpack it"),
        (b"\x28\xb5\x2f\xfd..", "zstd"),
        (b"\x89HDF\r\n", "HDF5"),
        ("source,target\n1,2\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
        (JSON_ROW.replace(b" ", b""), r"looks like JSON; .*--format jsonl"),
    ],
)
def test_what_is_no_delimited_text_is_named_for_what_it_is(put, content, message):
    with pytest.raises(FileContentError, match=message):
        read_columns(put("a.csv", content))


def test_a_missing_file_is_named_with_the_one_probably_meant(put):
    path = put("edges.csv", CSV_ROWS)
    with pytest.raises(
        FileContentError, match=r"There is no file .*edgse\.csv\. Did you mean .*edges\.csv\?"
    ):
        read_columns(path.with_name("edgse.csv"))
    with pytest.raises(FileContentError, match=r"There is no file .*other\.parquet\.$"):
        read_columns(path.with_name("other.parquet"))


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "edges.csv")
    with pytest.raises(FileContentError, match=r"no regular file; use - \(standard input\)"):
        read_columns(tmp_path / "edges.csv")


@pytest.mark.parametrize("name", ["edges.csv", "edges.jsonl", "edges.parquet"])
def test_a_file_that_may_not_be_read_is_refused_with_the_reason(put, monkeypatch, name):
    path = put(name, CSV_ROWS)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FileContentError, match=rf"{name} cannot be opened: Permission denied"):
        read_columns(path)


def test_a_name_with_a_zero_byte_is_refused():
    with pytest.raises(FileContentError, match=r"no file|cannot be opened"):
        read_columns("a\x00.csv")
