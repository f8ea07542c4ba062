"""Distributions: small, seeded by a generator, in nats; what encoders, decoders and priors return."""

from types import MappingProxyType
from typing import Any

from varigraph.distributions.base import Distribution, Posterior
from varigraph.distributions.bernoulli import Bernoulli
from varigraph.distributions.delta import Delta
from varigraph.distributions.full_normal import normal_kl
from varigraph.distributions.importance import (
    LogMeanExp,
    importance_estimate,
    log_importance_weights,
    log_mean_exp,
)
from varigraph.distributions.independent_bernoulli import IndependentBernoulli
from varigraph.distributions.kl import kl_divergence, monte_carlo_kl
from varigraph.distributions.mixture import NormalMixture
from varigraph.distributions.normal import DiagonalNormal
from varigraph.distributions.priors import PRIORS, MixturePrior, Prior, StandardNormalPrior
from varigraph.distributions.vamp import VampPrior

__all__ = [
    "PRIORS",
    "ROW_PRIORS",
    "Bernoulli",
    "Delta",
    "DiagonalNormal",
    "Distribution",
    "IndependentBernoulli",
    "LogMeanExp",
    "MixturePrior",
    "NormalMixture",
    "Posterior",
    "Prior",
    "StandardNormalPrior",
    "VampPrior",
    "importance_estimate",
    "kl_divergence",
    "log_importance_weights",
    "log_mean_exp",
    "monte_carlo_kl",
    "normal_kl",
]

ROW_PRIORS: MappingProxyType[str, Any] = MappingProxyType({**PRIORS, "vamp": VampPrior})
"""Priors of models of rows by registered name."""
