"""Graph files of any format with tables of nodes beside them, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import io as scipy_io
from scipy import sparse as sp

from varigraph.errors import FileContentError
from varigraph.graphs.files import read_graph_file
from varigraph.tables import check_is_file

EDGES = "source,target\nb,c\na,b\n"
PEOPLE = "id,age,team\nd,4,x\nb,2,y\na,1,x\nc,3,y\n"


@pytest.fixture
def put(tmp_path):
    def write(name, content):
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return write


def test_nodes_without_edges_are_in_the_graph_and_attributes_follow_their_ids(put):
    graph = read_graph_file(put("e.csv", EDGES), nodes=put("n.csv", PEOPLE), label_column="team")
    assert graph.ids.tolist() == ["a", "b", "c", "d"]
    assert graph.degrees.tolist() == [1, 2, 1, 0]
    assert graph.features.tolist() == [[1], [2], [3], [4]]
    assert graph.feature_names == ("age",)
    assert graph.labels.tolist() == ["x", "y", "y", "x"]


def test_a_bag_of_words_becomes_sorted_columns_behind_those_of_the_table_and_repeats_add_up(put):
    words = put("w.csv", "id,feature,value\nc,tea,2\na,ale,1\nc,tea,0.5\nd,ale,3\n")
    path = put("e.csv", EDGES)
    graph = read_graph_file(path, nodes=put("n.csv", "id,age\nd,4\nb,2\na,1\nc,3\n"), node_features=words)
    assert graph.feature_names == ("age", "ale", "tea")
    assert graph.features.toarray().tolist() == [[1, 1, 0], [2, 0, 0], [3, 0, 2.5], [4, 3, 0]]
    alone = read_graph_file(path, node_features=put("v.csv", "id,feature\nc,tea\nb,ale\n"))
    assert alone.features.toarray().tolist() == [[0, 0], [1, 0], [0, 1]]


def test_columns_of_words_that_are_numbers_stand_in_the_order_of_the_numbers(put):
    edges, words = put("e.csv", EDGES), {"id": ["a", "a", "b"], "feature": ["10", "9", "-1"]}
    table = put("w.csv", "id,feature\na,10\na,9\nb,-1\n")
    for source in (table, pd.DataFrame(words), pd.DataFrame(words).astype({"feature": int})):
        graph = read_graph_file(edges, node_features=source)
        assert graph.feature_names == ("-1", "9", "10")
        assert graph.features.toarray().tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("edges", "nodes", "ids"),
    [
        ("source,target\n10,9\n", "id,x\n9,1\n10,2\n8,3\n", [8, 9, 10]),
        ("source,target\n10,9\n", "id,x\n9,1\n10,2\nodd,3\n", ["10", "9", "odd"]),
        ("source,target\n10,9\n", "id,x\n9,1\n10,2\n007,3\n", ["007", "10", "9"]),
    ],
)
def test_one_odd_id_in_either_table_makes_strings_of_all(put, edges, nodes, ids):
    graph = read_graph_file(put("e.csv", edges), nodes=put("n.csv", nodes))
    assert graph.ids.tolist() == ids
    assert graph.edges.tolist() == [sorted((ids.index(type(ids[0])(9)), ids.index(type(ids[0])(10))))]


@pytest.mark.parametrize("ending", ["npz", "mtx"])
def test_a_table_of_nodes_names_the_rows_of_a_matrix_in_its_order(tmp_path, put, ending):
    matrix = sp.coo_array((np.ones(2), ([1, 3], [3, 2])), shape=(4, 4))  # rows are d, b, a, c
    path = tmp_path / f"m.{ending}"
    (sp.save_npz if ending == "npz" else scipy_io.mmwrite)(path, matrix)
    people = put("n.csv", PEOPLE)
    named = read_graph_file(path, nodes=people, label_column="team")
    listed = put("e.csv", "source,target\nb,c\nc,a\n")
    assert named.fingerprint == read_graph_file(listed, nodes=people, label_column="team").fingerprint
    assert read_graph_file(path).ids.tolist() == [0, 1, 2, 3]
    words = put("w.csv", "id,feature\n3,tea\n")
    assert read_graph_file(path, node_features=words).features.toarray().ravel().tolist() == [0, 0, 0, 1]
    with pytest.raises(FileContentError, match=r"n.csv has 1 rows, but .* is a matrix of 4"):
        read_graph_file(path, nodes=put("n.csv", "id,x\na,1\n"))


def test_an_end_that_the_table_of_nodes_lacks_is_named_with_its_line(put):
    edges = put("e.csv", "source,target\na,b\n\nb,z\ny,a\n")
    message = r"The node 'z' in line 4 of .*e.csv is not in .*n.csv; .* \(2 of 3 edge rows"
    with pytest.raises(FileContentError, match=message):
        read_graph_file(edges, nodes=put("n.csv", PEOPLE), label_column="team")


def test_a_node_of_a_document_that_the_table_lacks_is_named(tmp_path, put):
    gml = put("g.gml", 'graph [ node [ id 1 label "a" ] node [ id 2 label "z" ] ]')
    with pytest.raises(FileContentError, match=r"The node 'z' of .*g.gml is not in .*n.csv"):
        read_graph_file(gml, nodes=put("n.csv", PEOPLE), label_column="team")


def test_a_word_of_nobody_is_named_with_its_line(put):
    words = put("w.csv", "id,feature\na,tea\nz,tea\n")
    with pytest.raises(
        FileContentError, match=r"The node 'z' in line 3 of .*w.csv is not a node of the graph"
    ):
        read_graph_file(put("e.csv", EDGES), node_features=words)


def test_an_ending_that_says_nothing_needs_the_format(put):
    path = put("edges.dat", EDGES)
    with pytest.raises(FileContentError, match=r"edges.dat has none of the endings .* format= \(--format\)"):
        read_graph_file(path)
    with pytest.raises(ValueError, match=r"format='xls' is not known; there are csv, tsv"):
        read_graph_file(path, format="xls")
    assert read_graph_file(path, format="csv").ids.tolist() == ["a", "b", "c"]
    market = put("matrix", "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n")
    assert read_graph_file(market, format="mtx").n_edges == 1


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("m.npz", {"source_column": "a"}, "has no option source_column, read as sparse matrix"),
        ("m.graphml", {"header": False}, "has no option header, read as graph file"),
        ("m.parquet", {"header": False}, "has no option header, read as edge table"),
        ("m.csv", {"n_nodes": 3}, "has no option n_nodes"),
        ("m.csv", {"id_column": "a"}, "columns of a table of nodes; give one as nodes="),
        ("m.csv", {"label_column": "a"}, "columns of a table of nodes"),
    ],
)
def test_an_option_without_effect_is_refused(put, name, options, message):
    with pytest.raises(TypeError, match=message):
        read_graph_file(put(name, EDGES), **options)


def test_a_file_that_is_not_there_or_no_file_is_told_apart(put, tmp_path, monkeypatch):
    put("friends.csv", EDGES)
    for path, message in (
        (tmp_path / "frends.csv", "There is no file .*frends.csv. Did you mean .*/friends.csv"),
        (tmp_path / "other.npz", "There is no file .*other.npz.$"),
        (tmp_path, "is a folder; a file is needed"),
        (tmp_path / "friends.csv" / "x.csv", "There is no file|cannot be opened"),
        ("/dev/null", "is no regular file; use -"),
        (put("none.csv", ""), "none.csv is empty"),
        (tmp_path / ("x" * 5000), "cannot be opened: File name too long"),
    ):
        with pytest.raises(FileContentError, match=message):
            check_is_file(type(tmp_path)(path))

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "open", refuse)
    with pytest.raises(FileContentError, match=r"friends.csv cannot be opened: Permission denied"):
        check_is_file(tmp_path / "friends.csv")
