"""`BlockTruth`: what a block model was drawn from, and how well anyone could predict its edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from varigraph.tensor_types import FloatArray, IndexPairs, IntArray

__all__ = ["BlockTruth"]


@dataclass(frozen=True, eq=False)
class BlockTruth:
    """What a block model was drawn from.

    Nodes i and j are joined with probability p(i, j) = 1 − exp(−θᵢ θⱼ ω[bᵢ, bⱼ]), independently of all
    other pairs.

    Attributes:
        blocks: b, the block of each node, shape (n_nodes,).
        propensities: θ, shape (n_nodes,); 1 throughout without degree correction.
        rates: ω, shape (n_blocks, n_blocks), symmetric; infinite where an edge is certain.
    """

    blocks: IntArray
    propensities: FloatArray
    rates: FloatArray

    def edge_probabilities(self, pairs: IndexPairs) -> FloatArray:
        """The true probability of each pair, in [0, 1]; 0 for a node with itself.

        Args:
            pairs: shape (n_pairs, 2).

        Returns:
            shape (n_pairs,). No score ranks edges before non-edges better than this one.
        """
        first, second = np.asarray(pairs, dtype=np.int64).reshape(-1, 2).T
        rate = self.rates[self.blocks[first], self.blocks[second]]
        expected = self.propensities[first] * self.propensities[second] * rate
        return np.where(first == second, 0.0, -np.expm1(-expected))

    def optimal_auc(self, pairs: IndexPairs) -> float:
        """The AUC that the true probabilities reach over these pairs when their edges are drawn afresh.

        Σₐ Σ_b pₐ(1 − p_b)(1[pₐ > p_b] + ½ 1[pₐ = p_b]) / (Σₐ pₐ · Σ_b (1 − p_b)), in [½, 1]. Over all
        pairs, or a uniform sample of them, this is what random edges against random non-edges give; a
        model that knows less stays below it but for chance.

        Args:
            pairs: shape (n_pairs, 2).

        Returns:
            The AUC, or nan if the pairs are certainly all edges or all non-edges.
        """
        probabilities, tied = np.unique(self.edge_probabilities(pairs), return_counts=True)
        positives, negatives = probabilities * tied, (1 - probabilities) * tied
        won = np.sum(positives * (np.cumsum(negatives) - negatives / 2))
        total = positives.sum() * negatives.sum()
        return float(won / total) if total else float("nan")
