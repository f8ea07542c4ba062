"""`MLPEncoder`: fully connected layers from a row to q(z | x)."""

from __future__ import annotations

import torch
from torch import Tensor

from varigraph.distributions import Posterior
from varigraph.encoders.row_encoder import RowEncoder
from varigraph.nn import MLP

__all__ = ["MLPEncoder"]


class MLPEncoder(RowEncoder):
    """Hidden layers of any widths, then one linear layer a parameter of the posterior.

    μ and log σ share all layers but the last. The paper's encoder has one hidden layer of 500 tanh units,
    the documents' 500 and 250 or 128 and 32 ReLU units.

    Args:
        hidden_dims: Width of each hidden layer; empty for a linear encoder.
        activation: A name in `varigraph.nn.ACTIVATIONS`.

    References:
        Kingma & Welling (2014), *Auto-Encoding Variational Bayes*, appendix C.2.
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
        self, n_inputs: int, n_latent: int, *, posterior: type[Posterior], generator: torch.Generator
    ) -> None:
        """Weights as torch's own layers start.

        Raises:
            ValueError: There is no such activation.
        """
        self.posterior = posterior
        widths = (n_inputs, *self.hidden_dims, posterior.n_parameters * n_latent)
        self.network = MLP(widths, activation=self.activation, generator=generator)

    def outputs(self, inputs: Tensor) -> Tensor:
        """Shape (n_rows, posterior.n_parameters · n_latent)."""
        outputs: Tensor = self.network(inputs)
        return outputs
