"""`SparseRows` is the matrix it was made from, and its transpose is the transpose."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse as sp

from varigraph.sparse import SparseRows

# Quarters are exact in float32, so equality needs no tolerance.
matrices = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(-8, 8).map(lambda quarter: quarter / 4),
)


@given(matrices)
def test_to_dense_gives_back_the_matrix(dense):
    assert np.array_equal(SparseRows.from_scipy(sp.csr_array(dense)).to_dense().numpy(), dense)


@given(matrices)
def test_transposing_once_transposes_and_twice_gives_back(dense):
    rows = SparseRows.from_scipy(sp.csr_array(dense))
    assert rows.T.shape == dense.T.shape
    assert np.array_equal(rows.T.to_dense().numpy(), dense.T)
    assert np.array_equal(rows.T.T.to_dense().numpy(), dense)
    assert np.array_equal(rows.T.T.T.to_dense().numpy(), dense.T)


@given(matrices)
def test_a_symmetric_matrix_is_stored_once_and_is_its_own_transpose(dense):
    symmetric = dense @ dense.T
    rows = SparseRows.from_scipy(sp.csr_array(symmetric), symmetric=True)
    assert rows.T is rows
    assert np.array_equal(rows.to_dense().numpy(), symmetric)


@given(matrices)
def test_columns_ascend_within_each_row(dense):
    rows = SparseRows.from_scipy(sp.csr_array(dense))
    for start, end in zip(rows.indptr[:-1], rows.indptr[1:], strict=True):
        assert (rows.indices[start:end].diff() > 0).all()
    assert rows.n_entries == np.count_nonzero(dense)


def test_repeated_and_unsorted_entries_add_up_and_the_input_stays_as_it_was():
    matrix = sp.csr_array((np.array([1.0, 2.0, 4.0]), np.array([2, 0, 2]), np.array([0, 3, 3])), shape=(2, 3))
    before = [array.copy() for array in (matrix.data, matrix.indices, matrix.indptr)]
    rows = SparseRows.from_scipy(matrix)
    assert rows.to_dense().tolist() == [[2, 0, 5], [0, 0, 0]]
    after = [matrix.data, matrix.indices, matrix.indptr]
    assert all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("kind", [sp.csr_array, sp.csc_array, sp.coo_array, sp.csr_matrix, sp.lil_array])
def test_every_scipy_format_makes_the_same_rows(kind):
    dense = np.array([[0, 1.5, 0], [2, 0, 0]])
    assert np.array_equal(SparseRows.from_scipy(kind(dense)).to_dense().numpy(), dense)


def test_to_changes_the_values_of_both_halves_and_no_index():
    rows = SparseRows.from_scipy(sp.csr_array([[0, 1.5], [2, 0]]))
    doubled = rows.to("cpu", torch.float64)
    assert doubled.values.dtype == doubled.T.values.dtype == torch.float64
    assert doubled.indices.dtype == doubled.indptr.dtype == torch.int64
    assert torch.equal(doubled.T.to_dense(), rows.to_dense().T.double())


def test_indices_and_offsets_share_one_dtype_as_embedding_bag_wants():
    rows = SparseRows.from_scipy(sp.csr_array([[0, 1.5], [2, 0]]))
    assert rows.indices.dtype == rows.indptr.dtype == torch.int64
    assert repr(rows) == "SparseRows(2 × 2, 2 entries, torch.float32)"
