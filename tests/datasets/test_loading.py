"""One door for every source of a graph."""

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse as sp

from varigraph.datasets.loading import load_graph, source_kind
from varigraph.errors import DatasetUnavailableError, FileContentError
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


def test_a_file_without_a_suffix_is_taken_for_a_table(folder):
    write_table(folder / "edges")
    assert source_kind("edges") == "table"


@pytest.mark.parametrize(
    "source",
    [np.array([[0, 1], [1, 2]]), sp.coo_array((np.ones(2), ([0, 1], [1, 2])), shape=(3, 3)), PATH],
    ids=["pairs", "matrix", "graph"],
)
def test_an_object_of_another_library_becomes_a_graph(source):
    assert load_graph(source).edges.tolist() == PATH.edges.tolist()


def test_options_reach_the_reader_of_tables(folder):
    (folder / "bare.csv").write_text("0,1\n1,2\n")
    assert load_graph("bare.csv", header=False).n_edges == 2


def test_an_option_that_a_data_set_does_not_have_is_refused():
    with pytest.raises(TypeError, match="header"):
        load_graph("karate", header=False)


def test_a_misspelt_name_is_corrected():
    with pytest.raises(DatasetUnavailableError, match="Did you mean karate"):
        load_graph("karatte")


def test_a_folder_without_a_graph_is_refused_and_that_of_a_run_is_told_where_its_graph_is(folder):
    (folder / "empty").mkdir()
    with pytest.raises(FileContentError, match="no graph was written there"):
        load_graph("empty")
    write_graph(folder / "run" / "graph", PATH)
    with pytest.raises(FileContentError, match="the graph of the run in it is run/graph"):
        load_graph("run")
