"""The embedded default of row models: scikit-learn's handwritten digits of 8 × 8 pixels."""

from __future__ import annotations

import numpy as np

from varigraph.datasets.card import DatasetCard
from varigraph.rows import Rows

__all__ = ["DIGITS_CARD", "load_digits"]

DIGITS_CARD = DatasetCard(
    name="digits",
    kind="rows",
    title="Handwritten digits in few pixels",
    source=(
        "The test part of the UCI repository's Optical Recognition of Handwritten Digits, as "
        "sklearn.datasets.load_digits gives it: https://archive.ics.uci.edu/dataset/80"
    ),
    licence="BSD-3-Clause (scikit-learn's, which it is part of; the repository asks to be cited)",
    citation="Alpaydin and Kaynak (1998), Optical recognition of handwritten digits",
    n_rows=1797,
    n_features=64,
    n_classes=10,
    image_shape=(8, 8),
    notes="Comes with scikit-learn. The counts 0 … 16 of black pixels in a cell are divided by 16.",
)

_LARGEST = 16


def load_digits() -> Rows:
    """1,797 digits, float32 in [0, 1]; see `DIGITS_CARD`.

    Example:
        >>> load_digits()
        Rows(digits: 1,797 rows, 64 features (8 × 8 images))
    """
    from sklearn.datasets import load_digits as load_counts

    counts = load_counts()
    return Rows(
        values=counts.data.astype(np.float32) / _LARGEST,
        ids=np.arange(len(counts.data)),
        labels=counts.target.astype(np.int64),
        image_shape=(8, 8),
        name="digits",
    )
