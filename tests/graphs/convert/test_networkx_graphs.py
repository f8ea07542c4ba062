"""Graphs of networkx: the order of their nodes, their weights, and rows that follow their nodes."""

import networkx as nx
import numpy as np
import pytest
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph


def test_ids_of_any_kind_keep_the_order_of_the_graph_and_sortable_ones_are_sorted():
    assert to_graph(nx.grid_2d_graph(2, 2)).ids.tolist() == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert to_graph(nx.Graph([("b", 1), (1, (2, 3))])).ids.tolist() == ["b", 1, (2, 3)]
    assert to_graph(nx.Graph([(9, 3), (3, -1)])).ids.tolist() == [-1, 3, 9]
    assert to_graph(nx.Graph([("c", "a"), ("a", "B")])).ids.tolist() == ["B", "a", "c"]


def test_features_and_labels_follow_their_nodes_when_networkx_nodes_are_sorted():
    graph = nx.Graph([("c", "a"), ("a", "b")])  # nodes stand as c, a, b
    made = to_graph(graph, features=np.array([[3.0], [1.0], [2.0]]), labels=["C", "A", "B"])
    assert made.features.ravel().tolist() == [1, 2, 3]
    assert made.labels.tolist() == ["A", "B", "C"]
    as_rows = to_graph(graph, features=sp.csr_array(np.array([[3.0], [1.0], [2.0]])))
    assert as_rows.features.toarray().ravel().tolist() == [1, 2, 3]


def test_an_edge_without_the_weight_attribute_weighs_one():
    graph = nx.Graph()
    graph.add_edge(0, 1, weight=2.5, strength=7)
    graph.add_edge(1, 2)
    assert to_graph(graph).weights.tolist() == [2.5, 1]
    assert to_graph(graph, weight="strength").weights.tolist() == [7, 1]
    assert to_graph(graph, weight="none").weights is None


@pytest.mark.parametrize("value", ["heavy", -1, float("nan"), 0])
def test_a_weight_that_is_no_positive_number_is_refused_with_its_edge(value):
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=value)
    with pytest.raises(GraphError, match=r"'weight' of the edge \('a', 'b'\)"):
        to_graph(graph)


def test_isolated_networkx_nodes_stay():
    graph = nx.Graph([(0, 1)])
    graph.add_node(5)
    assert to_graph(graph).ids.tolist() == [0, 1, 5]
