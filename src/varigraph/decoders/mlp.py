"""`MLPDecoder`: fully connected layers from z to p(x | z)."""

from __future__ import annotations

import torch
from torch import Tensor

from varigraph.decoders.likelihoods import Likelihood
from varigraph.decoders.row_decoder import RowDecoder
from varigraph.nn import MLP

__all__ = ["MLPDecoder"]


class MLPDecoder(RowDecoder):
    """Hidden layers of any widths, then one linear layer.

    Args:
        hidden_dims: Width of each hidden layer, from the latent side; empty for a linear decoder.
        activation: A name in `varigraph.nn.ACTIVATIONS`.

    References:
        Kingma & Welling (2014), *Auto-Encoding Variational Bayes*, appendices C.1 and C.2.
    """

    network: MLP

    def __init__(self, hidden_dims: tuple[int, ...] = (256,), *, activation: str = "relu") -> None:
        super().__init__()
        self.hidden_dims = hidden_dims
        self.activation = activation

    def extra_repr(self) -> str:
        """The settings, for `repr`."""
        return f"{self.hidden_dims}, activation={self.activation!r}"

    def build(
        self, n_latent: int, n_features: int, *, likelihood: Likelihood, generator: torch.Generator
    ) -> None:
        """Weights as torch's own layers start.

        Raises:
            ValueError: There is no such activation.
        """
        self.likelihood = likelihood
        widths = (n_latent, *self.hidden_dims, likelihood.n_outputs_per_column * n_features)
        self.network = MLP(widths, activation=self.activation, generator=generator)

    def outputs(self, z: Tensor) -> Tensor:
        """From (…, n_latent) to (…, n_outputs_per_column · n_features)."""
        outputs: Tensor = self.network(z)
        return outputs
