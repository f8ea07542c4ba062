"""Files of foreign folders: regular and inside, or refused with their name."""

import io
import os

import numpy as np
import pytest

from varigraph.errors import FileContentError
from varigraph.untrusted import file_inside, read_array_header, read_json


def test_a_file_of_the_folder_is_given_and_one_that_is_missing_is_for_the_reader_to_miss(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text("x")
    assert file_inside(tmp_path, "deep/a.txt").read_text() == "x"
    assert not file_inside(tmp_path, "missing").exists()


def test_a_link_within_the_folder_is_followed_and_one_out_of_it_is_not(tmp_path):
    (tmp_path / "outside").write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_text("x")
    (folder / "within").symlink_to("a")
    (folder / "out").symlink_to("../outside")
    assert file_inside(folder, "within").read_text() == "x"
    with pytest.raises(FileContentError, match=r"out is a link that leads out of .*folder"):
        file_inside(folder, "out")


def test_a_neighbour_whose_name_begins_alike_is_outside(tmp_path):
    for name in ("run", "run-2"):
        (tmp_path / name).mkdir()
    (tmp_path / "run-2" / "a").write_text("x")
    (tmp_path / "run" / "a").symlink_to(tmp_path / "run-2" / "a")
    with pytest.raises(FileContentError, match="leads out"):
        file_inside(tmp_path / "run", "a")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_folder_or_a_pipe_is_no_file(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(FileContentError, match=f"{name} is a folder or a device"):
            file_inside(tmp_path, name)


@pytest.mark.parametrize("text", ["{", "NaN", "[Infinity]", "1e999", "9" * 5000, "[" * 100_000, "\ud800"])
def test_what_is_no_json_is_refused_by_the_name_of_the_file(tmp_path, text):
    (tmp_path / "a.json").write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(FileContentError, match=r"a\.json cannot be read as JSON: .*\.$"):
        read_json(tmp_path, "a.json")


def test_a_missing_document_is_told(tmp_path):
    with pytest.raises(FileContentError, match=r"There is no file .*a\.json\.$"):
        read_json(tmp_path, "a.json")


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "array", [np.zeros((2, 3)), np.zeros(0, dtype=np.int32), np.asfortranarray(np.ones((4, 5)))]
)
def test_an_array_of_the_length_its_header_states_has_that_shape_and_dtype(array):
    content = npy(array)
    file = io.BytesIO(content)
    assert read_array_header(file, len(content)) == (array.shape, array.dtype)
    assert len(content) - file.tell() == array.nbytes


@pytest.mark.parametrize("change", [-1, 1, 2**40])
def test_an_array_of_another_length_than_its_header_states_is_refused(change):
    content = npy(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"where its header asks for 176"):
        read_array_header(io.BytesIO(content), len(content) + change)
