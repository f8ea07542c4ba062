"""What a fitted model says of links: probabilities of given pairs, and the best pairs that are no edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from varigraph.errors import GraphError
from varigraph.graphs.graph import Graph
from varigraph.graphs.known_edges import unite_edges
from varigraph.links.calibration import Calibration
from varigraph.links.fitting import fit_calibration
from varigraph.links.open_pairs import LatentLinks
from varigraph.links.population import LogitCounts, count_open_pairs
from varigraph.links.topk import RankedPairs, best_pairs, best_pairs_of_each_node
from varigraph.models.graphs.parts import Autoencoder
from varigraph.tensor_types import FloatArray, IndexPairs

__all__ = [
    "ASSUMED_SHARE",
    "assumed_base_rate",
    "calibrate",
    "count_logits",
    "latent_links",
    "link_columns",
    "lowest_logit",
    "predicted_links",
    "predicted_pairs",
]

ASSUMED_SHARE = 0.1
"""Missing links for each known edge, when nobody says: the share that the protocol hides as the test part."""


class _Fitted(Protocol):
    message_graph_: Graph
    known_graph_: Graph
    held_out_: IndexPairs
    module_: Autoencoder
    embedding_: FloatArray
    open_logits_: LogitCounts
    calibration_: Calibration

    def score_pairs(self, index_pairs: IndexPairs) -> FloatArray: ...


def latent_links(model: _Fitted) -> LatentLinks:
    """The model's latent means and decoder."""
    return LatentLinks(torch.from_numpy(model.embedding_), model.module_.decoder)


def count_logits(model: _Fitted) -> LogitCounts:
    """The logits of all pairs that are neither a message edge nor held out for validation."""
    return count_open_pairs(latent_links(model), unite_edges(model.message_graph_, [model.held_out_]))


def calibrate(model: _Fitted) -> Calibration:
    """The curve from logits to probabilities, on the links that were held out for validation.

    Raises:
        GraphError: Every pair is an edge already.
    """
    graph = model.message_graph_
    if not model.open_logits_.n_pairs:
        raise GraphError(f"Every pair of {graph.name} is an edge, so there is no link to predict.")
    objective = model.module_.objective
    return fit_calibration(
        model.score_pairs(model.held_out_),
        model.open_logits_,
        base_rate=assumed_base_rate(graph),
        prior_log_odds=objective.prior_log_odds(graph.n_nodes, graph.n_edges),
    )


def assumed_base_rate(graph: Graph) -> float:
    """The share of the pairs without an edge that are missing links, when nobody says: one for ten edges.

    Example:
        >>> assumed_base_rate(Graph.from_edges([(i, i + 1) for i in range(10)], n_nodes=11))
        0.022222222222222223
    """
    n_open = graph.n_pairs - graph.n_edges
    return min(ASSUMED_SHARE * graph.n_edges / max(n_open, 1), 0.5)


def lowest_logit(
    model: _Fitted,
    *,
    base_rate: float,
    threshold: float | None = None,
    target_precision: float | None = None,
    target_density: float | None = None,
    is_needed: bool = False,
) -> float:
    """The logit from which on pairs are taken for links, by at most one of three wishes; −∞ without any.

    Args:
        model: Fitted.
        base_rate: The share of open pairs that are links.
        threshold: The lowest probability.
        target_precision: The share of the links taken that should be right, as estimated on validation.
        target_density: The share of the model's open pairs that should be taken at most.
        is_needed: Whether there must be a wish, because nothing else bounds the number of links.

    Raises:
        DataError: No threshold reaches the precision on validation.
        ValueError: A number is out of range, there are two wishes, or none where there must be one.
    """
    wishes = (threshold, target_precision, target_density)
    if sum(wish is not None for wish in wishes) > 1:
        raise ValueError("threshold, target_precision and target_density exclude one another; give one.")
    if is_needed and wishes == (None, None, None):
        raise ValueError("Say how many links are wanted (k), or from which threshold on.")
    if threshold is not None:
        return model.calibration_.threshold_of_probability(threshold, base_rate=base_rate)
    if target_precision is not None:
        return model.calibration_.threshold_of_precision(target_precision, base_rate=base_rate)
    if target_density is not None:
        return model.open_logits_.threshold_of_share(target_density)
    return -np.inf


def predicted_pairs(
    model: _Fitted,
    k: int | None,
    *,
    per_node: bool,
    nodes: Iterable[Any] | None,
    least: float,
) -> RankedPairs:
    """The best pairs that are no edge of the user's whole graph.

    Args:
        model: Fitted.
        k: How many, overall or of each node; None for all from `least` on.
        per_node: Of each node.
        nodes: Only pairs with an end among these ids.
        least: The lowest logit.

    Raises:
        GraphError: An id is no node.
        ValueError: k is no number of links, or missing where each node is to have so many.
    """
    if k is None and per_node:
        raise ValueError("Say how many links each node is to have: k.")
    if k is not None and (not isinstance(k, int | np.integer) or k < 1):
        raise ValueError(f"k is a whole number of 1 or more, got {k!r}.")
    rows = None if nodes is None else np.unique(model.known_graph_.index_of(nodes))
    links = latent_links(model)
    if per_node:
        assert k is not None
        return best_pairs_of_each_node(links, model.known_graph_, int(k), nodes=rows, least=least)
    return best_pairs(links, model.known_graph_, k, nodes=rows, least=least)


def predicted_links(
    model: _Fitted,
    k: int | None,
    *,
    per_node: bool,
    nodes: Iterable[Any] | None,
    least: float,
    base_rate: float,
) -> dict[str, NDArray[Any]]:
    """`predicted_pairs` as named columns under the user's ids, with probabilities at a base rate."""
    ranked = predicted_pairs(model, k, per_node=per_node, nodes=nodes, least=least)
    probabilities = model.calibration_.probabilities(ranked.logits, base_rate=base_rate)
    return link_columns(model.known_graph_, ranked, probabilities, per_node=per_node)


def link_columns(
    graph: Graph, ranked: RankedPairs, probabilities: FloatArray, *, per_node: bool
) -> dict[str, NDArray[Any]]:
    """Ranked pairs as columns: source, target, logit, probability, rank (from 1; by node, of each source)."""
    source, target = ranked.pairs.T
    rank = np.arange(1, len(source) + 1)
    if per_node:
        is_first = np.diff(source, prepend=-1) != 0
        rank = rank - np.flatnonzero(is_first)[np.cumsum(is_first) - 1] if len(source) else rank
    return {
        "source": graph.ids[source],
        "target": graph.ids[target],
        "logit": ranked.logits,
        "probability": probabilities,
        "rank": rank,
    }
