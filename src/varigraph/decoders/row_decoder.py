"""What a decoder of rows must do."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from varigraph.decoders.likelihoods import Likelihood
from varigraph.distributions import Distribution

__all__ = ["RowDecoder"]


class RowDecoder(nn.Module):
    """p(x | z). The constructor stores settings; `build` makes the weights for a data set.

    Subclasses define `build`, which keeps the likelihood, and `outputs`.
    """

    likelihood: Likelihood

    def build(
        self, n_latent: int, n_features: int, *, likelihood: Likelihood, generator: torch.Generator
    ) -> None:
        """Makes or resets every weight.

        Args:
            n_latent: Latent dimensions.
            n_features: Columns of the rows.
            likelihood: What the outputs are parameters of; built for `n_features`, kept as a part.
            generator: Where the starting weights come from.
        """
        raise NotImplementedError

    def outputs(self, z: Tensor) -> Tensor:
        """What the likelihood takes, from (…, n_latent) to (…, n_outputs_per_column · n_features)."""
        raise NotImplementedError

    def forward(self, z: Tensor) -> Distribution:
        """p(x | z), one distribution over rows a latent vector."""
        likelihood: Distribution = self.likelihood(self.outputs(z))
        return likelihood
