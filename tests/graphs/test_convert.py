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

from varigraph.errors import GraphError
from varigraph.graphs.convert import graph_from_links, to_graph
from varigraph.graphs.files import read_edge_table
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import read_graph, write_graph
from varigraph.tables import write_table

with warnings.catch_warnings():
    # PyG compiles a class with torch.jit, which warns, when it is first imported.
    warnings.simplefilter("ignore")
    from torch_geometric.data import Data, HeteroData

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
        return read_edge_table(folder / name)

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
        graph = read_edge_table(path)
    assert graph.ids.tolist() == sorted(NAMES)
    links = {frozenset((NAMES[a], NAMES[b])) for a, b in rows if a != b}
    assert {frozenset(graph.ids[edge].tolist()) for edge in graph.edges} == links


def test_the_kinds_of_dropped_rows_are_counted_alike_by_arrays_frames_and_files(tmp_path):
    rows = [(0, 1), (0, 1), (1, 0), (1, 0), (2, 2), (1, 2)]
    table = columns(rows, False)
    write_table(tmp_path / "e.csv", table)
    graphs = [to_graph(np.array(rows)), to_graph(pd.DataFrame(table)), read_edge_table(tmp_path / "e.csv")]
    for graph in graphs:
        assert (graph.dropped.self_loops, graph.dropped.duplicates, graph.dropped.reversed) == (1, 2, 1)


# numpy


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


# scipy


def test_a_matrix_of_ones_is_unweighted_and_any_other_value_a_weight():
    ones = sp.csr_array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    assert to_graph(ones).weights is None
    assert to_graph(ones.astype(bool)).weights is None
    assert to_graph(ones * 2).weights.tolist() == [2, 2]


def test_repeated_entries_of_a_coo_matrix_add_up_as_everywhere_in_scipy():
    matrix = sp.coo_array(([1.0, 1.0], ([0, 0], [1, 1])), shape=(2, 2))
    assert to_graph(matrix).weights.tolist() == [2]
    assert to_graph(matrix.tocsr()).fingerprint == to_graph(matrix).fingerprint


def test_a_stored_zero_is_no_edge():
    assert (
        to_graph(sp.csr_array((np.array([0.0]), np.array([1]), np.array([0, 1, 1])), shape=(2, 2))).n_edges
        == 0
    )


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (sp.csr_array(np.ones((2, 3))), r"square; this one has shape \(2, 3\)"),
        (sp.csr_array([[0, -1.0], [0, 0]]), r"entry \(0, 1\).* is -1"),
        (sp.csr_array([[0, np.nan], [0, 0]]), r"entry \(0, 1\).* is nan"),
        (sp.csr_array([[0, 1j], [0, 0]]), "real numbers"),
    ],
)
def test_a_matrix_that_is_no_adjacency_is_refused(matrix, message):
    with pytest.raises(GraphError, match=message):
        to_graph(matrix)


# networkx


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


# PyG


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


# frames


def test_frame_columns_are_found_by_convention_or_by_name():
    frame = pd.DataFrame({"From": ["a"], "To": ["b"], "other": ["c"], "W": [2]})
    assert to_graph(frame).weights.tolist() == [2]
    graph = to_graph(frame, source_column="other", target_column="To")
    assert graph.ids.tolist() == ["b", "c"]


# all


def test_nothing_that_is_passed_in_is_changed_or_shared():
    features = sp.csr_array(
        (np.array([0.0, 3, 1]), np.array([2, 1, 0]), np.array([0, 2, 3, 3])), shape=(3, 3)
    )
    matrix = sp.csr_array((np.array([5.0, 0, 1]), np.array([2, 1, 0]), np.array([0, 2, 3, 3])), shape=(3, 3))
    data = pyg_data(x=torch.eye(3), y=torch.arange(3))
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


@pytest.mark.parametrize(
    ("given_dtype", "kept"),
    [("float64", "float64"), ("float32", "float32"), ("int64", "float32"), ("bool", "float32")],
)
def test_float_features_keep_their_dtype_and_others_become_float32(given_dtype, kept):
    dense = np.eye(2).astype(given_dtype)
    for features in (dense, sp.csr_array(dense)):
        assert to_graph(np.array([[0, 1]]), features=features).features.dtype == kept


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


def test_an_unknown_option_is_named():
    with pytest.raises(TypeError, match="no option 'feature'"):
        to_graph(np.array([[0, 1]]), feature=np.eye(2))


def test_features_that_are_no_numbers_or_of_another_length_are_refused():
    with pytest.raises(GraphError, match="must be numbers"):
        to_graph(np.array([[0, 1]]), features=np.array([["red"], ["blue"]]))
    with pytest.raises(GraphError, match="3 nodes but 2 rows of features"):
        to_graph(nx.path_graph(3), features=np.eye(2))


def test_ids_of_two_kinds_in_links_are_refused():
    with pytest.raises(GraphError, match="there are int, str"):
        graph_from_links(np.array([1]), np.array(["a"]))
