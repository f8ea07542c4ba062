"""Matrices of a graph as tensors: normalised adjacency, features."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import torch
from scipy import sparse as sp
from torch import Tensor

from varigraph.errors import GraphError
from varigraph.graphs.features import canonical_rows, looks_like_counts, tfidf
from varigraph.graphs.graph import Graph
from varigraph.sparse import SparseRows

__all__ = [
    "FeatureTransform",
    "feature_matrix",
    "looks_like_counts",
    "normalised_adjacency",
]

FeatureTransform: TypeAlias = Literal["raw", "tfidf"]
"""Features as they are, or `varigraph.graphs.features.tfidf` of them."""

_SPARSE_BELOW = 0.3  # share of non-zeros below which sparse rows multiply faster than dense ones


def normalised_adjacency(
    graph: Graph, *, self_loops: bool = True, dtype: torch.dtype = torch.float32
) -> SparseRows:
    """The symmetrically normalised adjacency D^-½ (A + I) D^-½, D the row sums of A + I.

    A holds the edge weights, I counts as loops of weight 1: GCN's "renormalisation trick".

    Args:
        graph: Usually a part's message graph.
        self_loops: False leaves the identity out: Ã = D^-½ A D^-½. A node without edges then has a row
            of zeros, and with self-loops the row of the identity.
        dtype: Of the values; they are computed in float64.

    Returns:
        shape (n_nodes, n_nodes), symmetric.

    References:
        Kipf and Welling, Semi-supervised classification with graph convolutional networks, 2017, section 2.2.

    Example:
        >>> edge = Graph.from_edges([(0, 1)], n_nodes=3)
        >>> normalised_adjacency(edge).to_dense().tolist()
        [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    adjacency = graph.adjacency
    if self_loops:
        adjacency = sp.csr_array(adjacency + sp.eye_array(graph.n_nodes, format="csr"))
    sums = adjacency.sum(axis=1)
    scale = np.divide(1.0, np.sqrt(sums), out=np.zeros_like(sums), where=sums > 0)
    rows = np.repeat(scale, np.diff(adjacency.indptr))
    # The two scales first: their product is the same in both directions, so symmetry is exact.
    values = adjacency.data * (rows * scale[adjacency.indices])
    normalised = sp.csr_array((values, adjacency.indices, adjacency.indptr), shape=adjacency.shape)
    return SparseRows.from_scipy(normalised, symmetric=True, dtype=dtype)


def feature_matrix(
    graph: Graph, *, transform: FeatureTransform = "raw", dtype: torch.dtype = torch.float32
) -> SparseRows | Tensor:
    """The node features, sparse if they are given so or if less than 30 % of a dense array is not zero.

    Args:
        graph: A graph with features.
        transform: "raw" leaves them as they are; "tfidf" weighs counts by how rare a feature is and gives
            rows unit length, and features that are no counts only the latter.
        dtype: Of the values; they are computed in float64.

    Returns:
        shape (n_nodes, n_features): `SparseRows` with the transpose beside it, or a dense tensor.

    Raises:
        GraphError: The graph has no features, or `transform` is not one of the two.

    Example:
        >>> graph = Graph.from_edges([(0, 1)], features=np.eye(2) * 3)
        >>> feature_matrix(graph, transform="tfidf")
        tensor([[1., 0.],
                [0., 1.]])
    """
    if graph.features is None:
        raise GraphError(f"{graph.name} has no node features; use a model without features.")
    if transform not in ("raw", "tfidf"):
        raise GraphError(f"transform={transform!r} is not known; use 'raw' or 'tfidf'.")
    features = tfidf(graph.features) if transform == "tfidf" else graph.features
    if sp.issparse(features) or np.count_nonzero(features) < _SPARSE_BELOW * features.size:
        return SparseRows.from_scipy(canonical_rows(features), dtype=dtype)
    return torch.from_numpy(np.array(features, dtype=np.float64)).to(dtype)
