"""`GraphConvolution` against the dense layer of the documents, and Glorot's range."""

import math

import numpy as np
import pytest
import torch
from scipy import sparse as sp

from references import DenseGraphConv, dense_normalised, random_edges
from varigraph.nn import GraphConvolution, glorot_
from varigraph.sparse import SparseRows

EDGES = random_edges(np.random.default_rng(0), 9, 14)
DENSE = dense_normalised(EDGES, 9)
ADJACENCY = SparseRows.from_scipy(sp.csr_array(DENSE.numpy()), symmetric=True, dtype=torch.float64)


def layer(n_inputs, n_outputs=4):
    return GraphConvolution(n_inputs, n_outputs, generator=torch.Generator().manual_seed(0)).double()


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_the_layer_equals_the_documents_dense_one_in_value_and_gradient(kind):
    features = np.random.default_rng(1).poisson(0.7, (9, 6)).astype(float)
    given = torch.from_numpy(features)
    ours = layer(6)
    theirs = DenseGraphConv(ours.weight.detach().clone().requires_grad_(), DENSE)
    inputs = SparseRows.from_scipy(sp.csr_array(features), dtype=torch.float64) if kind == "sparse" else given
    got, expected = ours(ADJACENCY, inputs), theirs(given)
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-13)
    got.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad, rtol=1e-11, atol=1e-12)


def test_no_features_equal_the_identity_matrix_which_is_never_built(monkeypatch):
    ours = layer(9)
    expected = ours(ADJACENCY, torch.eye(9, dtype=torch.float64))
    monkeypatch.setattr(torch, "eye", None)
    torch.testing.assert_close(ours(ADJACENCY, None), expected, rtol=1e-13, atol=0)


def test_glorot_fills_its_range_and_no_more():
    weight = glorot_(torch.empty(300, 200), generator=torch.Generator().manual_seed(0))
    bound = math.sqrt(6 / 500)
    assert bound * 0.999 < weight.abs().max() <= bound
    # The mean of 60,000 uniform numbers has a standard error of bound/√3/√60000.
    assert abs(weight.mean()) < 5 * bound / math.sqrt(3 * 60_000)


def test_two_blocks_start_as_two_matrices():
    weight = glorot_(torch.empty(300, 200), generator=torch.Generator().manual_seed(0), n_blocks=2)
    assert weight.abs().max() > math.sqrt(6 / 500)
    assert weight.abs().max() <= math.sqrt(6 / 400)


def test_glorot_leaves_the_global_generator_alone():
    before = torch.random.get_rng_state()
    glorot_(torch.empty(3, 3), generator=torch.Generator().manual_seed(0))
    assert torch.equal(before, torch.random.get_rng_state())
