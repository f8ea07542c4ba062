"""`LinearEncoder`: one propagation and one matrix."""

from __future__ import annotations

import torch
from torch import Tensor

from varigraph.distributions import Posterior
from varigraph.encoders.base import Encoder, GraphInputs
from varigraph.nn import GraphConvolution

__all__ = ["LinearEncoder"]


class LinearEncoder(Encoder):
    """ÃXW: no hidden layer, no activation; on citation graphs as good as the GCN or better.

    Args:
        self_loops: As on `Encoder`.

    References:
        Salha, Hennequin & Vazirgiannis (2020), *Simple and effective graph autoencoders with one-hop
        linear models*, equation 5.
    """

    def build(
        self, n_inputs: int, n_latent: int, *, posterior: type[Posterior], generator: torch.Generator
    ) -> None:
        """One Glorot matrix, with a block for each parameter of the posterior."""
        self.posterior = posterior
        blocks = posterior.n_parameters
        self.layer = GraphConvolution(n_inputs, blocks * n_latent, generator=generator, n_blocks=blocks)

    def outputs(self, inputs: GraphInputs) -> Tensor:
        """Shape (n_nodes, posterior.n_parameters · n_latent)."""
        outputs: Tensor = self.layer(inputs.adjacency, inputs.features)
        return outputs
