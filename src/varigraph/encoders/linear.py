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
        radius: As on `Encoder`. The reference has none; on validation, latent vectors of one length rank
            missing links better, and the length 1.8 is the best of those tried on Cora and CiteSeer.

    References:
        Salha, Hennequin & Vazirgiannis (2020), *Simple and effective graph autoencoders with one-hop
        linear models*, equation 5.
    """

    def __init__(self, *, self_loops: bool = True, radius: float | None = 1.8) -> None:
        super().__init__(self_loops=self_loops, radius=radius)

    def build(
        self, n_inputs: int, n_latent: int, *, posterior: type[Posterior], generator: torch.Generator
    ) -> None:
        """One Glorot matrix, with a block for each parameter of the posterior."""
        self.posterior = posterior
        blocks = posterior.n_parameters
        self.layer = GraphConvolution(n_inputs, blocks * n_latent, generator=generator, n_blocks=blocks)

    def outputs(self, inputs: GraphInputs) -> Tensor:
        """shape (n_nodes, posterior.n_parameters · n_latent)."""
        outputs: Tensor = self.layer(inputs.adjacency, inputs.features)
        return outputs
