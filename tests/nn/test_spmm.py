"""The sparse product against scipy, its gradient, and its bits at one and two threads."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse as sp

from varigraph.nn import spmm
from varigraph.sparse import SparseRows
from varigraph.training import intra_op_threads


def random_matrix(n_rows, n_columns, share, seed):
    generator = np.random.default_rng(seed)
    dense = generator.standard_normal((n_rows, n_columns)) * (generator.random((n_rows, n_columns)) < share)
    return sp.csr_array(dense), generator.standard_normal((n_columns, 3))


@given(
    n_rows=st.integers(1, 12),
    n_columns=st.integers(1, 12),
    share=st.sampled_from([0.0, 0.2, 1.0]),
    seed=st.integers(0, 99),
)
def test_spmm_equals_scipy(n_rows, n_columns, share, seed):
    matrix, dense = random_matrix(n_rows, n_columns, share, seed)
    got = spmm(SparseRows.from_scipy(matrix, dtype=torch.float64), torch.from_numpy(dense))
    np.testing.assert_allclose(got.numpy(), matrix @ dense, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_the_gradient_is_that_of_finite_differences(share):
    matrix, dense = random_matrix(5, 4, share, 0)
    rows = SparseRows.from_scipy(matrix, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda d: spmm(rows, d), torch.from_numpy(dense).requires_grad_())


def test_the_gradient_of_a_symmetric_matrix_is_that_of_finite_differences():
    matrix, _ = random_matrix(6, 6, 0.4, 1)
    rows = SparseRows.from_scipy(matrix + matrix.T, symmetric=True, dtype=torch.float64)
    dense = torch.randn(
        6, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    ).requires_grad_()
    assert torch.autograd.gradcheck(lambda d: spmm(rows, d), dense)


def test_empty_rows_give_zeros():
    matrix = sp.csr_array(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]))
    assert spmm(SparseRows.from_scipy(matrix), torch.ones(2, 2)).tolist() == [[0, 0], [1, 1], [0, 0]]


def test_a_dense_operand_that_is_not_contiguous_is_read_right():
    matrix, dense = random_matrix(5, 4, 0.5, 2)
    strided = torch.from_numpy(np.asfortranarray(dense))
    got = spmm(SparseRows.from_scipy(matrix, dtype=torch.float64), strided)
    np.testing.assert_allclose(got.numpy(), matrix @ dense, rtol=1e-12)


def test_one_and_two_threads_give_the_same_bits():
    generator = np.random.default_rng(0)
    matrix = sp.random_array((3000, 3000), density=0.01, rng=generator, format="csr")
    rows = SparseRows.from_scipy(matrix)
    results = []
    for n_threads in (1, 2):
        dense = torch.randn(3000, 32, generator=torch.Generator().manual_seed(0), requires_grad=True)
        with intra_op_threads(n_threads):
            product = spmm(rows, dense)
            product.square().sum().backward()
        results.append((product.detach(), dense.grad))
    assert torch.equal(results[0][0], results[1][0])
    assert torch.equal(results[0][1], results[1][1])
