"""Adjacency matrices in files as links between positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from varigraph.errors import FileContentError, GraphError
from varigraph.graphs.convert import Links, matrix_entries
from varigraph.graphs.files.formats import GraphFormat
from varigraph.graphs.files.matrix_market import read_market
from varigraph.graphs.files.npz_matrices import read_npz

__all__ = ["read_matrix_links"]

# As for integer ids taken for positions: a node is made for each row, edges or not.
_FEW_NODES = 1_000_000
_MOST_NODES_AN_ENTRY = 100


def read_matrix_links(path: Path, format: GraphFormat, *, use_weights: bool = True) -> Links:
    """The entries of an adjacency matrix as links between the positions 0 … n_nodes − 1.

    Args:
        path: The file.
        format: "npz" or "mtx".
        use_weights: Whether the values are weights; if not, every entry but zero is an edge of weight 1.

    Raises:
        FileContentError: The file is damaged, holds something else, or its matrix is not square, complex,
            has an entry that is no positive number, or states a size that its entries belie.
    """
    matrix = read_npz(path) if format == "npz" else read_market(path)
    n_nodes, n_entries = matrix.shape[0], matrix.nnz
    if n_nodes > max(_FEW_NODES, _MOST_NODES_AN_ENTRY * n_entries):
        raise FileContentError(
            f"{path} states {n_nodes:,} nodes but has {n_entries:,} entries; nearly all would be isolated."
        )
    try:
        pairs, weights = matrix_entries(matrix, use_weights=use_weights)
    except GraphError as error:
        raise FileContentError(f"{path} holds no adjacency matrix. {error}") from error
    return Links(
        pairs[:, 0],
        pairs[:, 1],
        weights,
        nodes=np.arange(n_nodes),
        are_positions=True,
        source_name=str(path),
        error=FileContentError,
    )
