"""MNIST with the fixed bits of Larochelle and Murray, on which likelihoods of images are compared."""

from __future__ import annotations

import gzip

import numpy as np

from varigraph.datasets.card import DatasetCard, RawFile
from varigraph.datasets.download import find, read_verified
from varigraph.errors import FileContentError
from varigraph.rows import Rows
from varigraph.tensor_types import FloatArray

__all__ = ["BINARIZED_MNIST_CARD", "PACKED_FILES", "load_binarized_mnist", "parse_bits"]

# The first address of these files is gone; this copy of them stands at a fixed commit.
_SOURCE = "https://github.com/mingzhang-yin/ARM-gradient"
_COMMIT = "bac893cfcec486bbd00b755b12cf8402053b0e84"
_PARTS = {"train": ("train", 50000), "val": ("valid", 10000), "test": ("test", 10000)}
_SHA256 = {
    "train": "ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d",
    "valid": "1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2",
    "test": "e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c",
}
_PACKED_SHA256 = {
    "train": "af247bd6075cf9adc4715459dcd5f13eaa99a2c92d8d81379a05da94770b6c0e",
    "valid": "533b71bc0198f4d73c54ae5fe6c96fc08dc3cf1b3fae24c5521dbc0452507e38",
    "test": "32a3c54d03504632bf9f131b4a148c7567aa6fc87da017049b044bdc14c2a0f2",
}
_N_ROWS, _N_PIXELS = 70000, 784


def _text_file(which: str) -> RawFile:
    name = f"binarized_mnist_{which}.amat"
    address = f"{_SOURCE}/raw/{_COMMIT}/{name}"
    return RawFile(name, _SHA256[which], (f"binarized_mnist/{name}", f"MNIST_static/{name}"), address)


def _packed_file(which: str) -> RawFile:
    name = f"binarized_mnist_{which}.amat.gz"
    how = f"gzip -9 -n binarized_mnist_{which}.amat"
    return RawFile(name, _PACKED_SHA256[which], (f"binarized_mnist/{name}",), how_to_make=how)


PACKED_FILES = {which: _packed_file(which) for which in _SHA256}
"""The same texts after `gzip -9 -n`, a thirtieth of their size; taken where they are here."""

BINARIZED_MNIST_CARD = DatasetCard(
    name="binarized_mnist",
    kind="rows",
    title="MNIST with fixed binary pixels",
    source=f"{_SOURCE}/tree/{_COMMIT}, the texts of H. Larochelle",
    licence="MIT (the repository's; none is stated for the data)",
    citation=(
        "Salakhutdinov and Murray (2008), On the quantitative analysis of deep belief networks; "
        "Larochelle and Murray (2011), The neural autoregressive distribution estimator"
    ),
    n_rows=_N_ROWS,
    n_features=_N_PIXELS,
    image_shape=(28, 28),
    part_sizes=tuple((part, size) for part, (_, size) in _PARTS.items()),
    raw_files=tuple(_text_file(which) for which in _SHA256),
    notes=(
        "Pixels are 0 or 1, drawn once with the intensity as probability. No labels; the order is not that "
        "of mnist."
    ),
)


def load_binarized_mnist() -> Rows:
    """50,000 images to train on, 10,000 to validate and 10,000 to test, float32; see `BINARIZED_MNIST_CARD`.

    Raises:
        DatasetUnavailableError: The files are missing and cannot be downloaded.
        FileContentError: A file is not the published one.
    """
    values = np.empty((_N_ROWS, _N_PIXELS), dtype=np.float32)
    parts = {}
    start = 0
    for part, (which, size) in _PARTS.items():
        parts[part] = np.arange(start, start + size)
        parse_bits(_text(which), out=values[start : start + size])
        start += size
    return Rows(
        values, ids=np.arange(_N_ROWS), image_shape=(28, 28), parts=parts, name=BINARIZED_MNIST_CARD.name
    )


def parse_bits(text: bytes, *, out: FloatArray) -> None:
    r"""Writes what a text of digits 0 and 1 with one byte between any two says into `out`, row by row.

    Args:
        text: One row a line, each digit followed by a blank or, at the end of the line, a line feed.
        out: shape (n_rows, n_features), C order.

    Raises:
        FileContentError: The text is of another length, or of other letters.

    Example:
        >>> bits = np.empty((2, 2), dtype=np.float32)
        >>> parse_bits(b"0 1\n1 1\n", out=bits)
        >>> bits.tolist()
        [[0.0, 1.0], [1.0, 1.0]]
    """
    letters = np.frombuffer(text, dtype=np.uint8)
    if len(letters) != 2 * out.size:
        raise FileContentError(
            f"Text of {out.size:,} bits has {2 * out.size:,} bytes, and this {len(letters):,}."
        )
    digits = letters[::2].reshape(out.shape)
    np.subtract(digits, np.float32(ord("0")), out=out)
    if digits.min() < ord("0") or digits.max() > ord("1"):
        raise FileContentError("There is something else than 0 and 1 in this text of bits.")


def _text(which: str) -> bytes:
    packed = PACKED_FILES[which]
    if find(packed) is not None:
        return gzip.decompress(read_verified((packed,))[packed.name])
    text = _text_file(which)
    return read_verified((text,))[text.name]
