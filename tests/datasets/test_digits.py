"""The digits are scikit-learn's, scaled."""

import numpy as np
from sklearn import datasets

from varigraph.datasets.digits import load_digits


def test_values_are_scikit_learns_counts_over_16_and_labels_its_targets():
    rows, theirs = load_digits(), datasets.load_digits()
    np.testing.assert_array_equal(rows.values * 16, theirs.data)
    np.testing.assert_array_equal(rows.labels, theirs.target)
    np.testing.assert_array_equal(rows.values.reshape(-1, *rows.image_shape) * 16, theirs.images)
    assert rows.values.dtype == np.float32
