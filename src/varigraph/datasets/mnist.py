"""MNIST: 70,000 handwritten digits of 28 × 28 pixels, read from the authors' own IDX files."""

from __future__ import annotations

import gzip
import struct

import numpy as np
from numpy.typing import NDArray

from varigraph.datasets.card import DatasetCard, RawFile
from varigraph.datasets.download import read_verified
from varigraph.errors import FileContentError
from varigraph.rows import Rows

__all__ = ["MNIST_CARD", "load_mnist", "parse_idx"]

_ADDRESS = "https://ossci-datasets.s3.amazonaws.com/mnist"
_SHA256 = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}

MNIST_CARD = DatasetCard(
    name="mnist",
    kind="rows",
    title="Handwritten digits",
    source="http://yann.lecun.com/exdb/mnist/",
    licence="none is stated; the authors, Y. LeCun and C. Cortes, hold the copyright",
    citation="LeCun et al. (1998), Gradient-based learning applied to document recognition",
    n_rows=70000,
    n_features=784,
    n_classes=10,
    image_shape=(28, 28),
    part_sizes=(("train", 60000), ("test", 10000)),
    raw_files=tuple(
        # The second place is where torchvision's own `MNIST(root)` keeps its downloads.
        RawFile(name, sha256, (f"mnist/{name}", f"MNIST/raw/{name}"), f"{_ADDRESS}/{name}")
        for name, sha256 in _SHA256.items()
    ),
    notes=(
        "Intensities 0 … 255 are divided by 255; binarise them where a likelihood of bits is to be a bound. "
        "Rows at even and at odd positions differ (mean intensity 0.123 and 0.139 in train): draw a smaller "
        "set at random, never every second row."
    ),
)

_N_TRAIN, _N_ROWS, _N_PIXELS = 60000, 70000, 784
_LARGEST = 255
_UNSIGNED_BYTE = 8  # the type of values in the third byte of an IDX file


def load_mnist() -> Rows:
    """60,000 digits to train on and 10,000 to test, float32 in [0, 1], in the files' order; see `MNIST_CARD`.

    Raises:
        DatasetUnavailableError: The files are missing and cannot be downloaded.
        FileContentError: A file is not the published one.
    """
    content = read_verified(MNIST_CARD.raw_files)
    values = np.empty((_N_ROWS, _N_PIXELS), dtype=np.float32)
    labels = np.empty(_N_ROWS, dtype=np.int64)
    for prefix, at in (("train", slice(_N_TRAIN)), ("t10k", slice(_N_TRAIN, None))):
        pixels = parse_idx(content.pop(f"{prefix}-images-idx3-ubyte.gz"))
        np.divide(pixels.reshape(len(pixels), -1), np.float32(_LARGEST), out=values[at])
        labels[at] = parse_idx(content.pop(f"{prefix}-labels-idx1-ubyte.gz"))
    return Rows(
        values,
        ids=np.arange(_N_ROWS),
        labels=labels,
        image_shape=(28, 28),
        parts={"train": np.arange(_N_TRAIN), "test": np.arange(_N_TRAIN, _N_ROWS)},
        name="mnist",
    )


def parse_idx(packed: bytes) -> NDArray[np.uint8]:
    """The array in an IDX file packed with gzip.

    Its header is two zero bytes, the type of the values, the number n of axes, and the n lengths as
    big-endian 32-bit integers; the values follow in C order.

    Args:
        packed: The file's bytes, which must be known to be the published ones.

    Returns:
        Read-only; of the shape that the header states.

    Raises:
        FileContentError: It is no IDX file of unsigned bytes, or not as long as its header says.

    Example:
        >>> parse_idx(gzip.compress(bytes([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 5, 6]))).tolist()
        [[5, 6]]
    """
    content = gzip.decompress(packed)
    zeros, kind, n_axes = struct.unpack_from(">HBB", content) if len(content) >= 4 else (1, 0, 0)
    start = 4 + 4 * n_axes
    if zeros != 0 or kind != _UNSIGNED_BYTE or len(content) < start:
        raise FileContentError("This is no IDX file of unsigned bytes; get it anew.")
    shape = struct.unpack_from(f">{n_axes}I", content, 4)
    n_values = 1
    for length in shape:
        n_values *= length
    if len(content) != start + n_values:
        raise FileContentError(
            f"An IDX file of shape {shape} has {start + n_values:,} bytes, and this one {len(content):,}; "
            "get it anew."
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)
