"""The faces are the published frames, scaled; without the file the message says how to make it."""

import numpy as np
import pytest

from varigraph.datasets import load_rows_dataset
from varigraph.errors import DatasetUnavailableError


def test_values_are_the_files_pixels_over_255(with_data, monkeypatch):
    monkeypatch.setenv("VARIGRAPH_DATA", str(with_data))
    rows = load_rows_dataset("frey_faces")
    pixels = np.load(with_data / "frey_faces" / "frey_faces.npy")
    np.testing.assert_array_equal(np.rint(rows.values * 255), pixels)
    assert (rows.values.dtype, rows.image_shape) == (np.float32, (28, 20))


def test_the_message_says_how_the_file_is_made():
    with pytest.raises(DatasetUnavailableError, match=r"frey_faces.npy  from numpy.save\('frey_faces.npy'"):
        load_rows_dataset("frey_faces")
