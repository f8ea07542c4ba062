"""PyG's `Data`: what is taken from its fields, and what is refused."""

import warnings

import numpy as np
import pytest
import torch

from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph

with warnings.catch_warnings():
    # PyG compiles a class with torch.jit, which warns, when it is first imported.
    warnings.simplefilter("ignore")
    from torch_geometric.data import Data, HeteroData


def pyg_data(**fields):
    return Data(edge_index=torch.tensor([[0, 1, 1], [1, 0, 2]]), **fields)


def test_pyg_features_labels_and_one_dimensional_edge_attributes_are_taken():
    x, y = torch.eye(3, dtype=torch.float32), torch.tensor([[0], [1], [2]])
    graph = to_graph(pyg_data(x=x, y=y, edge_attr=torch.tensor([0.5, 0.5, 2.0])), name="toy")
    assert graph.features.dtype == np.float32
    assert graph.labels.tolist() == [0, 1, 2]
    assert graph.weights.tolist() == [0.5, 2]
    assert (graph.name, graph.dropped.reversed) == ("toy", 1)
    assert to_graph(pyg_data(x=x, edge_attr=torch.ones(3, 4))).weights is None


def test_pyg_data_with_features_that_need_a_gradient_is_read():
    assert to_graph(pyg_data(x=torch.eye(3, requires_grad=True))).n_features == 3


def test_pyg_counts_nodes_without_warning_when_it_has_to_infer_them():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert to_graph(pyg_data()).n_nodes == 3


def test_a_heterogeneous_pyg_graph_is_refused_with_advice():
    with pytest.raises(GraphError, match="to_homogeneous"):
        to_graph(HeteroData())
    with pytest.raises(GraphError, match="no single edge_index"):
        to_graph(Data())
