"""Scores of a VGAE as the seminar computed them, with those of its flaws that are left."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from varigraph.evaluation.ranking import roc_auc
from varigraph.graphs.graph import Graph
from varigraph.graphs.known_edges import unite_edges
from varigraph.graphs.splits import EdgeSplit
from varigraph.models import VGAE
from varigraph.models.graphs.inputs import Placement, graph_inputs
from varigraph.seeding import torch_generator
from varigraph.tensor_types import FloatArray

__all__ = ["FlawedScores", "flawed_auc", "flawed_precision", "flawed_scores", "labels_with_loops"]

_DRAW = 0x64726177  # keeps the draw of z apart from every other use of the seed


@dataclass(frozen=True, eq=False)
class FlawedScores:
    """What goes into the metrics, and what it was made from.

    Attributes:
        labels: Whether each scored entry is an edge, boolean, shape (n_scored,).
        logits: Of the same entries, float64.
    """

    labels: NDArray[np.bool_]
    logits: FloatArray


def flawed_scores(model: VGAE, split: EdgeSplit, flaws: Collection[str], *, seed: int) -> FlawedScores:
    """Scores of a fitted model: of all entries of the wrong matrix, or of the test pairs.

    Args:
        model: Fitted on `split.train`.
        split: Where the edges are.
        flaws: Of these "sampled_scores" and "wrong_test_matrix" matter here.
        seed: Of the draw.
    """
    is_wrong = "wrong_test_matrix" in flaws
    train = split.train.message_graph
    graph = unite_edges(train, [split.val.positives]) if is_wrong else train
    z = _latent(model, graph, draw_from=seed if "sampled_scores" in flaws else None)
    all_logits = _all_logits(model, z)
    if is_wrong:
        return FlawedScores(labels_with_loops(graph).ravel(), all_logits.ravel())
    pairs = np.concatenate([split.test.positives, split.test.negatives])
    labels = np.arange(len(pairs)) < split.test.n_positives
    return FlawedScores(labels, all_logits[tuple(pairs.T)])


def labels_with_loops(graph: Graph) -> NDArray[np.bool_]:
    """A + I as the seminar makes it, boolean, shape (N, N)."""
    labels = np.eye(graph.n_nodes, dtype=np.bool_)
    source, target = graph.edges.T
    labels[source, target] = labels[target, source] = True
    return labels


def flawed_auc(scores: FlawedScores, flaws: Collection[str]) -> float:
    """Area under the ROC curve of what the metric is given: a fraction, NaN where all "labels" are equal."""
    called = scores.logits >= 0
    if "swapped_arguments" in flaws:
        return _auc(called, scores.labels.astype(np.float64))
    return _auc(scores.labels, called.astype(np.float64) if "thresholded" in flaws else scores.logits)


def flawed_precision(scores: FlawedScores, flaws: Collection[str]) -> float:
    """Precision at one half: edges among what is called edges; NaN without a threshold or such calls.

    With the arguments swapped it is the share of the edges that are called so, which is the recall.
    """
    called = scores.logits >= 0
    if "thresholded" not in flaws:
        return math.nan
    among, right = (scores.labels, called) if "swapped_arguments" in flaws else (called, scores.labels)
    return float(right[among].mean()) if among.any() else math.nan


def _auc(labels: NDArray[np.bool_], scores: FloatArray) -> float:
    if labels.all() or not labels.any():
        return math.nan
    return roc_auc(scores[labels], scores[~labels])


def _latent(model: VGAE, graph: Graph, *, draw_from: int | None) -> Tensor:
    """Where the fitted encoder puts the nodes of a graph: the means, or a draw from a seed."""
    encoder = model.module_.encoder
    place = Placement(torch.device("cpu"), getattr(torch, model.dtype))
    inputs = graph_inputs(graph, place, features=model.features, self_loops=encoder.self_loops)
    with torch.no_grad():
        q = encoder(inputs)
        z: Tensor = q.mean if draw_from is None else q.rsample(torch_generator(draw_from, _DRAW))
    return z


def _all_logits(model: VGAE, z: Tensor) -> FloatArray:
    with torch.no_grad():
        logits = model.module_.decoder.row_logits(z, torch.arange(len(z)))
    return np.asarray(logits.double().numpy())
