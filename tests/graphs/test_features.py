"""TF-IDF and unit rows: scikit-learn's values, zero rows without NaN, and nothing of the user's changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import sparse as sp
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from varigraph.graphs.features import looks_like_counts, tfidf, unit_rows

SHAPES = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8)
COUNTS = arrays(np.float64, SHAPES, elements=st.sampled_from([0.0, 0.0, 0.0, 1.0, 2.0, 7.0]))
REALS = arrays(np.float64, SHAPES, elements=st.sampled_from([0.0, -1.5, 0.25, 3.5]))


def dense(matrix):
    return matrix.toarray() if sp.issparse(matrix) else matrix


@given(COUNTS)
def test_tfidf_of_counts_is_that_of_scikit_learn(counts):
    expected = TfidfTransformer().fit_transform(sp.csr_matrix(counts)).toarray()
    np.testing.assert_allclose(tfidf(counts), expected, atol=1e-14)  # a few roundings of numbers up to 1
    np.testing.assert_allclose(tfidf(sp.csr_array(counts)).toarray(), expected, atol=1e-14)


@given(REALS)
def test_unit_rows_are_those_of_scikit_learn(rows):
    np.testing.assert_allclose(unit_rows(rows), normalize(rows), atol=1e-15)
    np.testing.assert_allclose(unit_rows(sp.csr_array(rows)).toarray(), normalize(rows), atol=1e-15)


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_array])
def test_features_that_are_no_counts_only_get_unit_rows(kind):
    rows = np.array([[0.3, 0.4], [0.0, 2.0]])
    np.testing.assert_allclose(dense(tfidf(kind(rows))), [[0.6, 0.8], [0.0, 1.0]], atol=1e-15)


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_array])
def test_a_row_of_zeros_stays_one(kind):
    rows = kind(np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert dense(tfidf(rows))[0].tolist() == [0.0, 0.0]
    assert dense(unit_rows(rows))[0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("change", [tfidf, unit_rows])
def test_the_users_features_stay_as_they_are(kind, change):
    rows = kind(np.array([[1.0, 2.0], [0.0, 3.0]]))
    change(rows)
    assert dense(rows).tolist() == [[1.0, 2.0], [0.0, 3.0]]


def test_entries_stored_twice_or_as_zero_count_once_or_not_at_all():
    stored = sp.csr_array(
        (np.array([1.0, 1.0, 0.0, 1.0]), np.array([0, 0, 1, 1]), np.array([0, 3, 4])), shape=(2, 2)
    )
    plain = np.array([[2.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(tfidf(stored).toarray(), tfidf(plain), atol=1e-15)


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ([[0, 1], [5, 0]], True),
        ([[True, False]], True),
        ([[0.0, 1.5]], False),
        ([[-1.0, 1.0]], False),
        (np.empty((3, 0)), True),
    ],
)
def test_counts_are_whole_numbers_from_zero(features, expected):
    assert looks_like_counts(np.asarray(features)) is expected
    assert looks_like_counts(sp.csr_array(np.asarray(features))) is expected
