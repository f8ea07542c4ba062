"""`InnerProductDecoder`: logit(i, j) = ⟨z_i, z_j⟩ + offset."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from varigraph.decoders.base import AllPairsTerms, Decoder, weighted_sum
from varigraph.distributions import Bernoulli
from varigraph.nn import pair_products, softplus_over_all_pairs

__all__ = ["InnerProductDecoder"]


class InnerProductDecoder(Decoder):
    """p(A_ij = 1 | z) = σ(⟨z_i, z_j⟩ + offset).

    Z Zᵀ is positive semidefinite, so its mean entry cannot be negative: without an offset no sparse graph
    can be likely under this decoder, and under an unweighted likelihood of all pairs the best it can do is
    a probability of one half everywhere, N² ln 2 nats. The papers have no offset and balance the loss
    instead.

    Args:
        offset: None for the papers' decoder; a number for a fixed one; "learned" for a scalar that starts
            at the log-odds of the graph's density.

    References:
        Kipf & Welling (2016), *Variational graph auto-encoders*, equation 2.

    Example:
        >>> decoder = InnerProductDecoder()
        >>> decoder.build(density=0.5)
        >>> decoder(torch.eye(2), torch.tensor([[0, 0], [0, 1]])).logits.tolist()
        [1.0, 0.0]
    """

    def __init__(self, *, offset: Literal["learned"] | float | None = None) -> None:
        super().__init__()
        if isinstance(offset, str) and offset != "learned":
            raise ValueError(f"offset must be None, a number or 'learned', got {offset!r}.")
        self.offset = offset

    def build(self, *, density: float) -> None:
        """Makes or resets the offset, in float64 until the module is given a dtype."""
        if self.offset == "learned":
            self.shift = nn.Parameter(torch.tensor(_log_odds(density), dtype=torch.float64))
        else:
            fixed = torch.tensor(float(self.offset or 0.0), dtype=torch.float64)
            self.register_buffer("shift", fixed, persistent=False)

    def forward(self, z: Tensor, pairs: Tensor) -> Bernoulli:
        """Logits of shape (n_pairs,) for pairs of shape (n_pairs, 2)."""
        return Bernoulli(pair_products(z, pairs) + self.shift)

    def row_logits(self, z: Tensor, rows: Tensor, *, start: int = 0) -> Tensor:
        """As on `Decoder`, by one matrix product."""
        return torch.mm(z[rows], z[start:].T).add_(self.shift)

    def all_pairs_terms(
        self, z: Tensor, edges: Tensor, edge_weights: Tensor | None = None, *, may_skip_value: bool = False
    ) -> AllPairsTerms:
        """As on `Decoder`, with memory O(tile) for the non-edges instead of O(N²); may skip their value."""
        edge_logits = self(z, edges).logits
        diagonal = z.square().sum(dim=1) + self.shift
        all_as_non_edges = softplus_over_all_pairs(z, self.shift, may_skip_value=may_skip_value)
        return AllPairsTerms(
            edges=-weighted_sum(F.softplus(-edge_logits), edge_weights),
            non_edges=F.softplus(edge_logits).sum() - all_as_non_edges,
            diagonal_as_edges=-F.softplus(-diagonal).sum(),
            diagonal_as_non_edges=-F.softplus(diagonal).sum(),
        )


def _log_odds(density: float) -> float:
    # A graph without edges, or a complete one, would start the offset at infinity.
    share = min(max(density, 1e-12), 1 - 1e-6)
    return math.log(share / (1 - share))
