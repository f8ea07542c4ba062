"""`OneLayerGCNEncoder`: the encoder that the documents' notes write for a GAE."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from varigraph.distributions import Posterior
from varigraph.encoders.base import Encoder, GraphInputs
from varigraph.nn import GraphConvolution

__all__ = ["OneLayerGCNEncoder"]


class OneLayerGCNEncoder(Encoder):
    """Z = ReLU(ÃXW₀), one convolution.

    Every latent mean is ≥ 0, so without an offset no logit is below 0: each pair gets a probability of at
    least one half. Ranks survive that; probabilities do not. For a VGAE the ReLU is on μ alone, since
    log σ ≥ 0 would forbid a posterior narrower than the prior.
    """

    def build(
        self, n_inputs: int, n_latent: int, *, posterior: type[Posterior], generator: torch.Generator
    ) -> None:
        """One Glorot matrix, with a block for each parameter of the posterior."""
        self.posterior = posterior
        self.n_latent = n_latent
        blocks = posterior.n_parameters
        self.layer = GraphConvolution(n_inputs, blocks * n_latent, generator=generator, n_blocks=blocks)

    def outputs(self, inputs: GraphInputs) -> Tensor:
        """Shape (n_nodes, posterior.n_parameters · n_latent), the means ≥ 0."""
        outputs = self.layer(inputs.adjacency, inputs.features)
        mean, spread = outputs[:, : self.n_latent], outputs[:, self.n_latent :]
        return torch.cat([F.relu(mean), spread], dim=1)
