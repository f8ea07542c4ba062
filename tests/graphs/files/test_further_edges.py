"""Edges of a table of their own: found among the nodes of a graph, and united with its edges."""

import numpy as np
import pytest

from varigraph.errors import FileContentError
from varigraph.graphs.files import read_further_edges
from varigraph.graphs.graph import Graph

GRAPH = Graph.from_edges([(0, 1), (1, 2), (2, 3)], ids=["al", "bo", "cy", "di"], name="four")
WEIGHTED = Graph.from_edges([(0, 1), (1, 2)], ids=["al", "bo", "cy"], weights=[2.0, 3.0], name="three")


def written(tmp_path, text):
    path = tmp_path / "later.csv"
    path.write_text(text)
    return path


def test_rows_come_in_their_order_and_only_new_edges_are_added(tmp_path):
    path = written(tmp_path, "source,target\ndi,al\nbo,al\n")
    united, rows = read_further_edges(path, GRAPH)
    assert rows.tolist() == [[3, 0], [1, 0]]
    assert united.edges.tolist() == [[0, 1], [0, 3], [1, 2], [2, 3]]
    assert united.ids.tolist() == GRAPH.ids.tolist()


def test_a_graph_that_has_all_of_them_stays_itself(tmp_path):
    united, _ = read_further_edges(written(tmp_path, "source,target\nbo,al\n"), GRAPH)
    assert united is GRAPH


def test_an_id_that_is_no_node_is_refused_with_its_line(tmp_path):
    path = written(tmp_path, "source,target\nbo,al\nbo,AL\n")
    with pytest.raises(FileContentError, match=r"[Ll]ine 3 of .*later\.csv.*'AL'.*no node of four.*'al'"):
        read_further_edges(path, GRAPH)


def test_new_edges_of_a_weighted_graph_bring_their_weights_or_are_refused(tmp_path):
    path = written(tmp_path, "source,target,weight\ncy,al,5\nbo,al,7\n")
    united, _ = read_further_edges(path, WEIGHTED)
    assert united.weights.tolist() == [2.0, 5.0, 3.0]
    with pytest.raises(FileContentError, match=r"has no weights, and 1 of its rows.*--unweighted"):
        read_further_edges(written(tmp_path, "source,target\ncy,al\n"), WEIGHTED)


def test_columns_of_other_names_and_integer_ids_are_found(tmp_path):
    graph = Graph.from_edges([(0, 1), (1, 2)], ids=np.array([10, 20, 30]))
    path = written(tmp_path, "left,right\n10,30\n")
    _, rows = read_further_edges(path, graph, source_column="left", target_column="right")
    assert rows.tolist() == [[0, 2]]
