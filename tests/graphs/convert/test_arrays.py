"""Arrays of positions and of ids, and what is said about arrays of another shape."""

import numpy as np
import pytest

from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph


def test_an_array_of_strings_holds_ids_and_an_array_of_integers_positions():
    assert to_graph(np.array([["b", "a"], ["b", "c"]])).ids.tolist() == ["a", "b", "c"]
    assert to_graph(np.array([[0, 3]])).n_nodes == 4
    assert to_graph(np.array([[0, 3]]), ids=list("wxyz")).ids.tolist() == list("wxyz")


def test_features_tell_how_many_nodes_there_are():
    graph = to_graph(np.array([[0, 1]]), features=np.ones((5, 2)), labels=range(5), feature_names=["p", "q"])
    assert (graph.n_nodes, graph.n_features, graph.feature_names) == (5, 2, ("p", "q"))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 5), dtype=int), "transpose an edge_index"),
        (np.zeros((5, 5)), "wrap an adjacency matrix in scipy.sparse"),
        (np.zeros((4, 3)), "third column as weights="),
        (np.zeros(4), r"got \(4,\)"),
        (np.array([[0.0, 1.0]]), "whole numbers"),
    ],
)
def test_an_array_of_another_shape_is_refused_with_advice(array, message):
    with pytest.raises(GraphError, match=message):
        to_graph(array)
