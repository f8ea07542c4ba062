"""The fixed bits are Larochelle and Murray's, whether the texts are packed or not."""

import gzip
import hashlib

import numpy as np
import pytest

from varigraph.datasets import load_rows_dataset
from varigraph.datasets.binarized_mnist import BINARIZED_MNIST_CARD, PACKED_FILES, parse_bits
from varigraph.datasets.download import locate
from varigraph.errors import DatasetUnavailableError, FileContentError

# The sums that the unpacked texts are known by.
MD5 = {
    "train": "db28b1a6ae0fe70cbd3da91acf46e477",
    "valid": "bf37822a04e94123630de6a7dfd9c9ef",
    "test": "14e41ae11040adba6ab8cb291eda0dd8",
}


@pytest.fixture
def published(with_data, monkeypatch):
    monkeypatch.setenv("VARIGRAPH_DATA", str(with_data))
    return with_data / "binarized_mnist"


@pytest.fixture(scope="module")
def rows(with_data):
    return load_rows_dataset("binarized_mnist")


def test_rows_are_those_of_a_naive_reading(rows, published):
    for part, name in (("train", "train"), ("val", "valid"), ("test", "test")):
        with gzip.open(published / f"binarized_mnist_{name}.amat.gz", "rt") as lines:
            head = [[float(one) for one in next(lines).split()] for _ in range(20)]
        np.testing.assert_array_equal(rows.part(part).values[:20], head)
    assert ((rows.values == 0) | (rows.values == 1)).all()


def test_packed_and_plain_texts_have_the_sums_of_the_card(published):
    plain = {one.name: one.sha256 for one in BINARIZED_MNIST_CARD.raw_files}
    for name, packed in PACKED_FILES.items():
        content = gzip.decompress(locate(packed).read_bytes())
        assert hashlib.md5(content).hexdigest() == MD5[name]
        assert hashlib.sha256(content).hexdigest() == plain[f"binarized_mnist_{name}.amat"]


def test_plain_texts_are_read_where_there_are_no_packed_ones(rows, published, tmp_path, monkeypatch):
    folder = tmp_path / "data" / "binarized_mnist"
    folder.mkdir(parents=True)
    for name in MD5:
        packed = published / f"binarized_mnist_{name}.amat.gz"
        (folder / f"binarized_mnist_{name}.amat").write_bytes(gzip.decompress(packed.read_bytes()))
    monkeypatch.setenv("VARIGRAPH_DATA", str(tmp_path / "data"))
    assert load_rows_dataset("binarized_mnist").fingerprint == rows.fingerprint


def test_without_the_files_the_message_says_where_they_are_to_be_had():
    with pytest.raises(DatasetUnavailableError, match=r"https://\S+/binarized_mnist_train.amat"):
        load_rows_dataset("binarized_mnist")


@pytest.mark.parametrize("text", [b"0 1\n1 0", b"0 1\n1 02\n", b"0 1\n1 2\n", b"0 1\n1 /\n"])
def test_text_that_is_no_table_of_bits_is_refused(text):
    with pytest.raises(FileContentError, match=r"bits"):
        parse_bits(text, out=np.empty((2, 2), dtype=np.float32))
