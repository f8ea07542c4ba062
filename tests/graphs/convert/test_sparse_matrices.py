"""Adjacency matrices of scipy: their values are weights, and what is no adjacency is refused."""

import numpy as np
import pytest
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph


def test_a_matrix_of_ones_is_unweighted_and_any_other_value_a_weight():
    ones = sp.csr_array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    assert to_graph(ones).weights is None
    assert to_graph(ones.astype(bool)).weights is None
    assert to_graph(ones * 2).weights.tolist() == [2, 2]


def test_repeated_entries_of_a_coo_matrix_add_up_as_everywhere_in_scipy():
    matrix = sp.coo_array(([1.0, 1.0], ([0, 0], [1, 1])), shape=(2, 2))
    assert to_graph(matrix).weights.tolist() == [2]
    assert to_graph(matrix.tocsr()).fingerprint == to_graph(matrix).fingerprint


def test_a_stored_zero_is_no_edge():
    assert (
        to_graph(sp.csr_array((np.array([0.0]), np.array([1]), np.array([0, 1, 1])), shape=(2, 2))).n_edges
        == 0
    )


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (sp.csr_array(np.ones((2, 3))), r"square; this one has shape \(2, 3\)"),
        (sp.csr_array([[0, -1.0], [0, 0]]), r"entry \(0, 1\).* is -1"),
        (sp.csr_array([[0, np.nan], [0, 0]]), r"entry \(0, 1\).* is nan"),
        (sp.csr_array([[0, 1j], [0, 0]]), "real numbers"),
    ],
)
def test_a_matrix_that_is_no_adjacency_is_refused(matrix, message):
    with pytest.raises(GraphError, match=message):
        to_graph(matrix)
