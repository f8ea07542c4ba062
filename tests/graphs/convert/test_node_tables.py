"""Tables of nodes as frames: joined by id in every library, and refused with the row that does not fit."""

import pandas as pd
import pytest

from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph

EDGES = {"source": ["b", "c"], "target": ["a", "b"]}
PEOPLE = {"id": ["d", "b", "a", "c"], "age": [4, 2, 1, 3], "label": ["x", "y", "x", "y"]}
WORDS = {"id": ["c", "a", "c"], "feature": ["tea", "ale", "tea"]}


@pytest.fixture(params=["pandas", "polars", "pyarrow"])
def package(request):
    return request.param


def as_frame(package, table):
    module = pytest.importorskip(package)
    return module.table(table) if package == "pyarrow" else module.DataFrame(table)


def test_frames_of_nodes_and_words_are_joined_by_id(package):
    people, words = as_frame(package, PEOPLE), as_frame(package, WORDS)
    graph = to_graph(as_frame(package, EDGES), nodes=people, node_features=words)
    assert graph.ids.tolist() == ["a", "b", "c", "d"]
    assert graph.features.toarray().tolist() == [[1, 1, 0], [2, 0, 0], [3, 0, 2], [4, 0, 0]]
    assert graph.feature_names == ("age", "ale", "tea")
    assert graph.labels.tolist() == ["x", "y", "y", "x"]


def test_a_graph_remembers_the_kind_of_frame_of_its_edges(package):
    graph = to_graph(as_frame(package, EDGES))
    assert graph.frame_kind == package
    assert graph.with_edges(graph.edges[:1]).frame_kind == package
    assert graph.fingerprint == to_graph(pd.DataFrame(EDGES)).fingerprint


def test_other_sources_give_pandas():
    assert to_graph(to_graph(pd.DataFrame(EDGES))).frame_kind == "pandas"


def test_what_does_not_fit_is_named_with_its_row():
    edges = pd.DataFrame(EDGES)
    with pytest.raises(GraphError, match=r"The node 'b' in row 0 of the frame of edges is not in"):
        to_graph(edges, nodes=pd.DataFrame({"id": ["a", "c"]}))
    with pytest.raises(GraphError, match=r"The node 'z' in row 1 of the frame"):
        to_graph(edges, node_features=pd.DataFrame({"id": ["a", "z"], "feature": ["x", "x"]}))
    with pytest.raises(GraphError, match=r"features both in the tables and as features="):
        to_graph(edges, nodes=pd.DataFrame(PEOPLE), features=[[1.0]] * 4)


def test_weights_are_passed_over_on_request():
    edges = pd.DataFrame(EDGES | {"weight": [2.0, 3.0]})
    assert to_graph(edges).weights.tolist() == [2, 3]
    assert to_graph(edges, use_weights=False).weights is None
