"""`SpectralEmbedding`: eigenvectors of the normalised Laplacian, the baseline that the papers call SC."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse as sp
from scipy.sparse import csgraph
from sklearn.manifold import spectral_embedding

from varigraph.baselines.node_embedding import NodeEmbedding, check_number, check_whole
from varigraph.graphs.graph import Graph
from varigraph.seeding import numpy_generator
from varigraph.tensor_types import FloatArray, IndexPairs, IntArray, RandomState

__all__ = ["SpectralEmbedding", "laplacian_eigenvectors"]

_DENSE_UP_TO = 500  # nodes; below, LAPACK finds all eigenvectors faster than ARPACK finds some
_DENSE_SHARE = 4  # ARPACK is made for few eigenvectors: fewer than one for so many nodes


class SpectralEmbedding(NodeEmbedding):
    """Embeds nodes by eigenvectors of the normalised Laplacian L = I − D^-½ A D^-½ (spectral clustering, SC).

    With x the eigenvectors of the `latent_dim` smallest eigenvalues but for the trivial ones,
    z_i = d_i^p x_i, and a pair scores ⟨z_i, z_j⟩; D holds the degrees d (sums of weights) and p is
    `degree_power`. On a connected graph this is scikit-learn's `SpectralEmbedding` up to the scale.

    **Graphs in several components.** Eigenvalue 0 then belongs to every component once, with √d on the
    component as its eigenvector, and scikit-learn returns arbitrary mixtures of those; CiteSeer has over 400,
    more than there are columns. Here each component is embedded on its own, by scikit-learn if it is large,
    and the best `latent_dim` eigenvectors of all are kept. Trivial ones need no columns, as their part of an
    inner product is known: two nodes of one component get (d_i d_j)^(½+p) / (sum of the component's degrees)
    on top. The largest component gets none, as its trivial vector is the first, which scikit-learn drops too.
    Nodes of two components score exactly 0.

    `latent_dim` should be far below the number of nodes: all eigenvectors together tell only the degrees.

    Args:
        latent_dim: Eigenvectors; columns beyond those that there are hold zeros.
        degree_power: The scale p. ½ is what scikit-learn multiplied by when the paper below was written; −½
            is what it has divided by since, as Laplacian eigenmaps do.
        random_state: Seed of ARPACK's starting vector; of no weight but for the last digits.

    Attributes:
        embedding_: The vectors z, shape (n_nodes, latent_dim).
        component_: Which component a node is in, shape (n_nodes,).
        trivial_: Its entry in the component's trivial eigenvector, scaled as z is; 0 in the largest.
        message_graph_: The graph that was embedded.
        seed_: The seed as an integer.

    References:
        Tang and Liu, Leveraging social media networks for classification, 2011.
        Kipf & Welling (2016), *Variational graph auto-encoders*, table 1, row SC.

    Example:
        >>> path = Graph.from_edges([(0, 1), (1, 2), (2, 3)])
        >>> SpectralEmbedding(1).fit(path).score_pairs([(0, 1), (0, 2), (0, 3)]).round(3).tolist()
        [0.333, -0.333, -0.333]
    """

    def __init__(
        self, latent_dim: int = 128, *, degree_power: float = 0.5, random_state: RandomState = None
    ) -> None:
        self.latent_dim = latent_dim
        self.degree_power = degree_power
        self.random_state = random_state

    def check_settings(self) -> None:
        """Checks the settings; see `NodeEmbedding`."""
        check_whole(self, "latent_dim")
        check_number("degree_power", self.degree_power)

    def _embed(self, graph: Graph, seed: int) -> FloatArray:
        _, vectors = laplacian_eigenvectors(graph, self.latent_dim, seed=seed)
        degrees = np.asarray(graph.adjacency.sum(axis=1)).ravel()
        scale = self._scale(np.where(degrees > 0, degrees, 1.0))
        self.component_, is_largest = _components(graph)
        volume = np.bincount(self.component_, degrees)[self.component_]
        share = np.divide(degrees, volume, out=np.zeros_like(degrees), where=volume > 0)
        self.trivial_: FloatArray = np.where(is_largest, 0.0, np.sqrt(share) * scale)
        embedding = np.zeros((graph.n_nodes, self.latent_dim))
        embedding[:, : vectors.shape[1]] = scale[:, None] * vectors
        return embedding

    def _scale(self, degrees: FloatArray) -> FloatArray:
        with np.errstate(over="ignore", under="ignore"):
            scale = np.asarray(degrees**self.degree_power)
            largest = scale.max() ** 2
        if not (np.isfinite(largest) and scale.min() > 0):
            raise ValueError(
                f"degree_power={self.degree_power!r} takes degrees from {degrees.min():g} to "
                f"{degrees.max():g} out of the range of numbers; give one nearer to 0."
            )
        return scale

    def _scores(self, pairs: IndexPairs) -> FloatArray:
        i, j = pairs.T
        trivial = self.trivial_[i] * self.trivial_[j]
        return super()._scores(pairs) + np.where(self.component_[i] == self.component_[j], trivial, 0.0)


def laplacian_eigenvectors(graph: Graph, n_vectors: int, *, seed: int) -> tuple[FloatArray, FloatArray]:
    """Eigenvectors of L = I − D^-½ A D^-½ with the smallest eigenvalues above 0, of all components together.

    Args:
        graph: A graph; nodes without edges are in no eigenvector.
        n_vectors: How many are wanted; there are as many as nodes with edges less components with edges.
        seed: Of ARPACK's starting vector.

    Returns:
        Eigenvalues in ascending order, shape (n_found,), in (0, 2]; orthonormal eigenvectors, shape
        (n_nodes, n_found), each zero outside one component.

    Example:
        >>> values, vectors = laplacian_eigenvectors(Graph.from_edges([(0, 1), (2, 3)]), 5, seed=0)
        >>> values.round(6).tolist(), vectors.shape
        ([2.0, 2.0], (4, 2))
    """
    component, _ = _components(graph)
    order, sizes = np.argsort(component, kind="stable"), np.bincount(component)
    members = [one for one in np.split(order, np.cumsum(sizes)[:-1]) if len(one) > 1]
    found = [_connected(graph.adjacency[nodes][:, nodes], n_vectors, seed=seed) for nodes in members]
    values = np.concatenate([np.empty(0), *(values for values, _ in found)])
    owner = np.repeat(np.arange(len(found)), [len(values) for values, _ in found])
    column = np.concatenate([np.empty(0, int), *(np.arange(len(values)) for values, _ in found)])
    best = np.argsort(values, kind="stable")[:n_vectors]
    vectors = np.zeros((graph.n_nodes, len(best)))
    for at, one in enumerate(best):
        vectors[members[owner[one]], at] = found[owner[one]][1][:, column[one]]
    return values[best], vectors


def _components(graph: Graph) -> tuple[IntArray, Any]:
    """The component of each node, and whether it is the largest; of equally large ones the first."""
    _, component = csgraph.connected_components(graph.adjacency, directed=False)
    largest = np.bincount(component).argmax()
    return component.astype(np.int64), component == largest


def _connected(adjacency: sp.csr_array, n_vectors: int, *, seed: int) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues and eigenvectors of one component of two nodes or more, the trivial one left out."""
    n_nodes = adjacency.shape[0]
    n_vectors = min(n_vectors, n_nodes - 1)
    root = np.sqrt(np.asarray(adjacency.sum(axis=1)).ravel())
    if n_nodes <= max(_DENSE_UP_TO, _DENSE_SHARE * (n_vectors + 1)):
        values, vectors = np.linalg.eigh(np.eye(n_nodes) - adjacency.toarray() / np.outer(root, root))
        return values[1 : n_vectors + 1], vectors[:, 1 : n_vectors + 1]
    # scikit-learn takes 32-bit positions only, and gives x / √d.
    entries = adjacency.data, adjacency.indices.astype(np.int32), adjacency.indptr.astype(np.int32)
    start = int(numpy_generator(seed).integers(2**31))
    scaled = spectral_embedding(
        sp.csr_array(entries, shape=adjacency.shape), n_components=n_vectors, random_state=start
    )
    vectors = scaled * root[:, None]
    smoothed = (adjacency @ scaled) / root[:, None]
    return 1.0 - np.einsum("nk,nk->k", vectors, smoothed), vectors
