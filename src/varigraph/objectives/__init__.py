"""Objectives: what training minimises, one file a family, each class with its own formula."""

from types import MappingProxyType
from typing import Any

from varigraph.objectives.all_pairs import BernoulliAllPairs, WeightedAllPairs
from varigraph.objectives.base import GraphTarget, Objective, ObjectiveTerms
from varigraph.objectives.corruption import (
    CORRUPTIONS,
    Corruption,
    GaussianNoise,
    MaskingNoise,
    SaltAndPepper,
)
from varigraph.objectives.elbo import ELBO
from varigraph.objectives.iwae import IWAE
from varigraph.objectives.reconstruction import Reconstruction
from varigraph.objectives.row_objective import RowObjective, RowParts, RowStep
from varigraph.objectives.sampled_pairs import BalancedSampledEdges
from varigraph.objectives.wake_sleep import WakeSleep

__all__ = [
    "CORRUPTIONS",
    "ELBO",
    "IWAE",
    "OBJECTIVES",
    "ROW_OBJECTIVES",
    "BalancedSampledEdges",
    "BernoulliAllPairs",
    "Corruption",
    "GaussianNoise",
    "GraphTarget",
    "MaskingNoise",
    "Objective",
    "ObjectiveTerms",
    "Reconstruction",
    "RowObjective",
    "RowParts",
    "RowStep",
    "SaltAndPepper",
    "WakeSleep",
    "WeightedAllPairs",
]

OBJECTIVES: MappingProxyType[str, type[Objective]] = MappingProxyType(
    {
        "bernoulli_all_pairs": BernoulliAllPairs,
        "weighted_all_pairs": WeightedAllPairs,
        "balanced_sampled_edges": BalancedSampledEdges,
    }
)
"""Objectives over graphs by registered name."""

ROW_OBJECTIVES: MappingProxyType[str, Any] = MappingProxyType(
    {"reconstruction": Reconstruction, "elbo": ELBO, "iwae": IWAE, "wake_sleep": WakeSleep}
)
"""Objectives over rows by registered name."""
