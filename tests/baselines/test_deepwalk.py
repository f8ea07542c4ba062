"""DeepWalk: what gensim learns from our walks."""

import itertools
import sys

import numpy as np
import pytest
from sklearn.base import clone

from varigraph.baselines import DeepWalk
from varigraph.errors import MissingExtraError
from varigraph.evaluation.ranking import roc_auc
from varigraph.graphs.graph import Graph

QUICK = {"latent_dim": 8, "n_walks": 4, "walk_length": 20, "window": 3, "random_state": 0}


def two_cliques(size=8, *, n_isolated=0):
    """Two cliques with one edge between them."""
    clique = list(itertools.combinations(range(size), 2))
    edges = [*clique, *((i + size, j + size) for i, j in clique), (0, size)]
    return Graph.from_edges(edges, n_nodes=2 * size + n_isolated)


def across_and_within(graph, size=8):
    pairs = np.array(list(itertools.combinations(range(2 * size), 2)))
    is_within = (pairs[:, 0] < size) == (pairs[:, 1] < size)
    return pairs[~is_within], pairs[is_within]


@pytest.mark.parametrize("objective", ["negative_sampling", "hierarchical_softmax"])
def test_nodes_of_one_clique_are_nearer_than_those_of_two(objective):
    graph = two_cliques()
    model = DeepWalk(**QUICK | {"n_walks": 30, "objective": objective}, max_epochs=3).fit(graph)
    across, within = (model.score_pairs(pairs) for pairs in across_and_within(graph))
    assert roc_auc(within, across) > 0.95


def test_isolated_nodes_are_zero_and_the_others_are_centred():
    model = DeepWalk(**QUICK).fit(two_cliques(n_isolated=3))
    assert model.embedding_.shape == (19, 8)
    assert model.embedding_.dtype == np.float32
    assert not model.embedding_[16:].any()
    assert np.abs(model.embedding_[:16]).sum(axis=1).all()
    # A mean of float32 numbers around 0.1.
    assert np.allclose(model.embedding_[:16].mean(axis=0), 0, atol=1e-7)


@pytest.mark.parametrize("weighted", [False, True])
def test_one_seed_gives_the_same_bits_and_another_seed_other_ones(weighted):
    graph = two_cliques()
    if weighted:
        graph = Graph.from_edges(graph.edges, weights=np.linspace(1, 5, graph.n_edges))
    first, again, other = (
        DeepWalk(**QUICK | {"random_state": seed}).fit(graph).embedding_ for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_weights_draw_nodes_together():
    # A ring of 12 whose even edges are heavy: walkers go to and fro over them.
    ring = [(i, (i + 1) % 12) for i in range(12)]
    weights = [20.0 if i % 2 == 0 else 1.0 for i in range(12)]
    model = DeepWalk(**QUICK | {"n_walks": 60}, max_epochs=3).fit(Graph.from_edges(ring, weights=weights))
    scores = model.score_pairs(np.array(ring))
    assert roc_auc(scores[::2], scores[1::2]) > 0.95


@pytest.mark.parametrize(
    ("setting", "value"),
    [("n_walks", 2), ("walk_length", 9), ("window", 1), ("max_epochs", 2), ("learning_rate", 0.1)],
)
def test_every_setting_changes_what_is_learnt(setting, value):
    graph = two_cliques()
    usual, other = DeepWalk(**QUICK).fit(graph), DeepWalk(**QUICK | {setting: value}).fit(graph)
    assert not np.array_equal(usual.embedding_, other.embedding_)


def test_a_clone_has_the_settings_and_nothing_learnt():
    model = DeepWalk(**QUICK).fit(two_cliques())
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "embedding_")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": 0}, "window must be a whole number of 1 or more, got 0"),
        ({"walk_length": 2.5}, "walk_length must be"),
        ({"objective": "softmax"}, "objective must be negative_sampling or hierarchical_softmax"),
        ({"learning_rate": 0}, "learning_rate must be a number above 0 and at most 1"),
        ({"learning_rate": 1e6}, "learning_rate must be a number above 0 and at most 1, got 1000000.0"),
        ({"learning_rate": True}, "learning_rate must be a number"),
        ({"walk_length": 1}, "walk_length must be from 2 to 10,000"),
        ({"walk_length": 10_001}, "walk_length must be from 2 to 10,000.*got 10,001"),
    ],
)
def test_a_wrong_setting_is_named(settings, message):
    with pytest.raises(ValueError, match=message):
        DeepWalk(**settings).fit(two_cliques())


def test_without_gensim_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(MissingExtraError, match="pip install gensim"):
        DeepWalk(**QUICK).fit(two_cliques())
