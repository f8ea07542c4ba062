"""From a `Graph` to the tensors that a model trains on: the only place where the two meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import torch

from varigraph.encoders import GraphInputs
from varigraph.graphs.graph import Graph
from varigraph.graphs.matrices import feature_matrix, normalised_adjacency
from varigraph.objectives import GraphTarget
from varigraph.tensor_types import FloatArray

__all__ = ["FeatureUse", "Placement", "graph_inputs", "graph_target"]

FeatureUse: TypeAlias = Literal["tfidf", "raw", "none"]
"""What becomes of a graph's features; the names are explained at `graph_inputs`."""


@dataclass(frozen=True)
class Placement:
    """Where tensors live and in which precision."""

    device: torch.device
    dtype: torch.dtype


def graph_inputs(graph: Graph, place: Placement, *, features: FeatureUse, self_loops: bool) -> GraphInputs:
    """What an encoder may see of a message graph.

    Args:
        graph: The message graph.
        place: Device and precision.
        features: "tfidf" weighs counts by their rarity and scales every row to length 1 (of features that
            are no counts, the second alone); "raw" takes them as they are; "none" puts the identity matrix
            in their place, which is also what a graph without features gets.
        self_loops: Whether Ã is made from A + I or from A.
    """
    adjacency = normalised_adjacency(graph, self_loops=self_loops, dtype=place.dtype)
    both_ways = np.concatenate([graph.edges, graph.edges[:, ::-1]]).T
    weights = None if graph.weights is None else np.concatenate([graph.weights, graph.weights])
    matrix = None
    if graph.n_features and features != "none":
        matrix = feature_matrix(graph, transform=features, dtype=place.dtype)
    return GraphInputs(
        adjacency=adjacency.to(place.device),
        features=None if matrix is None else matrix.to(place.device),
        edge_index=torch.from_numpy(both_ways.copy()).to(place.device),
        edge_weight=None if weights is None else torch.from_numpy(weights).to(place.device, place.dtype),
    )


def graph_target(graph: Graph, place: Placement) -> GraphTarget:
    """What a model is to reconstruct: the edges of its message graph.

    Edge weights say how much each edge counts as a positive pair. They are divided by their mean, so their
    unit does not matter, and weights that are all equal are no weights: such a graph has the target of the
    same graph without.
    """
    weights = None if graph.weights is None else _training_weights(graph.weights)
    return GraphTarget(
        graph.n_nodes,
        torch.from_numpy(graph.edges).to(place.device),
        edge_weights=None if weights is None else torch.from_numpy(weights).to(place.device, place.dtype),
    )


def _training_weights(weights: FloatArray) -> FloatArray | None:
    """Weights of mean 1, or None if all are equal."""
    if not len(weights) or (weights == weights[0]).all():
        return None
    return np.asarray(weights / weights.mean())
