"""An object is told apart by its type, and one of no known type is refused in words."""

import networkx as nx
import pandas as pd
import pytest

from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph
from varigraph.graphs.graph import Graph


def test_a_graph_passes_through_with_the_options_put_in():
    graph = Graph.from_edges([(0, 1)])
    assert to_graph(graph, name="renamed").name == "renamed"
    assert graph.name == "graph"
    assert to_graph(graph).edges is graph.edges


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("cora", "load_graph reads those"),
        ([(0, 1)], "No graph can be made of a list"),
        (None, "No graph can be made of a NoneType"),
        (pd.Series([1, 2]), "pandas"),
        (nx.Graph, "No graph can be made of a type"),
    ],
)
def test_an_object_of_another_kind_is_refused_with_what_would_do(source, message):
    with pytest.raises(GraphError, match=message):
        to_graph(source)
