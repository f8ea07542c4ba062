"""Fits on weighted graphs: heavy edges are learnt better, and the unit of the weights does not matter."""

from dataclasses import replace

import numpy as np
import pytest

from varigraph.graphs.graph import Graph
from varigraph.models import GAE, VGAE
from varigraph.models.graphs import base as models_base
from varigraph.models.graphs.inputs import graph_target
from varigraph.objectives import OBJECTIVES, BernoulliAllPairs

HALF = 8


def two_communities(heavy=20.0):
    """Two complete communities with a bridge; a matching within each is heavy, all else weighs 1.

    Without weights, every node (but those of the bridge) and every edge within a community is like any other.
    """
    within = np.stack(np.triu_indices(HALF, k=1), axis=1)
    pairs = np.concatenate([within, within + HALF, [[0, HALF]]])
    is_heavy = (pairs[:, 0] % 2 == 0) & (pairs[:, 1] == pairs[:, 0] + 1)
    graph = Graph.from_edges(pairs, weights=np.where(is_heavy, heavy, 1.0))
    return graph, graph.weights > 1


def fitted(graph, model=GAE, **settings):
    settings = {"latent_dim": 8, "max_epochs": 60, "random_state": 0, "dtype": "float64"} | settings
    return model(**settings).fit(graph, validation_fraction=0)


def gap(model, graph, is_heavy):
    """The mean logit of heavy edges less that of light ones in the same place."""
    inside = (graph.edges[:, 0] < HALF) == (graph.edges[:, 1] < HALF)
    logits = model.score_pairs(graph.edges)
    return logits[is_heavy].mean() - logits[~is_heavy & inside].mean()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_heavy_edges_score_above_light_ones_in_the_same_place_because_the_objective_says_so(
    objective, monkeypatch
):
    graph, is_heavy = two_communities()
    weighted = gap(fitted(graph, objective=objective), graph, is_heavy)
    # The same fit with messages weighted and the objective not: what is gained is the objective's doing.
    monkeypatch.setattr(
        models_base, "graph_target", lambda *args: replace(graph_target(*args), edge_weights=None)
    )
    messages_alone = gap(fitted(graph, objective=objective), graph, is_heavy)
    assert weighted > max(0, messages_alone) + 0.1


def test_a_fit_on_weights_that_are_all_equal_reports_its_bound():
    graph, _ = two_communities(heavy=1.0)
    assert "elbo" in fitted(graph, VGAE, objective=BernoulliAllPairs(), max_epochs=2).history_[-1]


def test_a_fit_on_weights_that_differ_reports_no_bound():
    graph, _ = two_communities()
    assert "elbo" not in fitted(graph, VGAE, objective=BernoulliAllPairs(), max_epochs=2).history_[-1]
