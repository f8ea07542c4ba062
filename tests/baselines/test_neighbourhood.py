"""The heuristics as predictors: the estimator's contract, and the scores of the pure functions."""

import numpy as np
import pytest

from varigraph.baselines import NeighbourhoodPredictor
from varigraph.evaluation import LinkPredictor, evaluate_links
from varigraph.graphs.graph import Graph
from varigraph.graphs.heuristics import HEURISTICS
from varigraph.graphs.splits import split_edges


@pytest.fixture
def graph():
    generator = np.random.default_rng(0)
    return Graph.from_edges(
        generator.integers(30, size=(90, 2)), n_nodes=30, features=generator.random((30, 4))
    )


@pytest.fixture
def pairs():
    return np.random.default_rng(1).integers(30, size=(50, 2))


@pytest.mark.parametrize("name", HEURISTICS)
def test_scores_are_those_of_the_heuristic_on_the_message_graph(name, graph, pairs):
    scores = NeighbourhoodPredictor(name).fit(graph).score_pairs(pairs)
    assert scores.tolist() == HEURISTICS[name](graph, pairs).tolist()
    assert scores.shape == (50,)


@pytest.mark.parametrize("name", HEURISTICS)
def test_scores_are_symmetric(name, graph, pairs):
    predictor = NeighbourhoodPredictor(name).fit(graph)
    # Sums over neighbours may run in another order.
    assert predictor.score_pairs(pairs) == pytest.approx(
        predictor.score_pairs(pairs[:, ::-1]), rel=1e-12, abs=1e-15
    )


def test_the_constructor_only_stores_and_fit_validates_and_returns_the_predictor(graph):
    predictor = NeighbourhoodPredictor("jaccard")
    assert vars(predictor) == {"heuristic": "jaccard"}
    with pytest.raises(ValueError, match="no heuristic 'jaccard'; there are common_neighbours"):
        predictor.fit(graph)
    predictor.heuristic = "katz"
    assert predictor.fit(graph) is predictor
    assert predictor.message_graph_ is graph


def test_fit_takes_the_message_graph_of_a_part(graph):
    split = split_edges(graph, random_state=0)
    assert NeighbourhoodPredictor().fit(split.train).message_graph_ is split.train.message_graph


def test_a_predictor_that_was_not_fitted_says_so(pairs):
    with pytest.raises(ValueError, match="not fitted; call fit"):
        NeighbourhoodPredictor().score_pairs(pairs)


def test_it_is_a_link_predictor_and_scores_as_the_heuristic_beside_it(graph):
    split = split_edges(graph, random_state=0)
    predictor: LinkPredictor = NeighbourhoodPredictor("katz").fit(split.train)
    evaluation = evaluate_links(predictor, split.test, ks=(1,))
    assert evaluation.model_metrics == evaluation.metrics["katz"]
    assert repr(predictor) == "NeighbourhoodPredictor('katz')"


def test_the_best_pairs_are_those_of_a_full_sort_over_pairs_that_are_no_edges(graph):
    model = NeighbourhoodPredictor("adamic_adar").fit(graph)
    pairs = np.array([(i, j) for i in range(30) for j in range(i + 1, 30)])
    pairs = pairs[~graph.has_edges(pairs)]
    scores = model.score_pairs(pairs)
    order = np.argsort(-scores, kind="stable")[:25]
    assert scores[order].min() > 0
    assert model.best_pairs(25).tolist() == pairs[order].tolist()


def test_closed_pairs_are_never_among_the_best(graph):
    model = NeighbourhoodPredictor("adamic_adar").fit(graph)
    first = model.best_pairs(10)
    closed = graph.with_edges(np.concatenate([graph.edges, first]))
    assert not closed.has_edges(model.best_pairs(10, closed=closed)).any()
