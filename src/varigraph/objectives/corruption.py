"""Corruptions: how rows are spoiled before a denoising autoencoder sees them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

__all__ = ["CORRUPTIONS", "Corruption", "GaussianNoise", "MaskingNoise", "SaltAndPepper"]


@dataclass(frozen=True)
class Corruption:
    """x̃ ~ C(x̃ | x). Base of the family.

    The encoder sees x̃ and the decoder must explain x, so the network learns where spoilt rows came from. The
    first setting of every member is its strength: 0 spoils nothing.

    References:
        Vincent, Larochelle, Lajoie, Bengio & Manzagol (2010), *Stacked denoising autoencoders*, sections 3.3
        and 4.1.
    """

    def __call__(self, rows: Tensor, *, generator: torch.Generator) -> Tensor:
        """Spoilt rows in new memory, without a gradient; every entry by a draw of its own.

        Args:
            rows: Any shape, floating-point; left as it is.
            generator: Where the noise comes from, on whichever device: one of the CPU spoils the rows of
                every device alike.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class MaskingNoise(Corruption):
    """Sets each entry to 0 with probability `fraction`.

    On scaled rows 0 is a column's mean, on images black. The count of zeros varies from row to row; the
    reference sets the same number of entries to 0 in each, which has the same mean.

    Attributes:
        fraction: In [0, 1].

    Example:
        >>> spoilt = MaskingNoise(0.5)(torch.ones(8), generator=torch.Generator().manual_seed(0))
        >>> sorted(set(spoilt.tolist()))
        [0.0, 1.0]
    """

    fraction: float = 0.3

    def __post_init__(self) -> None:
        _check_fraction(self.fraction)

    def __call__(self, rows: Tensor, *, generator: torch.Generator) -> Tensor:
        """As on `Corruption`."""
        return rows.detach().masked_fill(_uniform(rows, generator) < self.fraction, 0)


@dataclass(frozen=True)
class GaussianNoise(Corruption):
    """Adds N(0, std²) to each entry; values may leave the range of the rows.

    Attributes:
        std: σ ≥ 0, in the units of the rows.
    """

    std: float = 0.3

    def __post_init__(self) -> None:
        if not (isinstance(self.std, int | float) and 0 <= self.std < math.inf):
            raise ValueError(f"std must be a number of 0 or more, got {self.std!r}.")

    def __call__(self, rows: Tensor, *, generator: torch.Generator) -> Tensor:
        """As on `Corruption`."""
        noise = torch.empty_like(rows, device=generator.device).normal_(generator=generator)
        return torch.add(rows.detach(), noise.to(rows.device), alpha=self.std)


@dataclass(frozen=True)
class SaltAndPepper(Corruption):
    """Sets each entry with probability `fraction` to `low` or `high`, by a fair coin.

    An entry that was already at the end that it is set to does not show it: of black-and-white pixels about
    half of `fraction` change.

    Attributes:
        fraction: In [0, 1].
        low: Pepper, the lowest value of the rows.
        high: Salt, the highest.
    """

    fraction: float = 0.3
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        _check_fraction(self.fraction)
        if not -math.inf < self.low < self.high < math.inf:
            raise ValueError(f"low must be a number below high, got low={self.low} and high={self.high}.")

    def __call__(self, rows: Tensor, *, generator: torch.Generator) -> Tensor:
        """As on `Corruption`."""
        # One draw says both whether an entry is hit, and below half of the fraction, that it is pepper.
        uniform = _uniform(rows, generator)
        spoilt = rows.detach().masked_fill(uniform < self.fraction, self.high)
        return spoilt.masked_fill_(uniform < self.fraction / 2, self.low)


CORRUPTIONS: MappingProxyType[str, type[Corruption]] = MappingProxyType(
    {"masking": MaskingNoise, "gaussian": GaussianNoise, "salt_and_pepper": SaltAndPepper}
)
"""The family by registered name."""


def _uniform(rows: Tensor, generator: torch.Generator) -> Tensor:
    """U[0, 1) in the shape of the rows and on their device."""
    # In float32 whatever the rows are: float16 has too few values between 0 and 1 for a small fraction, and
    # so rows of any precision lose the same entries.
    drawn = torch.rand(rows.shape, dtype=torch.float32, device=generator.device, generator=generator)
    return drawn.to(rows.device)


def _check_fraction(fraction: float) -> None:
    if not (isinstance(fraction, int | float) and 0 <= fraction <= 1):
        raise ValueError(f"fraction must be a number between 0 and 1, got {fraction!r}.")
