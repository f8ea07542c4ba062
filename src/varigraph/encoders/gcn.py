"""`GCNEncoder`: the graph convolutional encoder of Kipf & Welling."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from varigraph.distributions import Posterior
from varigraph.encoders.base import Encoder, GraphInputs
from varigraph.nn import GraphConvolution

__all__ = ["GCNEncoder"]

_ACTIVATIONS: MappingProxyType[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {"relu": torch.relu, "tanh": torch.tanh, "elu": F.elu}
)


class GCNEncoder(Encoder):
    """Ã f(… Ã f(ÃXW₀) …) W_L: as many layers as hidden widths, plus one.

    With one hidden layer and ReLU this is the paper's GCN(X, A) = Ã ReLU(ÃXW₀) W₁. The weights of μ and of
    log σ share all layers but the last.

    Args:
        hidden_dims: Width of each hidden layer.
        activation: f.
        self_loops: As on `Encoder`.

    References:
        Kipf & Welling (2016), *Variational graph auto-encoders*, section 2.
    """

    def __init__(
        self,
        hidden_dims: tuple[int, ...] = (32,),
        *,
        activation: Literal["relu", "tanh", "elu"] = "relu",
        self_loops: bool = True,
    ) -> None:
        super().__init__(self_loops=self_loops)
        self.hidden_dims = hidden_dims
        self.activation = activation

    def build(
        self, n_inputs: int, n_latent: int, *, posterior: type[Posterior], generator: torch.Generator
    ) -> None:
        """Glorot weights; the last layer holds one block a parameter of the posterior.

        Raises:
            ValueError: There is no such activation.
        """
        if self.activation not in _ACTIVATIONS:
            known = ", ".join(_ACTIVATIONS)
            raise ValueError(f"There is no activation {self.activation!r}; there are {known}.")
        self.posterior = posterior
        widths = (n_inputs, *self.hidden_dims)
        hidden = [GraphConvolution(i, o, generator=generator) for i, o in pairwise(widths)]
        blocks = posterior.n_parameters
        last = GraphConvolution(widths[-1], blocks * n_latent, generator=generator, n_blocks=blocks)
        self.layers = nn.ModuleList([*hidden, last])

    def outputs(self, inputs: GraphInputs) -> Tensor:
        """Shape (n_nodes, posterior.n_parameters · n_latent)."""
        hidden = inputs.features
        for layer in self.layers[:-1]:
            hidden = _ACTIVATIONS[self.activation](layer(inputs.adjacency, hidden))
        outputs: Tensor = self.layers[-1](inputs.adjacency, hidden)
        return outputs
