"""Slow and obvious versions of what the library computes fast; nothing here calls the code under test."""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch
from torch import Tensor, nn


def dense_normalised(edges: np.ndarray, n_nodes: int, *, self_loops: bool = True) -> Tensor:
    """D^-½ (A + I) D^-½ as a dense float64 matrix."""
    matrix = np.zeros((n_nodes, n_nodes))
    for i, j in edges:
        matrix[i, j] = matrix[j, i] = 1.0
    if self_loops:
        matrix += np.eye(n_nodes)
    degrees = matrix.sum(axis=1)
    with np.errstate(divide="ignore"):
        scale = np.where(degrees > 0, degrees**-0.5, 0.0)
    return torch.from_numpy(np.diag(scale) @ matrix @ np.diag(scale))


def dense_labels(edges: np.ndarray, n_nodes: int) -> Tensor:
    """A as a dense float64 matrix of zeros and ones."""
    labels = torch.zeros(n_nodes, n_nodes, dtype=torch.float64)
    for i, j in edges:
        labels[i, j] = labels[j, i] = 1.0
    return labels


class DenseGraphConv(nn.Module):
    """The talk's layer: activation(A (X W)) with the adjacency as a matrix that the layer keeps."""

    def __init__(self, weight: Tensor, adjacency: Tensor, activation=lambda x: x) -> None:
        super().__init__()
        self.weight = weight
        self.adjacency = adjacency
        self.activation = activation

    def forward(self, inputs: Tensor) -> Tensor:
        return self.activation(torch.mm(self.adjacency, torch.mm(inputs, self.weight)))


def log_sigmoid(logit: float) -> float:
    """log σ(logit) for one number."""
    return -math.log1p(math.exp(-logit)) if logit >= 0 else logit - math.log1p(math.exp(logit))


def bernoulli_all_pairs(logits: Tensor, edges: np.ndarray) -> float:
    """−Σ_{i<j} log p(A_ij), one pair after the other."""
    known = {(int(i), int(j)) for i, j in edges}
    total = 0.0
    for i, j in itertools.combinations(range(len(logits)), 2):
        logit = float(logits[i, j])
        total -= log_sigmoid(logit if (i, j) in known else -logit)
    return total


def ordered_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The paper's sum over all N² entries of A, diagonal included, in nats."""
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum")


def kipf_loss(logits: Tensor, adjacency: Tensor, mean: Tensor | None = None, log_std: Tensor | None = None):
    """The authors' TensorFlow code: pos_weight and norm from A, labels A + I, KL as (0.5/N) × a mean."""
    n_nodes = len(adjacency)
    pos_weight = (n_nodes * n_nodes - adjacency.sum()) / adjacency.sum()
    norm = n_nodes * n_nodes / ((n_nodes * n_nodes - adjacency.sum()) * 2)
    targets = adjacency + torch.eye(n_nodes, dtype=adjacency.dtype)
    # tf.nn.weighted_cross_entropy_with_logits, by its documentation
    log_weight = 1 + (pos_weight - 1) * targets
    each = (1 - targets) * logits + log_weight * (torch.log1p(torch.exp(-logits.abs())) + torch.relu(-logits))
    cost = norm * each.mean()
    if mean is None:
        return cost
    inside = 1 + 2 * log_std - mean.square() - torch.exp(log_std).square()
    return cost - (0.5 / n_nodes) * inside.sum(dim=1).mean()


def mean_over_edges_and_rest(logits: Tensor, labels: Tensor) -> Tensor:
    """½ (mean cross-entropy over the ones + mean over the zeros of `labels`)."""
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    return (each[labels == 1].mean() + each[labels == 0].mean()) / 2


def normal_kl_to_standard(mean: Tensor, log_std: Tensor) -> Tensor:
    """½ Σ (μ² + σ² − log σ² − 1), one value a row, as the talk's slide states it."""
    variance = torch.exp(log_std) ** 2
    return 0.5 * (mean**2 + variance - torch.log(variance) - 1).sum(dim=1)


def random_edges(generator: np.random.Generator, n_nodes: int, n_edges: int) -> np.ndarray:
    """Distinct pairs i < j in ascending order."""
    pairs = np.array(list(itertools.combinations(range(n_nodes), 2)))
    return pairs[np.sort(generator.choice(len(pairs), size=n_edges, replace=False))]
