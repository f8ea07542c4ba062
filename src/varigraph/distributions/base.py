"""What every distribution, and every posterior, can do."""

from __future__ import annotations

from typing import ClassVar, Protocol

import torch
from torch import Tensor

__all__ = ["Distribution", "Posterior"]


class Distribution(Protocol):
    """A batch of distributions, one a row."""

    @property
    def mean(self) -> Tensor:
        """The expectation, shape (n_rows, n_dimensions)."""

    def log_prob(self, value: Tensor) -> Tensor:
        """The log-density or log-probability of `value`, in nats, one value a row."""

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw without a gradient, in the shape of `mean`."""


class Posterior(Distribution, Protocol):
    """q(z | inputs): what an encoder returns.

    Attributes:
        n_parameters: How many numbers a latent dimension takes: 1 for a point, 2 for a normal.
    """

    n_parameters: ClassVar[int]

    @classmethod
    def from_outputs(cls, outputs: Tensor) -> Posterior:
        """Reads a network's outputs, shape (n_rows, n_parameters · n_latent)."""

    def rsample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw that carries gradients to the parameters, shape (n_rows, n_latent)."""

    def tensors(self) -> dict[str, Tensor]:
        """The parameters by name, for storage."""
