"""Tables of every format give the same rows, and a fault is named with its line and column."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest

from varigraph.errors import FileContentError
from varigraph.rows import read_rows_file

TEXT = "id,width,height,class\nal,1.5,2,x\nbo,3,4,y\ncy,5,6.25,x\n"
VALUES = [[1.5, 2.0], [3.0, 4.0], [5.0, 6.25]]


@pytest.fixture
def table(tmp_path):
    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def written(folder, ending):
    frame = pd.DataFrame(
        {"id": ["al", "bo", "cy"], "width": [1.5, 3.0, 5.0], "height": [2, 4, 6.25], "class": ["x", "y", "x"]}
    )
    path = folder / f"t.{ending}"
    if ending == "parquet":
        frame.to_parquet(path)
    elif ending == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in frame.to_dict("records")))
    else:
        text = TEXT.replace(",", "\t") if ending.startswith("tsv") else TEXT
        path.write_bytes(gzip.compress(text.encode()) if ending.endswith("gz") else text.encode())
    return path


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "parquet", "jsonl"])
def test_every_format_gives_the_same_rows(tmp_path, ending):
    rows = read_rows_file(written(tmp_path, ending))
    assert rows.values.tolist() == VALUES
    assert (rows.ids.tolist(), rows.labels.tolist()) == (["al", "bo", "cy"], ["x", "y", "x"])
    assert (rows.feature_names, rows.name) == (("width", "height"), "t")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("tall", r"line 3 of .*t.csv, column 'b', is 'tall', which is no finite number"),
        ("", r"line 3 of .*t.csv, column 'b', is blank"),
        ("nan", r"line 3 of .*t.csv, column 'b', is 'nan'"),
        ("inf", r"line 3 of .*t.csv, column 'b', is 'inf'"),
        ("1_000", r"line 3 of .*t.csv, column 'b', is '1_000'"),
    ],
)
def test_a_value_that_is_no_number_is_named_with_line_and_column(table, value, message):
    with pytest.raises(FileContentError, match=message):
        read_rows_file(table(f"a,b\n1,2\n3,{value}\n5,6\n"))


def test_a_column_of_text_says_what_it_might_be(table):
    with pytest.raises(FileContentError, match=r"line 2 .* 'b', is 'cat', .*no number in the whole column"):
        read_rows_file(table("a,b\n1,cat\n3,dog\n"))


@pytest.mark.parametrize("text", ["a,b\nx,y\nz,w\n", "id,label\n1,2\n"])
def test_a_table_without_a_column_of_numbers_is_refused(table, text):
    with pytest.raises(FileContentError, match=r"no column of numbers"):
        read_rows_file(table(text))


def test_a_table_with_names_but_no_rows_is_refused(table):
    with pytest.raises(FileContentError, match=r"column names but no rows"):
        read_rows_file(table("a,b\n"))


def test_a_first_line_of_numbers_is_no_header_unless_it_counts_the_columns(table):
    path = table("0.5,0.25\n1,2\n")
    with pytest.raises(FileContentError, match=r"looks like data.*header=False"):
        read_rows_file(path)
    assert read_rows_file(path, header=False).values.tolist() == [[0.5, 0.25], [1.0, 2.0]]
    assert read_rows_file(table("0,1\n0.5,0.25\n")).values.tolist() == [[0.5, 0.25]]


def test_the_index_that_pandas_writes_is_no_feature(tmp_path):
    pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=[7, 9]).to_csv(tmp_path / "t.csv")
    rows = read_rows_file(tmp_path / "t.csv")
    assert (rows.ids.tolist(), rows.feature_names) == ([7, 9], ("a", "b"))


def test_columns_that_are_named_are_taken(table):
    path = table("who,a,b,kind\nal,1,2,x\nbo,3,4,y\n")
    rows = read_rows_file(path, id_column="who", label_column="kind", columns=["b"])
    assert (rows.values.tolist(), rows.ids.tolist(), rows.labels.tolist()) == (
        [[2.0], [4.0]],
        ["al", "bo"],
        ["x", "y"],
    )
    with pytest.raises(FileContentError, match=r"has no column 'c'"):
        read_rows_file(path, columns=["c"])


def test_rows_of_a_table_may_be_images(table):
    rows = read_rows_file(table("label,p,q,r,s\n5,0,1,2,3\n6,4,5,6,7\n"), image_shape=(2, 2))
    assert (rows.image_shape, rows.labels.tolist()) == ((2, 2), [5, 6])


def test_numbers_written_by_python_come_back_to_the_last_bit(tmp_path):
    values = np.random.default_rng(0).normal(size=(50, 3)) * 10.0 ** np.arange(-3, 6, 3)
    pd.DataFrame(values, columns=list("abc")).to_csv(tmp_path / "t.csv", index=False)
    np.testing.assert_array_equal(read_rows_file(tmp_path / "t.csv").values, values)


@pytest.mark.parametrize("text", ["a,b\n1,True\n2,False\n", "a,b\n1,2\n2,false\n"])
def test_true_and_false_are_to_be_written_as_1_and_0(table, text):
    with pytest.raises(FileContentError, match=r"column 'b', is '(True|false)'; write 1 for true and 0 for"):
        read_rows_file(table(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,x\n2,3\n", r"\(1 of 4 values is no finite number, in 1 column\)"),
        ("a,b\n1,x\ny,3\n", r"\(2 of 4 values are no finite numbers, in 2 columns\)"),
    ],
)
def test_faults_are_counted_in_grammatical_words(table, text, words):
    with pytest.raises(FileContentError, match=words):
        read_rows_file(table(text))
