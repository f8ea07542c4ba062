"""How weights start."""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["glorot_"]


def glorot_(weight: Tensor, *, generator: torch.Generator, n_blocks: int = 1) -> Tensor:
    """Fills `weight` in place from U(−b, b), b = √(6 / (fan_in + fan_out)).

    Args:
        weight: shape (fan_in, n_blocks · fan_out).
        generator: Where the numbers come from; drawn on the CPU, so that devices agree.
        n_blocks: How many matrices stand side by side; two when one matrix holds the weights of μ and of
            log σ, which the paper starts as two matrices.

    References:
        Glorot & Bengio (2010), equation 16.
    """
    fan_in, width = weight.shape
    bound = math.sqrt(6 / (fan_in + width // n_blocks))
    values = torch.empty(fan_in, width, dtype=weight.dtype).uniform_(-bound, bound, generator=generator)
    with torch.no_grad():
        return weight.copy_(values)
