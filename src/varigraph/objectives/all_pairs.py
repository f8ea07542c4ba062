"""Objectives over all pairs of nodes: the likelihood, and Kipf's weighted cross-entropy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor

from varigraph.decoders import AllPairsTerms, Decoder
from varigraph.objectives.base import GraphTarget, Objective
from varigraph.tensor_types import PairOrder

__all__ = ["BernoulliAllPairs", "WeightedAllPairs"]


@dataclass(frozen=True, kw_only=True)
class BernoulliAllPairs(Objective):
    """Minus the log-likelihood of the simple graph, plus KL, in nats: the negative ELBO.

    −Σ_{i<j} log p(A_ij | z_i, z_j) + beta · KL(q ‖ p)

    With edge weights w of mean 1, −log p(1) of an edge is multiplied by its w; that is no likelihood any
    more, so there is no bound.

    Attributes:
        pairs: "unordered" sums over i < j. "ordered" is the paper's sum over all N² entries of A: each pair
            twice, and the diagonal as non-edges; that counts the data twice, so it is no bound.
        self_loops_are_edges: Take A + I as labels, so that the diagonal counts as edges; for "ordered" pairs
            only, as the others have no diagonal.
        beta: Weight of the divergence; with a value other than 1 the loss is no bound.

    References:
        Kipf & Welling (2016), *Variational graph auto-encoders*, equations 2 and 3.
    """

    pairs: PairOrder = "unordered"
    self_loops_are_edges: bool = False
    default_offset: ClassVar[Literal["learned"] | None] = "learned"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pairs not in get_args(PairOrder):
            raise ValueError(f"pairs must be one of {', '.join(get_args(PairOrder))}, got {self.pairs!r}.")
        if self.self_loops_are_edges and self.pairs == "unordered":
            raise ValueError('Pairs i < j have no diagonal, so self_loops_are_edges is for pairs="ordered".')

    @property
    def is_bound(self) -> bool:
        """True for unordered pairs and beta = 1; a `Delta` posterior has no bound all the same."""
        return self.pairs == "unordered" and self.beta == 1.0

    def reconstruction(
        self,
        z: Tensor,
        decoder: Decoder,
        target: GraphTarget,
        *,
        generator: torch.Generator,
    ) -> Tensor:
        """Nats over all pairs."""
        terms = _terms(decoder, z, target)
        once = terms.edges + terms.non_edges
        if self.pairs == "unordered":
            return -once
        diagonal = terms.diagonal_as_edges if self.self_loops_are_edges else terms.diagonal_as_non_edges
        return -(2 * once + diagonal)

    def prior_log_odds(self, n_nodes: int, n_edges: int) -> float:
        """The log-odds of the graph's density: its logits are those of the graph itself."""
        n_pairs = n_nodes * (n_nodes - 1) / 2
        return math.log(n_edges / max(n_pairs - n_edges, 0.5))

    def kl_scale(self, n_nodes: int) -> float:
        """1: nats are nats."""
        return 1.0


@dataclass(frozen=True, kw_only=True)
class WeightedAllPairs(Objective):
    """Kipf's code: a cross-entropy over all N² entries in which edges weigh as much as the rest together.

    norm · (1/N²) Σ_ij [pos_weight · y_ij · softplus(−l_ij) + (1 − y_ij) · softplus(l_ij)] + beta · KL/N²

    with pos_weight = (N² − 2E)/(2E) and norm = N²/(2(N² − 2E)), E counting unordered edges. When the labels
    y are A this equals ½ (mean over edges + mean over non-edges). No likelihood, so no bound: a
    "probability" here means odds among as many edges as non-edges. Edge weights w of mean 1
    multiply pos_weight; that of the diagonal stays.

    Attributes:
        self_loops_are_edges: Take A + I as labels, as Kipf's code does (its weights still come from A).
        beta: Weight of the divergence; 1 is the code's −(0.5/N) · mean over nodes, which is KL/N².

    References:
        Kipf & Welling (2016) and the authors' public code.
    """

    self_loops_are_edges: bool = True

    def reconstruction(
        self,
        z: Tensor,
        decoder: Decoder,
        target: GraphTarget,
        *,
        generator: torch.Generator,
    ) -> Tensor:
        """The weighted mean over N² entries."""
        terms = _terms(decoder, z, target)
        n_ordered_edges = 2 * target.n_edges
        n_rest = target.n_nodes**2 - n_ordered_edges
        pos_weight = n_rest / n_ordered_edges
        if self.self_loops_are_edges:
            diagonal = pos_weight * terms.diagonal_as_edges
        else:
            diagonal = terms.diagonal_as_non_edges
        # norm / N² = 1 / (2 n_rest)
        return -(2 * pos_weight * terms.edges + 2 * terms.non_edges + diagonal) / (2 * n_rest)

    def kl_scale(self, n_nodes: int) -> float:
        """1/N²."""
        return 1 / n_nodes**2


def _terms(decoder: Decoder, z: Tensor, target: GraphTarget) -> AllPairsTerms:
    if target.may_skip_value:
        return decoder.all_pairs_terms(z, target.edges, target.edge_weights, may_skip_value=True)
    # A decoder that was written before there was the option does not know it.
    return decoder.all_pairs_terms(z, target.edges, target.edge_weights)
