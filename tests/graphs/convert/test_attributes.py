"""Features and other attributes: their dtype and length, and names that are not there."""

import networkx as nx
import numpy as np
import pytest
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph


@pytest.mark.parametrize(
    ("given_dtype", "kept"),
    [("float64", "float64"), ("float32", "float32"), ("int64", "float32"), ("bool", "float32")],
)
def test_float_features_keep_their_dtype_and_others_become_float32(given_dtype, kept):
    dense = np.eye(2).astype(given_dtype)
    for features in (dense, sp.csr_array(dense)):
        assert to_graph(np.array([[0, 1]]), features=features).features.dtype == kept


def test_an_unknown_option_is_named():
    with pytest.raises(TypeError, match="no option 'feature'"):
        to_graph(np.array([[0, 1]]), feature=np.eye(2))


def test_features_that_are_no_numbers_or_of_another_length_are_refused():
    with pytest.raises(GraphError, match="must be numbers"):
        to_graph(np.array([[0, 1]]), features=np.array([["red"], ["blue"]]))
    with pytest.raises(GraphError, match="3 nodes but 2 rows of features"):
        to_graph(nx.path_graph(3), features=np.eye(2))
