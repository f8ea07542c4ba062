"""Matrix Market files: what scipy writes is read, and damage is named with its line."""

import gzip
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import io as scipy_io
from scipy import sparse as sp

from varigraph.errors import FileContentError
from varigraph.graphs.files import read_graph_file
from varigraph.graphs.files.matrix_market import read_market

HEAD = "%%MatrixMarket matrix coordinate real general\n"
PATTERN = "%%MatrixMarket matrix coordinate pattern general\n"


def market(folder, content, name="graph.mtx"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@settings(max_examples=25)
@given(
    entries=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)), max_size=12),
    form=st.sampled_from(["sparse", "dense"]),
    field=st.sampled_from(["real", "integer"]),
    symmetry=st.sampled_from(["general", "symmetric", "skew-symmetric"]),
)
def test_what_scipy_writes_is_read_back(tmp_path_factory, entries, form, field, symmetry):
    matrix = np.zeros((6, 6), dtype=np.int64)
    for row, column, value in entries:
        matrix[row, column] = value
    if symmetry == "symmetric":
        matrix = np.maximum(matrix, matrix.T)
    elif symmetry == "skew-symmetric":
        matrix = matrix - matrix.T
    file = io.BytesIO()
    scipy_io.mmwrite(
        file, sp.coo_array(matrix) if form == "sparse" else matrix, field=field, symmetry=symmetry
    )
    read = read_market(market(tmp_path_factory.mktemp("mtx"), file.getvalue())).toarray()
    expected = matrix if symmetry == "general" else np.tril(matrix)
    assert read.tolist() == expected.tolist()


def test_comments_blank_lines_and_gzip_are_understood(tmp_path):
    text = HEAD + "% drawn by hand\n\n3 3 2\n% the first\n1 2 0.5\n\n2 3 4\n"
    graph = read_graph_file(market(tmp_path, gzip.compress(text.encode(), mtime=0), "graph.mtx.gz"))
    assert (graph.edges.tolist(), graph.weights.tolist(), graph.name) == ([[0, 1], [1, 2]], [0.5, 4], "graph")


def test_a_pattern_has_no_weights_and_a_symmetric_one_each_edge_once(tmp_path):
    text = PATTERN.replace("general", "symmetric") + "3 3 2\n2 1\n3 2\n"
    graph = read_graph_file(market(tmp_path, text))
    assert (graph.n_edges, graph.weights, graph.dropped.reversed) == (2, None, 0)


def test_a_matrix_without_entries_has_nodes_alone(tmp_path):
    graph = read_graph_file(market(tmp_path, HEAD + "3 3 0\n"))
    assert (graph.n_nodes, graph.n_edges) == (3, 0)


BAD = {
    "no banner": ("1 2\n2 3\n", "Line 1 of .* is not '%%MatrixMarket"),
    "a vector": ("%%MatrixMarket vector coordinate real general\n", "Line 1 of"),
    "complex": (HEAD.replace("real", "complex") + "2 2 1\n1 2 1 0\n", "Line 1 of .* complex values"),
    "hermitian": (HEAD.replace("general", "hermitian") + "2 2 1\n1 2 1\n", "Line 1 of .* hermitian"),
    "no size": (HEAD, "Line 1 of .* size as whole numbers"),
    "size of words": (HEAD + "% x\nthree 3 1\n", "Line 3 of .* size as whole numbers"),
    "not square": (HEAD + "2 3 1\n1 2 1\n", r"is square; that of .* shape \(2, 3\)"),
    "cut off": (HEAD + "3 3 2\n1 2 1\n", "states 2 entries but holds 1; it may have been cut off"),
    "more than stated": (HEAD + "3 3 1\n1 2 1\n2 3 1\n", "states 1 entries but holds 2"),
    "row out of range": (HEAD + "3 3 2\n1 2 1\n%\n4 1 1\n", "Line 5 of .* outside 1 … 3"),
    "row zero": (HEAD + "3 3 1\n0 1 1\n", "Line 3 of .* outside 1 … 3"),
    "row of a fraction": (HEAD + "3 3 2\n1 2 1\n1.5 2 1\n", "Line 4 of .* is '1.5 2 1'"),
    "value of a word": (HEAD + "3 3 2\n1 2 1\n\n2 3 heavy\n", "Line 5 of .* is '2 3 heavy'; 3 numbers"),
    "no value": (HEAD + "3 3 2\n1 2 1\n2 3\n", "Line 4 of .* is '2 3'; 3 numbers"),
    "value too many": (PATTERN + "3 3 1\n1 2 1\n", "Line 3 of .*; 2 numbers"),
    "negative": (HEAD + "3 3 1\n1 2 -1\n", r"entry \(0, 1\) .* is -1"),
    "nan": (HEAD + "3 3 1\n1 2 nan\n", r"entry \(0, 1\) .* is nan"),
    "not text": (HEAD.encode() + b"3 3 1\n1 2 \xff\n", "is not text"),
    "gzip cut off": (gzip.compress(HEAD.encode() * 50, mtime=0)[:-9], "cannot be unpacked"),
    "a size beyond belief": (
        HEAD + "999999999999 999999999999 1\n1 2 1\n",
        "states 999,999,999,999 nodes but has 1",
    ),
    "a dense size beyond belief": (
        "%%MatrixMarket matrix array real general\n99999999 99999999\n1\n",
        "entries but holds 1",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_file_is_refused_with_file_line_and_reason(tmp_path, case):
    content, message = BAD[case]
    with pytest.raises(FileContentError, match=f"(?s){message}") as caught:
        read_graph_file(market(tmp_path, content))
    assert "graph.mtx" in str(caught.value)
