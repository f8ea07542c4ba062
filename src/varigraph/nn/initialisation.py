"""How weights start."""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["fan_in_uniform_", "glorot_"]


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


def fan_in_uniform_(values: Tensor, fan_in: int, *, generator: torch.Generator) -> Tensor:
    """Fills `values` in place from U(−b, b), b = 1/√fan_in: torch's default for weights and offsets.

    Args:
        values: Any shape.
        fan_in: How many inputs meet in one output.
        generator: Where the numbers come from; drawn on the CPU, so that devices agree.

    References:
        LeCun, Bottou, Orr & Müller (1998), *Efficient BackProp*, section 4.6 (the scale, a third of its
        variance as torch has it).
    """
    bound = 1 / math.sqrt(max(fan_in, 1))
    drawn = torch.empty(values.shape, dtype=values.dtype).uniform_(-bound, bound, generator=generator)
    with torch.no_grad():
        return values.copy_(drawn)
