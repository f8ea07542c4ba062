"""What an encoder of rows must do."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from varigraph.distributions import Posterior

__all__ = ["RowEncoder"]


class RowEncoder(nn.Module):
    """q(z | x), x a row. The constructor stores settings; `build` makes the weights for a data set.

    Subclasses define `build` and `outputs`. One body serves the autoencoder and the VAE: the posterior says
    whether it ends in a point or in mean and log σ.
    """

    posterior: type[Posterior]

    def build(
        self, n_inputs: int, n_latent: int, *, posterior: type[Posterior], generator: torch.Generator
    ) -> None:
        """Makes or resets every weight.

        Args:
            n_inputs: Columns of the rows.
            n_latent: Latent dimensions.
            posterior: Which distribution `forward` returns: `Delta` or `DiagonalNormal`.
            generator: Where the starting weights come from.
        """
        raise NotImplementedError

    def outputs(self, inputs: Tensor) -> Tensor:
        """The parameters of q, from (n_rows, n_inputs) to (n_rows, posterior.n_parameters · n_latent)."""
        raise NotImplementedError

    def forward(self, inputs: Tensor) -> Posterior:
        """q(z | x), one row a row."""
        return self.posterior.from_outputs(self.outputs(inputs))
