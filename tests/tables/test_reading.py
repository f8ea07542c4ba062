"""Columns of text and Parquet files: their types, their order, and where a fault lies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varigraph.errors import FileContentError
from varigraph.tables import READABLE_ENDINGS, column_names, read_columns, write_table


def test_columns_come_in_the_order_asked_for(tmp_path):
    (tmp_path / "a.csv").write_text("x,y,z\n1,b,3\n4,e,6\n")
    table = read_columns(tmp_path / "a.csv", ["z", "y"])
    assert list(table.columns) == ["z", "y"]
    assert [column.tolist() for column in table.columns.values()] == [[3, 6], ["b", "e"]]
    assert column_names(tmp_path / "a.csv") == ["x", "y", "z"]
    assert column_names(tmp_path / "a.csv", header=False) == ["1", "2", "3"]


def test_each_column_of_text_has_its_own_type(tmp_path):
    (tmp_path / "a.csv").write_text("whole,zeros,blank,real\n1,01,,1.5\n-2,2,x,2\n")
    columns = read_columns(tmp_path / "a.csv").columns
    assert columns["whole"].dtype == np.int64
    assert columns["zeros"].tolist() == ["01", "2"]
    assert columns["blank"].tolist() == [None, "x"]
    assert columns["real"].tolist() == ["1.5", "2"]


@settings(max_examples=25)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=30))
def test_integers_of_64_bits_are_exact_in_text_and_in_parquet(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("integers")
    for name in ("a.csv", "a.parquet"):
        write_table(folder / name, {"value": values, "other": np.zeros(len(values))})
        column = read_columns(folder / name, ["value"]).columns["value"]
        assert column.dtype == np.int64
        assert column.tolist() == values


def test_the_order_of_many_rows_is_kept(tmp_path):
    values = np.random.default_rng(0).integers(0, 10**9, 300_000)
    for name in ("a.csv", "a.parquet"):
        write_table(tmp_path / name, {"a": values, "b": values})
        assert np.array_equal(read_columns(tmp_path / name).columns["a"], values)


def test_parquet_keeps_its_types_and_blanks(tmp_path):
    write_table(
        tmp_path / "a.parquet",
        {"text": ["007", None, ""], "real": [0.5, np.nan, np.inf], "single": np.float32([1, 2, 3])},
    )
    columns = read_columns(tmp_path / "a.parquet").columns
    assert columns["text"].tolist() == ["007", None, ""]
    assert columns["real"].dtype == np.float64
    assert np.array_equal(columns["real"], [0.5, np.nan, np.inf], equal_nan=True)
    assert columns["single"].dtype == np.float32


def test_a_row_says_where_it_stands_in_the_file(tmp_path):
    (tmp_path / "a.csv").write_text('x,y\n1,2\n\n"two\nlines",4\n5,6\n')
    table = read_columns(tmp_path / "a.csv")
    assert [table.place(row).split()[1] for row in range(3)] == ["2", "4", "6"]
    without_header = read_columns(tmp_path / "a.csv", header=False)
    assert without_header.place(0).startswith("line 1 of")


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_a_missing_column_is_named_with_those_there_are(tmp_path, name):
    write_table(tmp_path / name, {"source": ["a"], "target": ["b"]})
    with pytest.raises(FileContentError, match=r"no column 'Sorce'. Did you mean 'source'.*'target'"):
        read_columns(tmp_path / name, ["Sorce"])


@pytest.mark.parametrize("content", [b"no parquet at all", b"PAR1" + b"\x00" * 40 + b"PAR1"])
def test_a_damaged_parquet_file_is_refused(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(FileContentError, match=r"a.parquet cannot be read as Parquet"):
        read_columns(tmp_path / "a.parquet")


def test_a_parquet_file_without_rows_is_refused(tmp_path):
    write_table(tmp_path / "a.parquet", {"x": np.zeros(0)})
    with pytest.raises(FileContentError, match="no rows"):
        read_columns(tmp_path / "a.parquet")


def test_every_ending_that_is_announced_is_read(tmp_path):
    import gzip

    for ending in READABLE_ENDINGS:
        path = tmp_path / f"a{ending}"
        if ending == ".parquet":
            write_table(path, {"x": [1], "y": [2]})
        else:
            content = b'{"x": 1, "y": 2}\n' if "json" in ending else b"x,y\n1,2\n"
            path.write_bytes(gzip.compress(content, mtime=0) if ending.endswith(".gz") else content)
        assert {name: column.tolist() for name, column in read_columns(path).columns.items()} == {
            "x": [1],
            "y": [2],
        }
