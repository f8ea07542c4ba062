"""An ending or a folder says what holds the rows, and an option without effect is refused."""

import pytest

from varigraph.errors import FileContentError
from varigraph.rows import read_rows_file
from varigraph.rows.files import rows_format


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.CSV", "csv"),
        ("a.tsv.gz", "tsv"),
        ("a.ndjson", "jsonl"),
        ("a.NPZ", "npz"),
        ("a.parquet", "parquet"),
    ],
)
def test_the_ending_in_any_case_names_the_format(name, expected):
    assert rows_format(name) == expected


def test_a_folder_is_one_of_images_and_what_is_told_wins(tmp_path):
    assert rows_format(tmp_path) == "images"
    assert rows_format("a.npy", "csv") == "csv"


def test_an_unknown_ending_and_an_unknown_format_are_refused():
    with pytest.raises(FileContentError, match=r"photo.png has none of the endings .* folder of images"):
        rows_format("photo.png")
    with pytest.raises(ValueError, match=r"format='xls' is not known"):
        rows_format("a.csv", "xls")


@pytest.mark.parametrize(
    ("name", "option", "message"),
    [
        ("a.npy", {"columns": ["a"]}, r"no option columns, read as npy; there are image_shape"),
        ("a.parquet", {"header": False}, r"no option header, read as parquet"),
        ("a.csv", {"array": "x"}, r"no option array, read as csv"),
        (".", {"label_column": "x"}, r"no option label_column, read as images; there are none"),
    ],
)
def test_an_option_without_effect_is_refused(tmp_path, name, option, message):
    path = tmp_path / name
    if name != ".":
        path.write_bytes(b"x")
    with pytest.raises(TypeError, match=message):
        read_rows_file(path, **option)


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.csv", "a.parquet", "a.jsonl"])
def test_a_file_that_is_missing_or_empty_is_named(tmp_path, name):
    with pytest.raises(FileContentError, match=rf"There is no file .*{name}"):
        read_rows_file(tmp_path / name)
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(FileContentError, match=rf"{name} is empty"):
        read_rows_file(tmp_path / name)


def test_a_file_told_to_be_a_folder_of_images_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    with pytest.raises(FileContentError, match=r"a.csv is no folder"):
        read_rows_file(tmp_path / "a.csv", format="images")
