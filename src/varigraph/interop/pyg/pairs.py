"""What pairs of nodes must be before a loss or a metric is taken of them; each mistake has its sentence."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

__all__ = ["check_pairs", "check_positions"]


def check_pairs(name: str, pairs: Any) -> None:
    """Refuses what is no `edge_index`: a tensor of whole numbers, shape (2, n_pairs), not empty.

    Args:
        name: What the argument is called, for the message.
        pairs: What was given.

    Raises:
        TypeError: It is no tensor, or not of whole numbers.
        ValueError: It has another shape, or holds no pairs.
    """
    if not isinstance(pairs, Tensor):
        raise TypeError(
            f"{name} must be a tensor of shape (2, n_pairs), got a {type(pairs).__name__}; torch.as_tensor "
            "makes one of an array."
        )
    if pairs.ndim != 2 or pairs.shape[0] != 2:
        advice = "; transpose it: .T" if pairs.ndim == 2 and pairs.shape[1] == 2 else ""
        raise ValueError(f"{name} must have shape (2, n_pairs), got {tuple(pairs.shape)}{advice}.")
    if pairs.dtype == torch.bool or pairs.is_floating_point() or pairs.is_complex():
        raise TypeError(f"{name} must hold positions of nodes as whole numbers, got {pairs.dtype}.")
    if not pairs.size(1):
        raise ValueError(f"{name} holds no pairs, so there is nothing to take a mean of.")


def check_positions(name: str, pairs: Tensor, n_nodes: int) -> None:
    """Refuses positions that are no node, negative ones included: no node is counted from the end.

    Raises:
        ValueError: There is one; the message names it.

    Example:
        >>> check_positions("pairs", torch.tensor([[0], [1]]), n_nodes=2)
    """
    lowest, highest = (int(one) for one in pairs.aminmax())
    if lowest < 0 or highest >= n_nodes:
        raise ValueError(
            f"{name} names the node {lowest if lowest < 0 else highest}, but z has {n_nodes:,} rows; "
            f"positions go from 0 to {n_nodes - 1}."
        )
