"""Objectives: what training minimises, one file a family, each class with its own formula."""

from types import MappingProxyType

from varigraph.objectives.all_pairs import BernoulliAllPairs, WeightedAllPairs
from varigraph.objectives.base import GraphTarget, Objective, ObjectiveTerms
from varigraph.objectives.sampled_pairs import BalancedSampledEdges

__all__ = [
    "OBJECTIVES",
    "BalancedSampledEdges",
    "BernoulliAllPairs",
    "GraphTarget",
    "Objective",
    "ObjectiveTerms",
    "WeightedAllPairs",
]

OBJECTIVES: MappingProxyType[str, type[Objective]] = MappingProxyType(
    {
        "bernoulli_all_pairs": BernoulliAllPairs,
        "weighted_all_pairs": WeightedAllPairs,
        "balanced_sampled_edges": BalancedSampledEdges,
    }
)
"""The family by registered name."""
