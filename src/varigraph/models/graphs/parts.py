"""From an estimator's settings to built parts: encoder, prior, decoder and objective."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from varigraph.decoders import DECODERS, Decoder
from varigraph.distributions import PRIORS, Posterior, Prior, StandardNormalPrior
from varigraph.encoders import ENCODERS, Encoder, ModuleEncoder
from varigraph.graphs.graph import Graph
from varigraph.models.graphs.inputs import Placement
from varigraph.models.named_parts import named_part
from varigraph.objectives import OBJECTIVES, Objective

__all__ = ["Autoencoder", "build_parts", "load_encoder", "step_work"]


class Autoencoder(nn.Module):
    """The trainable parts of one model, with the objective that binds them."""

    def __init__(
        self, encoder: Encoder, prior: Prior, decoder: Decoder, *, objective: Objective, n_latent: int
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.prior = prior
        self.decoder = decoder
        self.objective = objective
        self.n_latent = n_latent


class _Settings(Protocol):
    posterior: type[Posterior]
    latent_dim: int
    hidden_dims: tuple[int, ...] | None
    encoder: Any
    decoder: Any
    objective: Any
    features: Any


def build_parts(settings: _Settings, graph: Graph, place: Placement, *, seed: int) -> Autoencoder:
    """Copies of the parts that the settings name, with fresh weights for this graph.

    What the user gave is deep-copied, so a clone, a second fit or a repeat starts anew.
    """
    generator = torch.Generator().manual_seed(seed)
    objective = named_part(settings.objective, OBJECTIVES, Objective, what="objective")
    encoder = _encoder(settings)
    n_inputs = graph.n_features if settings.features != "none" and graph.n_features else graph.n_nodes
    encoder.build(n_inputs, settings.latent_dim, posterior=settings.posterior, generator=generator)
    prior = named_part(getattr(settings, "prior", StandardNormalPrior()), PRIORS, Prior, what="prior")
    prior.build(settings.latent_dim, generator=generator)
    decoder = named_part(settings.decoder, DECODERS, Decoder, what="decoder", offset=objective.default_offset)
    decoder.build(density=graph.density)
    module = Autoencoder(encoder, prior, decoder, objective=objective, n_latent=settings.latent_dim)
    return module.to(place.device, place.dtype)


def load_encoder(parts: Autoencoder, weights: Mapping[str, Tensor]) -> None:
    """Copies weights that were trained elsewhere into the encoder.

    Raises:
        ValueError: They are not those of such an encoder.
    """
    try:
        parts.encoder.load_state_dict(weights)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"These are not the weights of such an encoder: {error}") from error


def step_work(graph: Graph, parts: Autoencoder) -> int:
    """Multiply-adds of one step, roughly: every stored number of the inputs meets every output."""
    n_pairs = graph.n_pairs if parts.objective.visits_all_pairs else 2 * graph.n_edges
    n_inputs = 0 if graph.features is None else int(np.count_nonzero(graph.features.data))
    return int((n_inputs + 2 * graph.n_edges + n_pairs) * parts.n_latent)


def _encoder(settings: _Settings) -> Encoder:
    given = settings.encoder
    if given == "module":
        raise ValueError("encoder='module' names no module; pass your own module itself: encoder=module.")
    if settings.hidden_dims is not None and given != "gcn":
        raise ValueError(
            'hidden_dims is for encoder="gcn"; an encoder of another kind brings its own widths.'
        )
    if isinstance(given, nn.Module) and not isinstance(given, Encoder):
        return ModuleEncoder(copy.deepcopy(given))
    widths = {} if settings.hidden_dims is None else {"hidden_dims": tuple(settings.hidden_dims)}
    return named_part(given, ENCODERS, Encoder, what="encoder", **widths)
