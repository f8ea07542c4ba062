"""MNIST is the published one, read as its format says, in little time and memory."""

import gzip
import hashlib
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from varigraph.datasets import card, load_rows_dataset
from varigraph.datasets.mnist import parse_idx
from varigraph.errors import DatasetUnavailableError, FileContentError

# The sums that the authors' files are known by.
MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}


@pytest.fixture
def published(with_data, monkeypatch):
    monkeypatch.setenv("VARIGRAPH_DATA", str(with_data))
    return with_data / "mnist"


@pytest.fixture(scope="module")
def rows(with_data):
    return load_rows_dataset("mnist")


def idx(shape, content, *, kind=8, zeros=0):
    return gzip.compress(struct.pack(f">HBB{len(shape)}I", zeros, kind, len(shape), *shape) + content)


def test_pixels_and_labels_are_those_of_a_naive_reading(rows, published):
    for part, prefix in (("train", "train"), ("test", "t10k")):
        taken = rows.part(part)
        with gzip.open(published / f"{prefix}-labels-idx1-ubyte.gz") as file:
            assert taken.labels.tolist() == list(file.read()[8:])
        with gzip.open(published / f"{prefix}-images-idx3-ubyte.gz") as file:
            file.seek(16 + 784 * 1234)
            pixels = list(file.read(784))
        np.testing.assert_array_equal(
            taken.values[1234], np.array(pixels, dtype=np.float32) / np.float32(255)
        )


def test_the_raw_files_have_the_published_sums(published):
    assert {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in published.iterdir()} == MD5
    assert {one.name for one in card("mnist").raw_files} == MD5.keys()


def test_the_mean_pixel_is_the_published_one(rows):
    values = rows.part("train").values
    # 0.1307 and 0.3081 are what everybody normalises MNIST by.
    mean, mean_square = (one.mean(dtype=np.float64) for one in (values, values**2))
    assert mean == pytest.approx(0.1307, abs=5e-5)
    assert np.sqrt(mean_square - mean**2) == pytest.approx(0.3081, abs=5e-5)


def test_even_and_odd_rows_differ_as_the_card_says(rows):
    means = [rows.part("train").values[start::2].mean(dtype=np.float64) for start in (0, 1)]
    assert [round(one, 3) for one in means] == [0.123, 0.139]
    assert "0.123 and 0.139" in card("mnist").notes


def test_a_file_of_another_sum_is_never_opened(published, tmp_path, monkeypatch):
    shutil.copytree(published, tmp_path / "mnist")
    path = tmp_path / "mnist" / "t10k-labels-idx1-ubyte.gz"
    path.chmod(0o644)
    path.write_bytes(idx((10000,), bytes(10000)))
    monkeypatch.setenv("VARIGRAPH_DATA", str(tmp_path))
    with pytest.raises(FileContentError, match=r"is not the t10k-labels-idx1-ubyte.gz that was published"):
        load_rows_dataset("mnist")


def test_without_the_files_the_message_says_where_they_are_to_be_had():
    with pytest.raises(DatasetUnavailableError, match=r"https://\S+/mnist/train-images-idx3-ubyte.gz"):
        load_rows_dataset("mnist")


def test_loading_keeps_no_second_copy_in_memory(published):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from peak_memory import peak_bytes;"
        "import varigraph.datasets as d, varigraph.rows;"
        "before = peak_bytes(); rows = d.load_rows_dataset('mnist');"
        "print((peak_bytes() - before) / rows.values.nbytes)"
    )
    tests = str(Path(__file__).parents[1])
    done = subprocess.run([sys.executable, "-c", code, tests], check=True, capture_output=True, text=True)
    assert float(done.stdout) > 0.9  # or it measured something else
    # The values themselves, and for a while a quarter of them as bytes.
    assert float(done.stdout) < 1.5


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b""),
        gzip.compress(b"\0\0\x08"),
        idx((2, 2), bytes(4), kind=13),
        idx((2, 2), bytes(4), zeros=1),
        idx((2, 2), bytes(3)),
        idx((2, 2), bytes(5)),
        idx((2**31, 2**31), bytes(4)),
        gzip.compress(b"\0\0\x08\x03\0\0\0\x01"),
    ],
    # Not the bytes: gzip writes the time into them, and then two workers collect tests of other names.
    ids=[
        "nothing",
        "half a magic number",
        "kind",
        "zeros",
        "a byte too few",
        "a byte too many",
        "huge",
        "cut shape",
    ],
)
def test_what_is_no_idx_file_of_bytes_is_refused(packed):
    with pytest.raises(FileContentError, match=r"IDX file"):
        parse_idx(packed)


def test_an_idx_file_has_the_shape_its_header_states():
    parsed = parse_idx(idx((2, 3, 4), bytes(range(24))))
    assert parsed.tolist() == np.arange(24).reshape(2, 3, 4).tolist()
