"""What a decoder of pairs must do, with slow and obvious defaults."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from varigraph.distributions import Bernoulli

__all__ = ["AllPairsTerms", "Decoder", "weighted_sum"]


@dataclass(frozen=True, eq=False)
class AllPairsTerms:
    """Log-likelihoods over all pairs of nodes, in nats, each a scalar tensor ≤ 0.

    Attributes:
        edges: Σ log p(1) over the edges, each once, times its weight if edges have weights.
        non_edges: Σ log p(0) over pairs i < j that are no edge.
        diagonal_as_edges: Σ_i log p(1) of the pair (i, i).
        diagonal_as_non_edges: Σ_i log p(0) of the pair (i, i).
    """

    edges: Tensor
    non_edges: Tensor
    diagonal_as_edges: Tensor
    diagonal_as_non_edges: Tensor


class Decoder(nn.Module):
    """p(A | z), pair by pair: symmetric in the two nodes.

    Subclasses define `forward`, and override the sums when there is a faster way.
    """

    def build(self, *, density: float) -> None:
        """Makes or resets the parameters for a graph in which a share `density` of pairs are edges."""

    def forward(self, z: Tensor, pairs: Tensor) -> Bernoulli:
        """The distribution of each pair's edge.

        Args:
            z: shape (n_nodes, n_latent).
            pairs: Node positions, shape (n_pairs, 2), int64.

        Returns:
            Logits of shape (n_pairs,).
        """
        raise NotImplementedError

    def row_logits(self, z: Tensor, rows: Tensor, *, start: int = 0) -> Tensor:
        """Logits of some nodes with every node from a position on, for passes over all pairs in blocks.

        Args:
            z: shape (n_nodes, n_latent).
            rows: Node positions, shape (n_rows,), int64.
            start: The first of the nodes that are the columns.

        Returns:
            shape (n_rows, n_nodes − start); pairs of a node with itself stand in it like any other.
        """
        columns = torch.arange(start, len(z), device=z.device)
        likelihood: Bernoulli = self(z, torch.cartesian_prod(rows, columns))
        return likelihood.logits.view(len(rows), len(columns))

    def pair_terms(self, z: Tensor, pairs: Tensor, labels: Tensor | float) -> Tensor:
        """Log p(label) of each pair in nats, shape (n_pairs,); `labels` are 0 or 1, one a pair or for all."""
        labels = torch.as_tensor(labels, dtype=z.dtype, device=z.device)
        likelihood: Bernoulli = self(z, pairs)
        return likelihood.log_prob(labels)

    def all_pairs_terms(
        self, z: Tensor, edges: Tensor, edge_weights: Tensor | None = None, *, may_skip_value: bool = False
    ) -> AllPairsTerms:
        """Sums over every pair of nodes; this default holds all N² logits at once and knows every value.

        Args:
            z: shape (n_nodes, n_latent).
            edges: Each edge once, shape (n_edges, 2).
            edge_weights: What each edge counts in the sum `edges`, shape (n_edges,); None for 1. The other
                sums are without weights.
            may_skip_value: Nobody will look at the sums, only their gradients are wanted: a sum whose value
                would cost extra may be NaN.
        """
        nodes = torch.arange(len(z), device=z.device)
        pairs = torch.combinations(nodes, 2)
        diagonal = torch.stack([nodes, nodes], dim=1)
        return AllPairsTerms(
            edges=weighted_sum(self.pair_terms(z, edges, 1.0), edge_weights),
            non_edges=self.pair_terms(z, pairs, 0.0).sum() - self.pair_terms(z, edges, 0.0).sum(),
            diagonal_as_edges=self.pair_terms(z, diagonal, 1.0).sum(),
            diagonal_as_non_edges=self.pair_terms(z, diagonal, 0.0).sum(),
        )


def weighted_sum(terms: Tensor, weights: Tensor | None) -> Tensor:
    """Σ weight · term, a scalar; both of shape (n,), and without weights a plain sum."""
    return terms.sum() if weights is None else (weights * terms).sum()
