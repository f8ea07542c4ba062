"""SpectralEmbedding: scikit-learn's on a connected graph, and sense on one in several components."""

import itertools
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import sparse as sp
from scipy.sparse import csgraph
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.manifold import SpectralEmbedding as TheirEmbedding

from varigraph.baselines import SpectralEmbedding
from varigraph.baselines.spectral import laplacian_eigenvectors
from varigraph.errors import GraphError, SplitError
from varigraph.graphs.graph import Graph


def a_connected_graph(n_nodes=40, n_edges=90, *, seed=0, weighted=False):
    """A random tree and further edges."""
    generator = np.random.default_rng(seed)
    tree = [(generator.integers(node), node) for node in range(1, n_nodes)]
    pairs = np.concatenate([tree, generator.integers(n_nodes, size=(n_edges, 2))])
    weights = generator.uniform(0.5, 3, len(pairs)) if weighted else None
    return Graph.from_edges(pairs, n_nodes=n_nodes, weights=weights)


def beside(*graphs):
    """Graphs as components of one."""
    shifts = np.cumsum([0, *(one.n_nodes for one in graphs)])
    edges = [one.edges + shift for one, shift in zip(graphs, shifts, strict=False)]
    return Graph.from_edges(np.concatenate(edges), n_nodes=int(shifts[-1]))


def all_pairs(graph):
    return np.array(list(itertools.combinations(range(graph.n_nodes), 2)))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_nodes", [40, 600])  # by LAPACK, and by ARPACK
def test_a_connected_graph_is_embedded_as_scikit_learn_does(n_nodes, weighted):
    graph = a_connected_graph(n_nodes, 3 * n_nodes, weighted=weighted)
    # scikit-learn takes 32-bit positions only.
    matrix = graph.adjacency.copy()
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    theirs = TheirEmbedding(5, affinity="precomputed", random_state=3).fit_transform(sp.csr_array(matrix))
    ours = SpectralEmbedding(5, degree_power=-0.5, random_state=0).fit(graph)
    pairs = all_pairs(graph)[:2000]
    first, second = theirs[pairs[:, 0]], theirs[pairs[:, 1]]
    # Both solve to about machine precision; the gap between eigenvalues divides it.
    assert np.allclose(ours.score_pairs(pairs), (first * second).sum(axis=1), rtol=0, atol=1e-9)


def test_eigenvectors_are_those_of_the_dense_laplacian_over_all_components():
    graph = beside(a_connected_graph(12, 10), a_connected_graph(25, 40, seed=1), Graph.from_edges([(0, 1)]))
    values, vectors = laplacian_eigenvectors(graph, 9, seed=0)
    laplacian = csgraph.laplacian(graph.adjacency, normed=True).toarray()
    expected = np.linalg.eigvalsh(laplacian)
    assert np.allclose(values, expected[expected > 1e-9][:9])
    assert np.allclose(laplacian @ vectors, vectors * values)
    assert np.allclose(vectors.T @ vectors, np.eye(9))


def test_trivial_eigenvectors_of_all_components_but_the_largest_are_in_the_scores():
    graph = beside(a_connected_graph(12, 10), a_connected_graph(25, 40, seed=1), Graph.from_edges([(0, 1)]))
    laplacian = csgraph.laplacian(graph.adjacency, normed=True).toarray()
    values, vectors = np.linalg.eigh(laplacian)
    degrees = graph.adjacency.sum(axis=1)
    large = np.where((np.arange(39) >= 12) & (np.arange(39) < 37), np.sqrt(degrees), 0)
    trivial = (
        vectors[:, values < 1e-9] @ vectors[:, values < 1e-9].T - np.outer(large, large) / (large**2).sum()
    )
    kept = vectors[:, values > 1e-9][:, :4]
    expected = np.sqrt(np.outer(degrees, degrees)) * (kept @ kept.T + trivial)
    pairs = all_pairs(graph)
    scores = SpectralEmbedding(4).fit(graph).score_pairs(pairs)
    assert np.allclose(scores, expected[pairs[:, 0], pairs[:, 1]])


def test_pairs_across_components_and_of_isolated_nodes_score_exactly_0():
    graph = beside(a_connected_graph(30, 20), a_connected_graph(10, 5), Graph.from_edges([], n_nodes=2))
    model = SpectralEmbedding(6).fit(graph)
    assert not model.embedding_[40:].any()
    assert np.isfinite(model.embedding_).all()
    pairs = all_pairs(graph)
    across = model.component_[pairs[:, 0]] != model.component_[pairs[:, 1]]
    assert across.sum() == 30 * 10 + 40 * 2 + 1
    assert not model.score_pairs(pairs[across]).any()


def test_relabelling_the_nodes_relabels_the_scores():
    graph = beside(a_connected_graph(30, 20), a_connected_graph(10, 5))
    order = np.random.default_rng(0).permutation(40)
    other = Graph.from_edges(order[graph.edges], n_nodes=40)
    pairs = all_pairs(graph)
    scores = SpectralEmbedding(6).fit(graph).score_pairs(pairs)
    assert np.allclose(scores, SpectralEmbedding(6).fit(other).score_pairs(order[pairs]))


def test_the_seed_of_arpack_decides_nothing_but_the_last_digits():
    graph, pairs = a_connected_graph(600, 1800), np.random.default_rng(0).integers(600, size=(500, 2))
    scores = [SpectralEmbedding(5, random_state=seed).fit(graph).score_pairs(pairs) for seed in (0, 0, 1)]
    assert np.array_equal(scores[0], scores[1])
    assert np.allclose(scores[0], scores[2], rtol=0, atol=1e-9)


def test_columns_beyond_the_eigenvectors_hold_zeros():
    model = SpectralEmbedding(7).fit(Graph.from_edges([(0, 1), (1, 2), (3, 4)]))
    assert model.embedding_.shape == (5, 7)
    assert np.linalg.matrix_rank(model.embedding_) == 3
    assert not model.embedding_[:, 3:].any()


def test_blocks_of_pairs_score_as_one(monkeypatch):
    graph = a_connected_graph()
    model, pairs = SpectralEmbedding(4).fit(graph), all_pairs(graph)
    whole = model.score_pairs(pairs)
    module = sys.modules[SpectralEmbedding.__mro__[1].__module__]
    monkeypatch.setattr(module, "_PAIRS_AT_ONCE", 7)
    assert np.array_equal(model.score_pairs(pairs), whole)
    assert model.score_pairs(np.empty((0, 2), dtype=np.int64)).shape == (0,)


def test_it_is_an_estimator_of_scikit_learn():
    model = SpectralEmbedding(4, degree_power=0.0, random_state=7).fit(a_connected_graph())
    copy = clone(model)
    assert copy.get_params() == {"latent_dim": 4, "degree_power": 0.0, "random_state": 7}
    assert not hasattr(copy, "embedding_")
    assert model.seed_ == 7


def test_links_by_the_users_ids_score_as_their_positions_do():
    graph = Graph.from_edges([(0, 1), (1, 2)], ids=["a", "b", "c"])
    model = SpectralEmbedding(2).fit(graph)
    expected = model.score_pairs(np.array([[2, 0], [1, 0]])).tolist()
    assert model.score_links([("c", "a"), ("b", "a")]).tolist() == expected
    frame = pd.DataFrame({"source": ["c", "b"], "target": ["a", "a"]})
    assert model.score_links(frame).tolist() == expected
    with pytest.raises(GraphError, match="z"):
        model.score_links([("a", "z")])
    with pytest.raises(NotFittedError):
        SpectralEmbedding(2).score_links([("a", "b")])


def test_the_frame_has_the_users_ids():
    graph = Graph.from_edges([(0, 1), (1, 2)], ids=["a", "b", "c"])
    frame = SpectralEmbedding(2).fit(graph).embedding_frame()
    assert frame.columns.tolist() == ["id", "z0", "z1"]
    assert frame["id"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"latent_dim": 0}, "latent_dim must be a whole number of 1 or more, got 0"),
        ({"latent_dim": True}, "latent_dim must be"),
        ({"latent_dim": 2.0}, "latent_dim must be"),
        ({"degree_power": np.nan}, "degree_power must be a number"),
        ({"degree_power": "half"}, "degree_power must be a number"),
        ({"degree_power": True}, "degree_power must be a number"),
        ({"degree_power": 1000}, "degree_power=1000 takes degrees from .* out of the range of numbers"),
        ({"degree_power": -1000.0}, "out of the range of numbers"),
    ],
)
def test_a_wrong_setting_is_named(settings, message):
    with pytest.raises(ValueError, match=message):
        SpectralEmbedding(**settings).fit(a_connected_graph())


def test_wrong_graphs_and_pairs_are_refused():
    with pytest.raises(GraphError, match="has no edges to learn from"):
        SpectralEmbedding().fit(Graph.from_edges([], n_nodes=3))
    model = SpectralEmbedding(2).fit(a_connected_graph())
    with pytest.raises(GraphError, match="not in 0 … 39"):
        model.score_pairs(np.array([[0, 40]]))
    with pytest.raises(GraphError, match="must have shape"):
        model.score_pairs(np.zeros((2, 2, 2), dtype=np.int64))
    with pytest.raises(SplitError, match="pairs of node positions"):
        model.score_pairs(np.array([[0.0, 1.0]]))
