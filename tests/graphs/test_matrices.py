"""Matrices of graphs: the formulas with dense arrays, PyG's normalisation, sparse or dense features."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse as sp
from sklearn.feature_extraction.text import TfidfTransformer

from varigraph.errors import GraphError
from varigraph.graphs.graph import Graph
from varigraph.graphs.matrices import feature_matrix, normalised_adjacency
from varigraph.sparse import SparseRows


@st.composite
def weighted_graphs(draw):
    n_nodes = draw(st.integers(1, 8))
    position = st.integers(0, n_nodes - 1)
    rows = draw(st.lists(st.tuples(position, position), max_size=20))
    weights = draw(st.none() | st.lists(st.floats(0.01, 100), min_size=len(rows), max_size=len(rows)))
    return Graph.from_edges(rows, n_nodes=n_nodes, weights=weights)


def dense_normalised(graph, self_loops):
    adjacency = np.zeros((graph.n_nodes, graph.n_nodes))
    for edge, (i, j) in enumerate(graph.edges):
        adjacency[i, j] = adjacency[j, i] = 1.0 if graph.weights is None else graph.weights[edge]
    adjacency += np.eye(graph.n_nodes) * self_loops
    sums = adjacency.sum(axis=1)
    scale = np.array([total**-0.5 if total else 0.0 for total in sums])
    return np.diag(scale) @ adjacency @ np.diag(scale)


@given(weighted_graphs(), st.booleans())
def test_the_normalised_adjacency_is_the_dense_formula(graph, self_loops):
    matrix = normalised_adjacency(graph, self_loops=self_loops, dtype=torch.float64)
    expected = dense_normalised(graph, self_loops)
    np.testing.assert_allclose(matrix.to_dense().numpy(), expected, rtol=1e-13)  # a few roundings
    assert torch.equal(matrix.to_dense(), matrix.to_dense().T)
    assert matrix.transposed is None


@pytest.mark.parametrize("self_loops", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_the_normalised_adjacency_is_that_of_pyg(self_loops, weighted):
    generator = np.random.default_rng(0)
    rows = generator.integers(0, 30, (100, 2))
    graph = Graph.from_edges(rows, n_nodes=32, weights=generator.random(100) + 0.1 if weighted else None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what PyG says at import about its own extensions
        from torch_geometric.nn.conv.gcn_conv import gcn_norm
        from torch_geometric.utils import to_dense_adj
    both = torch.from_numpy(np.concatenate([graph.edges, graph.edges[:, ::-1]]).T.copy())
    weights = torch.ones(graph.n_edges) if graph.weights is None else torch.from_numpy(graph.weights)
    index, values = gcn_norm(
        both, weights.double().repeat(2), graph.n_nodes, add_self_loops=self_loops, dtype=torch.float64
    )
    expected = to_dense_adj(index, edge_attr=values, max_num_nodes=graph.n_nodes)[0]
    matrix = normalised_adjacency(graph, self_loops=self_loops, dtype=torch.float64)
    torch.testing.assert_close(matrix.to_dense(), expected, rtol=1e-13, atol=0)


def test_an_isolated_node_has_a_row_of_zeros_or_its_own_loop():
    graph = Graph.from_edges([(0, 1)], n_nodes=3)
    assert normalised_adjacency(graph, self_loops=False).to_dense()[2].tolist() == [0.0, 0.0, 0.0]
    assert normalised_adjacency(graph, self_loops=True).to_dense()[2].tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_have_the_dtype_that_was_asked_for(dtype):
    graph = Graph.from_edges([(0, 1)], features=np.ones((2, 3)))
    assert normalised_adjacency(graph, dtype=dtype).values.dtype == dtype
    assert feature_matrix(graph, dtype=dtype).dtype == dtype


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_array])
def test_few_non_zeros_become_sparse_rows_with_their_transpose(kind):
    features = np.zeros((4, 5))
    features[[0, 0, 2], [1, 4, 3]] = [1.0, 2.0, 3.0]
    matrix = feature_matrix(
        Graph.from_edges([(0, 1)], n_nodes=4, features=kind(features)), dtype=torch.float64
    )
    assert isinstance(matrix, SparseRows)
    assert matrix.n_entries == 3
    assert matrix.to_dense().tolist() == features.tolist()
    assert matrix.T.to_dense().tolist() == features.T.tolist()


def test_dense_features_stay_dense_and_do_not_share_memory_with_the_users():
    features = np.arange(6.0).reshape(2, 3)
    matrix = feature_matrix(Graph.from_edges([(0, 1)], features=features), dtype=torch.float64)
    assert isinstance(matrix, torch.Tensor)
    matrix += 1
    assert features[0].tolist() == [0.0, 1.0, 2.0]


def test_sparse_features_stay_sparse_however_full():
    graph = Graph.from_edges([(0, 1)], features=sp.csr_array(np.ones((2, 3))))
    assert isinstance(feature_matrix(graph), SparseRows)


def test_tfidf_features_are_those_of_scikit_learn_with_zero_rows_kept():
    counts = np.random.default_rng(0).poisson(0.2, (30, 40)).astype(float)
    counts[3] = 0
    graph = Graph.from_edges([(0, 1)], n_nodes=30, features=counts)
    matrix = feature_matrix(graph, transform="tfidf", dtype=torch.float64)
    expected = TfidfTransformer().fit_transform(counts).toarray()
    np.testing.assert_allclose(matrix.to_dense().numpy(), expected, atol=1e-14)
    assert matrix.to_dense()[3].count_nonzero() == 0


def test_a_graph_without_features_has_no_feature_matrix():
    with pytest.raises(GraphError, match="has no node features"):
        feature_matrix(Graph.from_edges([(0, 1)]))


def test_an_unknown_transform_is_refused():
    with pytest.raises(GraphError, match="'raw' or 'tfidf'"):
        feature_matrix(Graph.from_edges([(0, 1)], features=np.eye(2)), transform="idf")
