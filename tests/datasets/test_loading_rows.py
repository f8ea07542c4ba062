"""One door for every source of rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from varigraph.datasets.loading_rows import load_rows
from varigraph.errors import DatasetUnavailableError, FileContentError
from varigraph.rows import binarised

VALUES = np.array([[0.0, 0.25], [0.75, 1.0]])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("mine.npy", VALUES)
    return tmp_path


@pytest.mark.parametrize("name", ["digits", "DIGITS"])
def test_a_name_gives_the_data_set(name):
    assert load_rows(name).values.shape == (1797, 64)


@pytest.mark.parametrize("source", ["mine.npy", "./mine.npy", Path("mine.npy"), VALUES, VALUES.tolist()])
def test_a_file_and_an_object_give_their_rows(folder, source):
    np.testing.assert_array_equal(load_rows(source).values, VALUES)


def test_options_reach_the_reader_of_files_and_of_frames(folder):
    frame = pd.DataFrame({"a": [1.0, 2.0], "kind": [3, 4]})
    frame.to_csv("t.csv", index=False)
    for source in (frame, "t.csv"):
        assert load_rows(source, label_column="kind").labels.tolist() == [3, 4]


def test_a_data_sets_name_wins_over_a_file_and_the_path_is_the_file(folder):
    np.save("digits", VALUES)
    (folder / "digits.npy").rename(folder / "digits")
    assert load_rows("digits").n_rows == 1797
    assert load_rows("./digits", format="npy").n_rows == 2


def test_binarisation_is_done_on_the_way(folder):
    assert load_rows(VALUES, binarise="threshold").values.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    drawn = load_rows("digits", binarise="sampled", seed=4)
    assert drawn.fingerprint == binarised(load_rows("digits"), "sampled", seed=4).fingerprint


def test_a_graph_is_refused_with_the_function_that_loads_it():
    with pytest.raises(DatasetUnavailableError, match=r"karate is a graph .* load_graph\('karate'\)"):
        load_rows("karate")


def test_a_misspelt_name_is_corrected(folder):
    with pytest.raises(
        DatasetUnavailableError, match=r"Did you mean mnist\? The data sets of rows are digits"
    ):
        load_rows("mnits")
    with pytest.raises(DatasetUnavailableError, match=r"Did you mean mine.npy\?"):
        load_rows("mien")


def test_an_option_that_a_data_set_does_not_have_is_refused():
    with pytest.raises(TypeError, match=r"digits is a data set and has no option header"):
        load_rows("digits", header=False)


def test_a_folder_without_images_is_refused(folder):
    (folder / "empty").mkdir()
    with pytest.raises(FileContentError, match=r"holds no image"):
        load_rows("empty/")
