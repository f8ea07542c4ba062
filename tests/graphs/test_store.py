"""The graph store gives back what was put in, and refuses whatever is not a store."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse as sp

from varigraph.errors import FileContentError, GraphError, RunFolderError
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import read_graph, write_graph

N_NODES = 6
ID_KINDS = {
    "positions": range(N_NODES),
    "integers": [9, -4, 2, 10**15, 0, 1],
    "strings": ["007", "7", "", "Köln", "a,b", "\ud800"],
    "mixed": ["1", 1, "b", 2, "3", 4],
}
pairs = st.lists(st.tuples(st.integers(0, N_NODES - 1), st.integers(0, N_NODES - 1)), max_size=20)


def small_graph(**attributes):
    return Graph.from_edges([(0, 1), (2, 1), (1, 0), (3, 3), (4, 2)], ids=ID_KINDS["strings"], **attributes)


def same(one, other):
    return type(one) is type(other) and one.dtype == other.dtype and np.array_equal(one, other)


@pytest.mark.parametrize("kind", ID_KINDS)
@settings(max_examples=8)  # each example waits for the disk
@given(rows=pairs, weighted=st.booleans(), mmap=st.booleans())
def test_a_graph_comes_back_with_its_edges_ids_weights_and_fingerprint(
    tmp_path_factory, kind, rows, weighted, mmap
):
    weights = np.linspace(0.1, 3, len(rows)) if weighted else None
    graph = Graph.from_edges(rows, ids=ID_KINDS[kind], weights=weights, name="six")
    folder = tmp_path_factory.mktemp("store") / "graph"
    write_graph(folder, graph)
    again = read_graph(folder, mmap=mmap)
    assert again.fingerprint == graph.fingerprint
    assert same(again.edges, graph.edges)
    assert same(again.ids, graph.ids)
    assert [type(one) for one in again.ids.tolist()] == [type(one) for one in graph.ids.tolist()]
    assert (again.name, again.dropped) == ("six", graph.dropped)
    assert (again.weights is None) == (weights is None)
    assert again.weights is None or same(again.weights, graph.weights)


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8])
@pytest.mark.parametrize("form", [np.asarray, sp.csr_array])
def test_features_come_back_in_their_form_and_dtype(tmp_path, form, dtype, mmap):
    features = form(np.arange(N_NODES * 3).reshape(N_NODES, 3).astype(dtype))
    write_graph(tmp_path / "g", small_graph(features=features, feature_names=("a", "b", "ö")))
    again = read_graph(tmp_path / "g", mmap=mmap)
    assert type(again.features) is type(features)
    assert again.features.dtype == dtype
    assert again.feature_names == ("a", "b", "ö")
    dense = [one.toarray() if sp.issparse(one) else one for one in (features, again.features)]
    assert np.array_equal(*dense)


@pytest.mark.parametrize(
    "labels",
    [
        np.arange(N_NODES),
        np.arange(N_NODES) / 2,
        np.array(list("abcdef")),
        np.array(["a", None, 3, 2.5, True, "ö"], dtype=object),
    ],
    ids=["integers", "floats", "strings", "objects"],
)
def test_labels_come_back_in_kind(tmp_path, labels):
    write_graph(tmp_path / "g", small_graph(labels=labels))
    again = read_graph(tmp_path / "g").labels
    assert again.dtype == labels.dtype
    assert again.tolist() == labels.tolist()


def test_a_memory_mapped_array_may_be_written_to_without_changing_the_file(tmp_path):
    write_graph(tmp_path / "g", small_graph(features=np.eye(N_NODES)))
    read_graph(tmp_path / "g", mmap=True).features[0, 0] = 99
    assert read_graph(tmp_path / "g").features[0, 0] == 1


@pytest.mark.parametrize("n_nodes", [0, 1, 3])
def test_a_graph_without_edges_is_stored(tmp_path, n_nodes):
    write_graph(tmp_path / "g", Graph.from_edges([], n_nodes=n_nodes))
    assert read_graph(tmp_path / "g").n_nodes == n_nodes


def test_each_edge_stands_once_in_rows_of_larger_neighbours(tmp_path):
    write_graph(tmp_path / "g", Graph.from_edges([(2, 0), (1, 0), (2, 1)], n_nodes=4))
    assert np.load(tmp_path / "g" / "indptr.npy").tolist() == [0, 2, 3, 3, 3]
    assert np.load(tmp_path / "g" / "indices.npy").tolist() == [1, 2, 2]
    assert sorted(path.name for path in (tmp_path / "g").iterdir()) == [
        "graph.json",
        "indices.npy",
        "indptr.npy",
    ]


def test_a_store_is_replaced_whole(tmp_path):
    write_graph(tmp_path / "g", small_graph(features=np.eye(N_NODES)))
    write_graph(tmp_path / "g", Graph.from_edges([(0, 1)]))
    assert repr(read_graph(tmp_path / "g")) == "Graph(graph: 2 nodes, 1 edges)"
    assert not (tmp_path / "g" / "features.npy").exists()


def test_a_folder_of_other_things_is_never_replaced(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(FileContentError, match="is no graph store, so it is not replaced"):
        write_graph(tmp_path, small_graph())
    with pytest.raises(FileContentError, match="is a file"):
        write_graph(tmp_path / "thesis.tex", small_graph())
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"ids": [(0, 1), (1, 0)]}, r"The id \(0, 1\) is a tuple; on disk ids are strings or integers only"),
        ({"ids": [True, "a"]}, "The id True is a bool"),
        ({"ids": [1.5, 2.5]}, "The id 1.5 is a float"),
        ({"labels": np.array([{1}, {2}], dtype=object)}, "labels cannot be saved"),
        ({"labels": np.array([np.nan, "a"], dtype=object)}, "labels cannot be saved"),
    ],
)
def test_what_has_no_place_on_disk_is_refused_and_leaves_no_folder(tmp_path, attributes, message):
    with pytest.raises(GraphError, match=message):
        write_graph(tmp_path / "g", Graph.from_edges([(0, 1)], **attributes))
    assert list(tmp_path.iterdir()) == []


class Evil:
    """Would run code if it were ever unpickled."""

    def __reduce__(self):
        return exec, ("raise SystemExit('a pickle was loaded')",)


def overwrite(name, array):
    return lambda folder: np.save(folder / name, array)


def truncate(name, n_bytes):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:n_bytes])


def append(name, content):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + content)


def edit(**changes):
    def change(folder):
        document = json.loads((folder / "graph.json").read_text())
        (folder / "graph.json").write_text(json.dumps(document | changes))

    return change


def write(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def huge_header(folder):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999, 3), }"
    (folder / "features.npy").write_bytes(
        b"\x93NUMPY\x01\x00" + (len(header) + 1).to_bytes(2, "little") + header + b"\n" + b"\x00" * 64
    )


DAMAGE = {
    "no document": lambda folder: (folder / "graph.json").unlink(),
    "document is no JSON": write("graph.json", b"{"),
    "document is not UTF-8": write("graph.json", b'"\xff"'),
    "document is a list": write("graph.json", b"[1]"),
    "document nests deeply": write("graph.json", b"[" * 200_000),
    "document has no schema": write("graph.json", b"{}"),
    "schema of the future": edit(schema_version=99),
    "counts are text": edit(n_nodes="6"),
    "counts are negative": edit(n_edges=-1),
    "counts are enormous": edit(n_nodes=10**15),
    "counts are too small": edit(n_nodes=5),
    "dropped is a list": edit(dropped=[]),
    "unknown feature kind": edit(features={"kind": "../../etc", "shape": [6, 6]}),
    "feature shape is text": edit(features={"kind": "dense", "shape": "66"}),
    "feature shape has three": edit(features={"kind": "dense", "shape": [6, 6, 6]}),
    "another fingerprint": edit(fingerprint="0" * 64),
    "weights are announced but not there": edit(has_weights=True),
    "file missing": lambda folder: (folder / "indices.npy").unlink(),
    "file is a folder": lambda folder: ((folder / "ids.json").unlink(), (folder / "ids.json").mkdir()),
    "offsets truncated": truncate("indptr.npy", 100),
    "edges truncated": truncate("indices.npy", -4),
    "file empty": truncate("indices.npy", 0),
    "file too long": append("indices.npy", b"more"),
    "huge header": huge_header,
    "offsets of another dtype": overwrite("indptr.npy", np.zeros(7, dtype=np.int32)),
    "offsets fall": overwrite("indptr.npy", np.array([0, 2, 1, 1, 3, 3, 3])),
    "offsets do not reach the end": overwrite("indptr.npy", np.array([0, 1, 2, 2, 2, 2, 2])),
    "offsets start late": overwrite("indptr.npy", np.array([1, 1, 2, 3, 3, 3, 3])),
    "edges to nowhere": overwrite("indices.npy", np.array([1, 2, 6], dtype=np.int32)),
    "edges to negative": overwrite("indices.npy", np.array([1, 2, -1], dtype=np.int32)),
    "edges to themselves": overwrite("indices.npy", np.array([0, 2, 4], dtype=np.int32)),
    "an edge moved": overwrite("indices.npy", np.array([1, 2, 5], dtype=np.int32)),
    "features not finite": overwrite("features.npy", np.full((6, 6), np.nan)),
    "features changed": overwrite("features.npy", np.zeros((6, 6))),
    "features are dates": overwrite("features.npy", np.zeros((6, 6), dtype="M8[s]")),
    "features are objects": write("features.npy", b""),
    "ids too few": write("ids.json", b'["a"]'),
    "ids repeat": write("ids.json", b'["a", "a", "b", "c", "d", "e"]'),
    "ids of other kinds": write("ids.json", b'["a", {}, "b", "c", "d", "e"]'),
    "ids beyond 64 bits": write("ids.json", b"[99999999999999999999, 1, 2, 3, 4, 5]"),
    "feature names are numbers": write("feature_names.json", b"[1, 2, 3, 4, 5, 6]"),
    "feature names too few": write("feature_names.json", b'["a"]'),
}


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_store_is_refused_with_a_sentence(tmp_path, damage, mmap):
    folder = tmp_path / "g"
    write_graph(folder, small_graph(features=np.eye(N_NODES), feature_names=tuple("abcdef")))
    DAMAGE[damage](folder)
    with pytest.raises((RunFolderError, FileContentError), match=r"^\S.* .*\.$") as caught:
        read_graph(folder, mmap=mmap)
    assert "g" in str(caught.value)


@pytest.mark.parametrize("mmap", [False, True])
def test_a_pickle_in_the_store_is_never_loaded(tmp_path, mmap):
    folder = tmp_path / "g"
    write_graph(folder, small_graph(features=np.eye(N_NODES)))
    np.save(folder / "features.npy", np.full((6, 6), Evil(), dtype=object), allow_pickle=True)
    with pytest.raises(FileContentError, match="Python objects, which are never loaded"):
        read_graph(folder, mmap=mmap)
    (folder / "features.npy").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(FileContentError, match="cannot be read as an array"):
        read_graph(folder, mmap=mmap)


def test_sparse_features_are_checked_before_scipy_walks_along_their_offsets(tmp_path):
    folder = tmp_path / "g"
    write_graph(folder, small_graph(features=sp.csr_array(np.eye(N_NODES))))
    np.save(folder / "features.indices.npy", np.array([0, 1, 2, 3, 4, 10**6], dtype=np.int32))
    with pytest.raises(FileContentError, match="must lie between 0 and 5"):
        read_graph(folder)


@pytest.mark.parametrize("where", ["", "nothing/here"])
def test_a_folder_that_is_no_store_is_called_so(tmp_path, where):
    with pytest.raises(RunFolderError, match="is no graph store"):
        read_graph(tmp_path / where)
