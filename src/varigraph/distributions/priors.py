"""Priors over the latent vector: standard normal, and a learned mixture of normals."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn

from varigraph.distributions.base import Distribution
from varigraph.distributions.mixture import NormalMixture
from varigraph.distributions.noise import standard_normal_like
from varigraph.distributions.normal import DiagonalNormal

__all__ = ["PRIORS", "MixturePrior", "Prior", "StandardNormalPrior"]


class Prior(nn.Module):
    """p(z). `build` makes the parameters once the number of latent dimensions is known."""

    def build(self, n_latent: int, *, generator: torch.Generator, inputs: Tensor | None = None) -> None:
        """Makes or resets the parameters.

        Args:
            n_latent: The number of latent dimensions.
            generator: Draws what starts at random.
            inputs: Rows that the encoder reads, shape (n_rows, n_inputs), for a prior made of pseudo-inputs;
                the others do not look at them.
        """
        raise NotImplementedError

    def forward(self, encoder: nn.Module | None = None) -> Distribution:
        """The distribution of one latent vector; `encoder` is for priors made of encoded pseudo-inputs."""
        raise NotImplementedError

    def draw(
        self, n_rows: int, *, encoder: nn.Module | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        """Independent latent vectors z ~ p(z) without a gradient, shape (n_rows, n_latent)."""
        raise NotImplementedError


class StandardNormalPrior(Prior):
    """N(0, I)."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1, 0), persistent=False)

    def build(self, n_latent: int, *, generator: torch.Generator, inputs: Tensor | None = None) -> None:
        """Notes the number of dimensions; there is nothing to learn."""
        self.mean = self.mean.new_zeros(1, n_latent)

    def forward(self, encoder: nn.Module | None = None) -> DiagonalNormal:
        """The standard normal, mean of shape (1, n_latent)."""
        return DiagonalNormal(self.mean, self.mean)

    def draw(
        self, n_rows: int, *, encoder: nn.Module | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        """Normal numbers, shape (n_rows, n_latent)."""
        return standard_normal_like(self.mean.expand(n_rows, -1), generator)


class MixturePrior(Prior):
    """A mixture of `n_components` diagonal normals whose weights, means and spreads are learned.

    References:
        Tomczak & Welling (2018), *VAE with a VampPrior*, section 2 (the mixture of Gaussians prior).
    """

    def __init__(self, n_components: int = 10) -> None:
        super().__init__()
        if n_components < 1:
            raise ValueError(f"n_components must be 1 or more, got {n_components}.")
        self.n_components = n_components

    def extra_repr(self) -> str:
        """The settings, for `repr`."""
        return f"{self.n_components}"

    def build(self, n_latent: int, *, generator: torch.Generator, inputs: Tensor | None = None) -> None:
        """Equal weights, unit spreads, means drawn from N(0, I)."""
        means = torch.randn(self.n_components, n_latent, generator=generator)
        self.weight_logits = nn.Parameter(torch.zeros(self.n_components))
        self.means = nn.Parameter(means)
        self.log_stds = nn.Parameter(torch.zeros_like(means))

    def forward(self, encoder: nn.Module | None = None) -> NormalMixture:
        """The mixture as it stands."""
        return NormalMixture(self.weight_logits, DiagonalNormal(self.means, self.log_stds))

    def draw(
        self, n_rows: int, *, encoder: nn.Module | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        """A component a row, and a draw of it, shape (n_rows, n_latent)."""
        return self.forward().sample(generator, n_rows=n_rows)


PRIORS: MappingProxyType[str, Any] = MappingProxyType(
    {"standard_normal": StandardNormalPrior, "mixture": MixturePrior}
)
"""The family by registered name."""
