"""Laws of every baseline as a link predictor."""

import inspect
import itertools

import numpy as np
import pytest

from small_graphs import a_graph
from varigraph.baselines import BASELINES
from varigraph.errors import LeakError
from varigraph.evaluation import LinkPredictor, evaluate_links
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges

GRAPH = a_graph(n_nodes=30, n_edges=70)
PAIRS = np.array(list(itertools.combinations(range(30), 2)))
QUICK = {"latent_dim": 3, "n_walks": 2, "walk_length": 5, "random_state": 0}

every = pytest.mark.parametrize("name", BASELINES)


def fitted(name, data=GRAPH, **settings):
    known = inspect.signature(BASELINES[name]).parameters
    return BASELINES[name](**{key: one for key, one in (QUICK | settings).items() if key in known}).fit(data)


@every
def test_scores_are_finite_and_one_a_pair(name):
    scores = fitted(name).score_pairs(PAIRS)
    assert scores.shape == (len(PAIRS),)
    assert np.isfinite(scores).all()
    assert len(np.unique(scores)) > 1


@every
def test_scores_are_symmetric(name):
    model = fitted(name)
    # Sums over neighbours may run in another order.
    assert np.allclose(model.score_pairs(PAIRS), model.score_pairs(PAIRS[:, ::-1]), rtol=1e-12, atol=1e-15)


@every
def test_two_fits_with_one_seed_give_the_same_bits(name):
    assert np.array_equal(fitted(name).score_pairs(PAIRS), fitted(name).score_pairs(PAIRS))


@every
def test_only_the_message_graph_of_a_part_is_seen(name):
    split = split_edges(GRAPH, random_state=0)
    model = fitted(name, split.train)
    assert model.message_graph_ is split.train.message_graph
    alone = fitted(name, split.train.message_graph)
    assert np.array_equal(model.score_pairs(PAIRS), alone.score_pairs(PAIRS))


@every
def test_a_split_is_evaluated_and_a_model_that_saw_the_test_edges_is_refused(name):
    split = split_edges(GRAPH, random_state=0)
    model: LinkPredictor = fitted(name, split.train)
    assert 0 <= evaluate_links(model, split.test, heuristics=False).model_metrics["auc"] <= 1
    with pytest.raises(LeakError, match="has passed messages over"):
        evaluate_links(fitted(name, GRAPH), split.test)


@every
def test_the_constructor_only_stores_and_fit_returns_the_predictor(name):
    markers = {argument: object() for argument in inspect.signature(BASELINES[name]).parameters}
    assert vars(BASELINES[name](**markers)) == markers
    model = fitted(name)
    assert model.fit(GRAPH) is model


@every
def test_a_baseline_that_was_not_fitted_says_so(name):
    with pytest.raises(ValueError, match="not fitted"):
        BASELINES[name]().score_pairs(PAIRS)


@every
def test_the_users_graph_is_not_changed(name):
    graph = Graph.from_edges(GRAPH.edges, n_nodes=30, weights=np.linspace(1, 2, 70))
    before = graph.fingerprint, graph.adjacency.toarray()
    fitted(name, graph)
    again = Graph.from_edges(graph.edges, n_nodes=30, weights=graph.weights)
    assert again.fingerprint == before[0]
    assert np.array_equal(graph.adjacency.toarray(), before[1])
