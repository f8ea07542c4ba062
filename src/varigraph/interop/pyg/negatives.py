"""Pairs of nodes that are no positive edge in either direction, for a loss that was given none."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from varigraph.interop.pyg.pairs import check_pairs, check_positions
from varigraph.tensor_types import IntArray

__all__ = ["sample_negatives"]


def sample_negatives(edge_index: Tensor, n_nodes: int) -> Tensor:
    """Draws as many ordered pairs as there are positive columns, uniformly and without replacement.

    A pair is never a self-loop, and never a positive, neither as it stands nor reversed: of positives that
    name each edge once, as PyG's `RandomLinkSplit(is_undirected=True)` gives them, the reverse is the same
    edge. Pairs are drawn by their rank among the pairs that are left, so none is drawn in vain however dense
    the graph is; if fewer are left than there are positives, all of them come. Memory is O(n_positives).

    The draw is decided by torch's global generator, from which it takes one number, so `torch.manual_seed`
    makes a whole training script repeatable. (PyG draws from Python's `random`.)

    Args:
        edge_index: Positives in one direction or both, shape (2, n_positives); self-loops are passed over.
        n_nodes: N.

    Returns:
        shape (2, n_pairs) with n_pairs ≤ n_positives, on the positives' device.

    Raises:
        TypeError: The positives are no tensor of whole numbers.
        ValueError: Every pair is a positive, or a position is no node.

    Example:
        >>> path = torch.tensor([[0, 1], [1, 2]])
        >>> sorted(sample_negatives(path, 3).T.tolist())
        [[0, 2], [2, 0]]
    """
    check_pairs("edge_index", edge_index)
    check_positions("edge_index", edge_index, n_nodes)
    positives = edge_index.detach().cpu().numpy()
    ends = positives[:, positives[0] != positives[1]].astype(np.int64)
    taken = np.unique(_ranks(np.concatenate([ends, ends[::-1]], axis=1), n_nodes))
    n_free = n_nodes * (n_nodes - 1) - len(taken)
    if not n_free:
        raise ValueError(
            f"Every pair of the {n_nodes:,} nodes is a positive edge, so no negative can be drawn; give "
            "neg_edge_index."
        )
    generator = np.random.default_rng(int(torch.randint(2**62, ())))
    drawn = _distinct(n_free, min(positives.shape[1], n_free), generator)
    free_before = taken - np.arange(len(taken))  # how many free pairs stand before each taken one
    ranks = drawn + np.searchsorted(free_before, drawn, side="right")
    return torch.from_numpy(_pairs_at(ranks, n_nodes)).to(edge_index.device)


def _distinct(n: int, size: int, generator: np.random.Generator) -> IntArray:
    """Distinct whole numbers below n in random order, shape (size,); every set of so many is as likely.

    In memory O(size): of more than a fiftieth of n, numpy's `choice` would hold all n.
    """
    if 50 * size <= n or 2 * size > n:
        return generator.choice(n, size=size, replace=False)
    found = np.empty(0, dtype=np.int64)
    while len(found) < size:
        # At most half of all are taken, so a draw is new at least every other time.
        drawn = np.concatenate([found, generator.integers(n, size=size - len(found) + 8)])
        _, first = np.unique(drawn, return_index=True)
        found = drawn[np.sort(first)]
    return found[:size]


def _ranks(pairs: IntArray, n_nodes: int) -> IntArray:
    """Where ordered pairs i ≠ j, shape (2, n_pairs), stand among all of them."""
    first, second = pairs
    return np.asarray(first * (n_nodes - 1) + second - (second > first), dtype=np.int64)


def _pairs_at(ranks: IntArray, n_nodes: int) -> IntArray:
    """The pairs of these ranks, shape (2, n_ranks): `_ranks` undone."""
    first, second = np.divmod(ranks, n_nodes - 1)
    return np.stack([first, second + (second >= first)])
