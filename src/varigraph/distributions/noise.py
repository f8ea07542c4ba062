"""Random numbers from a generator that may live on another device than the tensors they are for."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["bernoulli_draw", "categorical_draw", "standard_normal_like"]

# A generator draws on its own device only. All functions here draw there and move what they drew, so that
# a generator of the CPU gives every device the same numbers.


def standard_normal_like(tensor: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """ε ~ N(0, I) in the shape, dtype and device of `tensor`.

    Example:
        >>> standard_normal_like(torch.empty(2, 3), torch.Generator().manual_seed(0)).shape
        torch.Size([2, 3])
    """
    source = tensor.device if generator is None else generator.device
    return torch.empty_like(tensor, device=source).normal_(generator=generator).to(tensor.device)


def bernoulli_draw(probabilities: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Zeros and ones in the shape, dtype and device of `probabilities`, which lie in [0, 1]."""
    source = probabilities.device if generator is None else generator.device
    return torch.bernoulli(probabilities.to(source), generator=generator).to(probabilities.device)


def categorical_draw(weights: Tensor, n_draws: int, generator: torch.Generator | None = None) -> Tensor:
    """Positions 0 … len(weights) − 1 drawn with replacement in proportion to `weights`, shape (n_draws,)."""
    source = weights.device if generator is None else generator.device
    drawn = torch.multinomial(weights.to(source), n_draws, replacement=True, generator=generator)
    return drawn.to(weights.device)
