"""What a run says of its model's links beyond ranking: are probabilities right, are the best ones links."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from varigraph.baselines import NeighbourhoodPredictor
from varigraph.evaluation.reliability import Reliability, mean_log_loss, reliability
from varigraph.graphs.known_edges import unite_edges
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.links.fitting import shifted_probabilities
from varigraph.links.topk import best_pairs
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.models.graphs.prediction import latent_links
from varigraph.tensor_types import FloatArray

__all__ = ["TOP_K", "LinkChecks", "check_links"]

TOP_K = 100
"""How many of the best pairs are compared with the test edges."""

_BASELINE = "adamic_adar"
_SMALLEST = 1e-12  # a shifted logit may round to a probability of 0 or 1, whose logarithm is infinite


@dataclass(frozen=True, eq=False)
class LinkChecks:
    """Checks of a model that was trained on a split, against the test edges.

    Attributes:
        reliability: Of the calibrated probabilities, over all pairs outside the train and validation graph.
        calibration: Its figures, as `Reliability.metrics`, and `shift_log_loss_ratio`: the log loss of the
            logits shifted to the base rate and no more, over that of the constant base rate.
        precision: Share of test edges among the 100 best of these pairs (`precision@100`), for the model and
            for Adamic-Adar.
    """

    reliability: Reliability
    calibration: dict[str, float]
    precision: dict[str, dict[str, float]]


def check_links(model: GraphAutoencoder, split: EdgeSplit, *, name: str = "model") -> LinkChecks | None:
    """Compares probabilities and the best predictions with the test edges, once, after all choices.

    Args:
        model: Fitted on `split.train` with `split.val`.
        split: Whose test part holds the links that are missing.
        name: What the model is called in `precision`.

    Returns:
        The checks; None if every pair that may be a link is a test edge.
    """
    population = model.open_logits_
    of_links = model.score_pairs(split.test.positives)
    if population.n_pairs <= len(of_links):
        return None
    base_rate = len(of_links) / population.n_pairs
    told = model.calibration_.probabilities
    measured = reliability(
        told(population.logits, base_rate=base_rate), population.counts, told(of_links, base_rate=base_rate)
    )
    graph = model.message_graph_
    odds = model.module_.objective.prior_log_odds(graph.n_nodes, graph.n_edges)
    shifted = mean_log_loss(
        _shifted(population.logits, base_rate, odds), population.counts, _shifted(of_links, base_rate, odds)
    )
    figures = measured.metrics | {"shift_log_loss_ratio": shifted / measured.constant_log_loss}
    return LinkChecks(measured, figures, _precision(model, split, name))


def _shifted(logits: FloatArray, base_rate: float, prior_log_odds: float) -> FloatArray:
    probabilities = shifted_probabilities(logits, base_rate=base_rate, prior_log_odds=prior_log_odds)
    return np.clip(probabilities, _SMALLEST, 1 - _SMALLEST)


def _precision(model: GraphAutoencoder, split: EdgeSplit, name: str) -> dict[str, dict[str, float]]:
    closed = unite_edges(split.train.message_graph, [split.val.positives])
    baseline = NeighbourhoodPredictor(_BASELINE).fit(split.train)
    best = {
        name: best_pairs(latent_links(model), closed, TOP_K).pairs,
        _BASELINE: baseline.best_pairs(TOP_K, closed=closed),
    }
    hidden = split.train.message_graph.with_edges(split.test.positives)
    return {one: {f"precision@{TOP_K}": _share_of(hidden.has_edges(pairs))} for one, pairs in best.items()}


def _share_of(is_link: NDArray[np.bool_]) -> float:
    """Of fewer than 100 pairs too, the share of 100: what is not found is not right."""
    return float(is_link.sum() / TOP_K)
