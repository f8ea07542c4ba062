"""The objective over edges and as many sampled pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from varigraph.decoders import Decoder
from varigraph.objectives.base import GraphTarget, Objective

__all__ = ["BalancedSampledEdges", "uniform_pairs"]


@dataclass(frozen=True, kw_only=True)
class BalancedSampledEdges(Objective):
    """Mean cross-entropy of the edges plus that of as many sampled pairs, plus KL/N².

    −(1/E) Σ_edges log p(1) − (1/E) Σ_sampled log p(0) + beta · KL/N²

    Pairs are drawn anew at every call, uniformly among i ≠ j. A draw may hit an edge: a share of
    2E/(N(N−1)) of them does, 0.1 % on Cora. Twice ½ (mean over edges + mean over non-edges), so its
    minimum is that of `WeightedAllPairs` with labels A, up to those hits and the diagonal. With edge weights
    w the mean over edges is Σ w log p(1) / Σ w, and still as many pairs are drawn as there are edges.

    Attributes:
        exclude_edges: Leave draws that hit an edge out of the mean. On a dense graph most draws do.
        beta: Weight of the divergence.

    References:
        PyTorch Geometric's autoencoder loss states the same sum; this one is computed from logits.
    """

    exclude_edges: bool = False
    visits_all_pairs: ClassVar[bool] = False

    def reconstruction(
        self, z: Tensor, decoder: Decoder, target: GraphTarget, *, generator: torch.Generator
    ) -> Tensor:
        """Mean over edges plus mean over sampled pairs, in nats a pair."""
        sampled = uniform_pairs(target.n_nodes, target.n_edges, generator=generator).to(z.device)
        if self.exclude_edges:
            sampled = sampled[~target.are_edges(sampled)]
        edges = _weighted_mean(decoder.pair_terms(z, target.edges, 1.0), target.edge_weights)
        non_edges = decoder.pair_terms(z, sampled, 0.0).sum() / max(1, len(sampled))
        return -edges - non_edges

    def kl_scale(self, n_nodes: int) -> float:
        """1/N²."""
        return 1 / n_nodes**2


def uniform_pairs(n_nodes: int, n_pairs: int, *, generator: torch.Generator) -> Tensor:
    """Ordered pairs of different nodes, uniform and independent, shape (n_pairs, 2), on the CPU."""
    first = torch.randint(n_nodes, (n_pairs,), generator=generator)
    step = torch.randint(1, n_nodes, (n_pairs,), generator=generator)
    return torch.stack([first, (first + step) % n_nodes], dim=1)


def _weighted_mean(terms: Tensor, weights: Tensor | None) -> Tensor:
    return terms.mean() if weights is None else (weights * terms).sum() / weights.sum()
