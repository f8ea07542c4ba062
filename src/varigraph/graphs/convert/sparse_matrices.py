"""A graph from a scipy sparse matrix."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.convert.attributes import checked_attributes
from varigraph.graphs.convert.edge_rows import graph_from_pairs
from varigraph.graphs.graph import Graph
from varigraph.tensor_types import FloatArray, IndexPairs

__all__ = ["from_scipy", "matrix_entries"]


def from_scipy(
    matrix: Any, *, ids: Iterable[Any] | None = None, use_weights: bool = True, **attributes: Any
) -> Graph:
    """A graph from an adjacency matrix, symmetric or not: an entry either way is an edge.

    Values are weights; a matrix of ones makes an unweighted graph. If the entries (i, j) and (j, i)
    differ, the one in the upper row stays.

    Args:
        matrix: A scipy sparse matrix or array, shape (n_nodes, n_nodes). Stored zeros are no edges, and
            repeated entries of the COO format add up, as everywhere in scipy.
        ids: Names of the rows.
        use_weights: If not, every entry but zero is an edge of weight 1, whatever its value.
        **attributes: `features`, `labels`, `feature_names`, `name`.

    Raises:
        GraphError: The matrix is not square, or a value is negative, complex or not finite.
    """
    pairs, weights = matrix_entries(matrix, use_weights=use_weights)
    return graph_from_pairs(
        pairs, weights, n_nodes=matrix.shape[0], ids=ids, **checked_attributes(attributes)
    )


def matrix_entries(matrix: Any, *, use_weights: bool = True) -> tuple[IndexPairs, FloatArray | None]:
    """The entries of an adjacency matrix: row and column of each, shape (n_entries, 2), and their weights.

    Raises:
        GraphError: As `from_scipy`.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise GraphError(f"An adjacency matrix is square; this one has shape {matrix.shape}.")
    if matrix.dtype.kind not in "biuf":
        raise GraphError(f"An adjacency matrix holds real numbers; this one holds {matrix.dtype}.")
    rows = sp.csr_array(matrix).astype(np.float64)  # a copy: what follows works in place
    rows.sum_duplicates()
    rows.eliminate_zeros()
    entries = rows.tocoo()
    pairs = np.stack(entries.coords, axis=1).astype(np.int64)
    if not use_weights:
        return pairs, None
    bad = np.flatnonzero(~(np.isfinite(entries.data) & (entries.data > 0)))
    if bad.size:
        i, j = pairs[bad[0]].tolist()
        raise GraphError(
            f"The entry ({i}, {j}) of the adjacency matrix is {entries.data[bad[0]]:g}; weights are positive "
            f"and finite ({bad.size} entries are not)."
        )
    return pairs, entries.data
