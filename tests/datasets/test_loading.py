"""One door for every source of a graph."""

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse as sp

from varigraph.datasets.loading import load_graph, source_kind
from varigraph.errors import DataError, DatasetUnavailableError, FileContentError
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import write_graph

PATH = Graph.from_edges([(0, 1), (1, 2)], name="path")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_table(path):
    path.write_text("source,target\n0,1\n1,2\n")
    return path


@pytest.mark.parametrize("name", ["karate", "KARATE"])
def test_a_name_gives_the_data_set(name):
    assert load_graph(name).n_edges == 78


@pytest.mark.parametrize("how", [str, Path, lambda path: f"./{path.name}", lambda path: path.name])
def test_an_edge_table_is_read_however_its_path_is_given(folder, how):
    assert load_graph(how(write_table(folder / "path.csv"))).fingerprint == PATH.fingerprint


def test_a_folder_gives_the_graph_that_was_written_there(folder):
    write_graph(folder / "mine", PATH)
    for source in ("mine", "./mine", Path("mine")):
        assert load_graph(source).fingerprint == PATH.fingerprint


def test_a_data_sets_name_wins_over_a_folder_and_the_path_is_the_folder(folder):
    write_graph(folder / "karate", PATH)
    assert load_graph("karate").n_nodes == 34
    assert load_graph("./karate").n_nodes == 3
    assert load_graph(Path("karate")).n_nodes == 3


def test_a_file_without_a_suffix_is_taken_for_a_file(folder):
    write_table(folder / "edges")
    assert source_kind("edges") == "file"
    assert load_graph("edges", format="csv").fingerprint == PATH.fingerprint


@pytest.mark.parametrize(
    "source",
    [np.array([[0, 1], [1, 2]]), sp.coo_array((np.ones(2), ([0, 1], [1, 2])), shape=(3, 3)), PATH],
    ids=["pairs", "matrix", "graph"],
)
def test_an_object_of_another_library_becomes_a_graph(source):
    assert load_graph(source).edges.tolist() == PATH.edges.tolist()


def test_options_reach_the_reader_of_files(folder):
    (folder / "bare.csv").write_text("0,1\n1,2\n")
    (folder / "nodes.csv").write_text("id,x\n0,5\n1,6\n2,7\n3,8\n")
    graph = load_graph("bare.csv", header=False, nodes="nodes.csv")
    assert (graph.n_edges, graph.features.ravel().tolist()) == (2, [5, 6, 7, 8])


def test_an_option_that_a_data_set_does_not_have_is_refused():
    with pytest.raises(TypeError, match=r"header"):
        load_graph("karate", header=False)


def test_a_misspelt_name_is_corrected():
    with pytest.raises(DatasetUnavailableError, match=r"Did you mean karate"):
        load_graph("karatte")


def test_rows_are_refused_with_the_function_that_loads_them():
    with pytest.raises(DatasetUnavailableError, match=r"mnist is a data set of rows .* load_rows\('mnist'\)"):
        load_graph("MNIST")


@pytest.mark.parametrize("wrong", ["frends", "friends", "FRIENDS"])
def test_a_name_that_is_nearly_a_files_is_corrected(folder, wrong):
    write_table(folder / "friends.csv")
    with pytest.raises(
        DatasetUnavailableError, match=r"neither a data set nor a file .* Did you mean friends.csv"
    ):
        load_graph(wrong)


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "", "x" * 5000 + ".csv"])
def test_a_text_that_can_name_nothing_is_refused(folder, name):
    with pytest.raises(DataError):
        load_graph(name)


def test_a_folder_without_a_graph_is_refused_and_that_of_a_run_is_told_where_its_graph_is(folder):
    (folder / "empty").mkdir()
    with pytest.raises(FileContentError, match=r"no graph was written there"):
        load_graph("empty")
    write_graph(folder / "run" / "graph", PATH)
    with pytest.raises(FileContentError, match=r"the graph of the run in it is run/graph"):
        load_graph("run")
