"""`Delta`: all mass at one point, which makes an autoencoder the VAE without a spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

__all__ = ["Delta"]


@dataclass(frozen=True, eq=False)
class Delta:
    """A point mass.

    Attributes:
        mean: Where the mass is, shape (n_rows, n_latent).
    """

    mean: Tensor
    n_parameters: ClassVar[int] = 1

    @classmethod
    def from_outputs(cls, outputs: Tensor) -> Delta:
        """The network's outputs are the point, shape (n_rows, n_latent)."""
        return cls(outputs)

    def log_prob(self, value: Tensor) -> Tensor:
        """0 at the point and −∞ elsewhere (with respect to the counting measure), shape (n_rows,)."""
        at = (value == self.mean).all(dim=-1)
        return torch.where(at, 0.0, -torch.inf).to(self.mean.dtype)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """The point, detached."""
        return self.mean.detach()

    def rsample(self, generator: torch.Generator | None = None) -> Tensor:
        """The point."""
        return self.mean

    def tensors(self) -> dict[str, Tensor]:
        """The point under the name `mean`."""
        return {"mean": self.mean}
