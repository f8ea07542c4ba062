"""Distributions: small, seeded by a generator, in nats; what encoders, decoders and priors return."""

from varigraph.distributions.base import Distribution, Posterior
from varigraph.distributions.bernoulli import Bernoulli
from varigraph.distributions.delta import Delta
from varigraph.distributions.kl import kl_divergence, monte_carlo_kl
from varigraph.distributions.mixture import NormalMixture
from varigraph.distributions.normal import DiagonalNormal
from varigraph.distributions.priors import PRIORS, MixturePrior, Prior, StandardNormalPrior

__all__ = [
    "PRIORS",
    "Bernoulli",
    "Delta",
    "DiagonalNormal",
    "Distribution",
    "MixturePrior",
    "NormalMixture",
    "Posterior",
    "Prior",
    "StandardNormalPrior",
    "kl_divergence",
    "monte_carlo_kl",
]
