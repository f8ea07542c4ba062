"""The same graph from every library and file: same ids, same edges, same fingerprint; nothing is changed."""

import copy
import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse as sp

from varigraph.graphs.convert import to_graph
from varigraph.graphs.files import read_graph_file
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import read_graph, write_graph
from varigraph.tables import write_table

with warnings.catch_warnings():
    # PyG compiles a class with torch.jit, which warns, when it is first imported.
    warnings.simplefilter("ignore")
    from torch_geometric.data import Data

N_NODES = 6
NAMES = ["007", "7", "Köln", "a,b", 'say "hi"', "Z"]


@st.composite
def multigraphs(draw):
    """Rows (with every node in a self-loop, so that edge tables know it) and a weight a pair."""
    node = st.integers(0, N_NODES - 1)
    rows = draw(st.lists(st.tuples(node, node), max_size=25)) + [(one, one) for one in range(N_NODES)]
    rows = draw(st.permutations(rows))
    return rows, draw(st.booleans())


def weight_of(a, b):
    """One weight for both directions, and exact in decimal text."""
    return 0.25 + min(a, b) + max(a, b) / 8


def columns(rows, is_weighted, names=range(N_NODES)):
    table = {"source": [names[a] for a, _ in rows], "target": [names[b] for _, b in rows]}
    return table | {"weight": [weight_of(a, b) for a, b in rows]} if is_weighted else table


def of_numpy(rows, is_weighted, folder):
    weights = [weight_of(a, b) for a, b in rows] if is_weighted else None
    return to_graph(np.array(rows), weights=weights)


def of_scipy(form):
    def make(rows, is_weighted, folder):
        matrix = np.zeros((N_NODES, N_NODES))
        for a, b in rows:
            matrix[a, b] = weight_of(a, b) if is_weighted else 1
        return to_graph(form(matrix))

    return make


def of_networkx(kind):
    def make(rows, is_weighted, folder):
        graph = kind()
        for a, b in rows:
            graph.add_edge(a, b, **({"weight": weight_of(a, b)} if is_weighted else {}))
        return to_graph(graph)

    return make


def of_pyg(rows, is_weighted, folder):
    weights = torch.tensor([weight_of(a, b) for a, b in rows], dtype=torch.float64) if is_weighted else None
    return to_graph(Data(edge_index=torch.tensor(rows).T, edge_weight=weights, num_nodes=N_NODES))


def of_frame(package):
    def make(rows, is_weighted, folder):
        return to_graph(as_frame(package, columns(rows, is_weighted)))

    return make


def as_frame(package, table):
    module = pytest.importorskip(package)
    return module.table(table) if package == "pyarrow" else module.DataFrame(table)


def of_file(name):
    def make(rows, is_weighted, folder):
        write_table(folder / name, columns(rows, is_weighted))
        return read_graph_file(folder / name)

    return make


def of_store(rows, is_weighted, folder):
    write_graph(folder / "store", of_numpy(rows, is_weighted, folder))
    return read_graph(folder / "store")


FORMATS = {
    "numpy": of_numpy,
    "scipy coo": of_scipy(sp.coo_array),
    "scipy csc matrix": of_scipy(sp.csc_matrix),
    "networkx Graph": of_networkx(nx.Graph),
    "networkx MultiDiGraph": of_networkx(nx.MultiDiGraph),
    "PyG": of_pyg,
    "pandas": of_frame("pandas"),
    "polars": of_frame("polars"),
    "pyarrow": of_frame("pyarrow"),
    "csv": of_file("edges.csv"),
    "tsv.gz": of_file("edges.tsv.gz"),
    "parquet": of_file("edges.parquet"),
    "store": of_store,
}


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=10)  # a file is written for each
@given(multigraph=multigraphs())
def test_the_same_multigraph_has_one_fingerprint_in_every_format(tmp_path_factory, form, multigraph):
    rows, is_weighted = multigraph
    edges = sorted({(min(row), max(row)) for row in rows if row[0] != row[1]})
    weights = np.array([weight_of(a, b) for a, b in edges]) if is_weighted and edges else None
    expected = Graph(
        edges=np.array(edges, dtype=np.int64).reshape(-1, 2), ids=np.arange(N_NODES), weights=weights
    )
    graph = FORMATS[form](rows, is_weighted, tmp_path_factory.mktemp("formats"))
    assert graph.ids.tolist() == expected.ids.tolist()
    assert graph.edges.tolist() == expected.edges.tolist()
    assert graph.fingerprint == expected.fingerprint
    assert graph.dropped.self_loops >= N_NODES


@pytest.mark.parametrize(
    "form", ["networkx", "pandas", "polars", "pyarrow", "csv", "tsv", "csv.gz", "parquet"]
)
@settings(max_examples=5)
@given(multigraph=multigraphs())
def test_names_come_back_as_they_were_given_in_every_format(tmp_path_factory, form, multigraph):
    rows, _ = multigraph
    table = columns(rows, False, NAMES)
    if form == "networkx":
        graph = to_graph(nx.MultiGraph(zip(table["source"], table["target"], strict=True)))
    elif form in ("pandas", "polars", "pyarrow"):
        graph = to_graph(as_frame(form, table))
    else:
        path = tmp_path_factory.mktemp("names") / f"edges.{form}"
        write_table(path, table)
        graph = read_graph_file(path)
    assert graph.ids.tolist() == sorted(NAMES)
    links = {frozenset((NAMES[a], NAMES[b])) for a, b in rows if a != b}
    assert {frozenset(graph.ids[edge].tolist()) for edge in graph.edges} == links


def test_the_kinds_of_dropped_rows_are_counted_alike_by_arrays_frames_and_files(tmp_path):
    rows = [(0, 1), (0, 1), (1, 0), (1, 0), (2, 2), (1, 2)]
    table = columns(rows, False)
    write_table(tmp_path / "e.csv", table)
    graphs = [to_graph(np.array(rows)), to_graph(pd.DataFrame(table)), read_graph_file(tmp_path / "e.csv")]
    for graph in graphs:
        assert (graph.dropped.self_loops, graph.dropped.duplicates, graph.dropped.reversed) == (1, 2, 1)


def test_nothing_that_is_passed_in_is_changed_or_shared():
    features = sp.csr_array(
        (np.array([0.0, 3, 1]), np.array([2, 1, 0]), np.array([0, 2, 3, 3])), shape=(3, 3)
    )
    matrix = sp.csr_array((np.array([5.0, 0, 1]), np.array([2, 1, 0]), np.array([0, 2, 3, 3])), shape=(3, 3))
    data = Data(edge_index=torch.tensor([[0, 1, 1], [1, 0, 2]]), x=torch.eye(3), y=torch.arange(3))
    rows, dense = np.array([[1, 0], [1, 2]]), np.eye(3)
    before = copy.deepcopy((features, matrix, data, rows, dense))
    graphs = [to_graph(matrix, features=features), to_graph(data), to_graph(rows, features=dense)]
    prints = [graph.fingerprint for graph in graphs]
    for old, new in ((before[0], features), (before[1], matrix)):
        assert all(
            np.array_equal(getattr(old, part), getattr(new, part)) for part in ("data", "indices", "indptr")
        )
    assert torch.equal(before[2].edge_index, data.edge_index)
    assert np.array_equal(before[3], rows)
    data.x[0] = 9
    dense[0] = 9
    features.data[:] = 9
    assert [copy.copy(graph).fingerprint for graph in graphs] == prints
    assert not np.any(graphs[1].features == 9)
    assert not np.any(graphs[2].features == 9)
    assert not np.any(graphs[0].features.data == 9)
