"""scipy's .npz, read without running anything in it, and refused with a sentence when it is not sound."""

import contextlib
import io
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse as sp

from varigraph.errors import FileContentError
from varigraph.graphs.files import read_graph_file
from varigraph.graphs.files.npz_matrices import read_npz

PATH = sp.coo_array((np.ones(4), ([0, 1, 1, 2], [1, 0, 2, 1])), shape=(4, 4))


def npz(folder, **arrays):
    path = folder / "graph.npz"
    np.savez(path, **arrays)
    return path


def parts(**changes):
    """The arrays of a sound file, some of them changed."""
    sound = {
        "format": np.array(b"csr"),
        "shape": np.array([3, 3]),
        "data": np.ones(2),
        "indices": np.array([1, 2]),
        "indptr": np.array([0, 1, 2, 2]),
    }
    return sound | changes


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dia"])
@pytest.mark.parametrize("kind", [sp.coo_array, sp.coo_matrix])
def test_every_form_that_scipy_saves_is_read_with_its_isolated_node(tmp_path, form, kind):
    sp.save_npz(tmp_path / "graph.npz", kind(PATH).asformat(form))
    graph = read_graph_file(tmp_path / "graph.npz")
    assert graph.edges.tolist() == [[0, 1], [1, 2]]
    assert graph.ids.tolist() == [0, 1, 2, 3]
    assert (graph.weights, graph.name) == (None, "graph")


@settings(max_examples=40)
@given(
    matrix=hnp.arrays(np.int64, (4, 4), elements=st.sampled_from([0, 0, 1, 2, 3])),
    form=st.sampled_from(["csr", "csc", "coo", "bsr", "dia"]),
    height=st.sampled_from([1, 2, 4]),
)
def test_every_form_is_read_entry_by_entry_as_scipy_reads_it(tmp_path_factory, matrix, form, height):
    path = tmp_path_factory.mktemp("npz") / "m.npz"
    made = (
        sp.bsr_array(matrix, blocksize=(height, 2)) if form == "bsr" else sp.coo_array(matrix).asformat(form)
    )
    sp.save_npz(path, made)
    assert read_npz(path).toarray().tolist() == matrix.tolist()


def test_values_are_weights_unless_they_are_passed_over(tmp_path):
    sp.save_npz(tmp_path / "graph.npz", PATH * 2.5)
    assert read_graph_file(tmp_path / "graph.npz").weights.tolist() == [2.5, 2.5]
    sp.save_npz(tmp_path / "graph.npz", PATH * -2.5)
    assert read_graph_file(tmp_path / "graph.npz", use_weights=False).weights is None


class Trap:
    """Pickled, it creates a file when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (io.FileIO, (str(self.path), "w"))


@pytest.mark.parametrize("member", ["data", "format", "shape", "extra"])
def test_a_pickle_in_any_member_is_refused_without_running_it(tmp_path, member):
    path, sprung = tmp_path / "graph.npz", tmp_path / "sprung"
    np.savez(path, **parts(**{member: np.array([Trap(sprung)], dtype=object)}))
    with pytest.raises(
        FileContentError, match=f"'{member}' of .*graph.npz is refused: it holds Python objects"
    ):
        read_graph_file(path)
    assert not sprung.exists()


def test_a_pickle_by_the_name_of_a_matrix_is_refused_without_running_it(tmp_path):
    path, sprung = tmp_path / "graph.npz", tmp_path / "sprung"
    path.write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(FileContentError, match=r"is no .npz file"):
        read_graph_file(path)
    assert not sprung.exists()


def test_a_header_that_states_more_than_the_file_holds_is_refused_before_anything_is_made(tmp_path):
    path = tmp_path / "graph.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    np.savez(path, **{name: array for name, array in parts().items() if name != "data"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("data.npy", header.getvalue() + b"\0" * 16)
    with pytest.raises(FileContentError, match=r"'data' of .* where its header asks for 8,000,000,000,000,"):
        read_graph_file(path)


BAD = {
    "not square": (parts(shape=np.array([3, 4])), r"is square, and this one has shape \(3, 4\)"),
    "complex": (parts(data=np.array([1j, 2])), "holds complex128"),
    "negative": (parts(data=np.array([1.0, -2])), r"entry \(1, 2\) .* is -2; weights are positive"),
    "not a number": (parts(data=np.array([1.0, np.nan])), r"entry \(1, 2\) .* is nan"),
    "column out of range": (parts(indices=np.array([1, 7])), "cannot be read as a sparse matrix"),
    "column before the first": (parts(indices=np.array([-1, 1])), "cannot be read as a sparse matrix"),
    "offsets that fall": (parts(indptr=np.array([0, 2, 1, 2])), "cannot be read as a sparse matrix"),
    "offsets that fall below 0": (parts(indptr=np.array([0, 2, 1, -2])), "indptr must rise from 0"),
    "blocks of nothing": (
        parts(format=np.array(b"bsr"), data=np.empty((2, 1, 0)), indptr=np.array([0, 1, 2, 2])),
        "blocks are of shape",
    ),
    "offsets past the end": (parts(indptr=np.array([0, 1, 2, 9])), "cannot be read as a sparse matrix"),
    "text": (parts(data=np.array(["a", "b"])), "cannot be read as a sparse matrix|holds <U1"),
    "unknown form": (parts(format=np.array(b"lil")), "cannot be read as a sparse matrix"),
    "three axes": (parts(shape=np.array([3, 3, 3])), "graph.npz"),
    "no sparse matrix": (
        {"adj": np.eye(3), "x": np.ones(3)},
        "no sparse matrix of scipy but the arrays adj, x",
    ),
    "a size beyond belief": (
        {
            "format": np.array(b"coo"),
            "shape": np.array([10**12, 10**12]),
            "data": np.ones(1),
            "row": np.array([0]),
            "col": np.array([1]),
        },
        "states 1,000,000,000,000 nodes but has 1 entries",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_matrix_is_refused_with_file_and_reason(tmp_path, case):
    arrays, message = BAD[case]
    with pytest.raises(FileContentError, match=message) as caught:
        read_graph_file(npz(tmp_path, **arrays))
    assert "graph.npz" in str(caught.value)


@pytest.mark.parametrize("length", [1, 30, 200, -30])
def test_a_matrix_cut_off_anywhere_is_refused(tmp_path, length):
    sp.save_npz(tmp_path / "graph.npz", sp.csr_array(PATH))
    (tmp_path / "graph.npz").write_bytes((tmp_path / "graph.npz").read_bytes()[:length])
    with pytest.raises(FileContentError, match=r"graph.npz"):
        read_graph_file(tmp_path / "graph.npz")


arrays = st.one_of(
    hnp.arrays(np.int64, hnp.array_shapes(min_dims=0, max_dims=2, max_side=4), elements=st.integers(-2, 9)),
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=2, max_side=4)),
    st.sampled_from(
        [np.array(b"csc"), np.array(b"bsr"), np.array("\ud7ff"), np.array(2**62), np.array([1j])]
    ),
)


@settings(max_examples=60)
@given(member=st.sampled_from(["format", "shape", "data", "indices", "indptr"]), array=arrays)
def test_whatever_stands_in_a_member_there_is_a_graph_or_a_sentence(tmp_path_factory, member, array):
    path = npz(tmp_path_factory.mktemp("npz"), **parts(**{member: array}))
    with contextlib.suppress(FileContentError):
        assert read_graph_file(path).n_nodes >= 0
