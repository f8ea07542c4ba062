"""Baselines: predictors to compare with, under the same contract as the models."""

from collections.abc import Mapping
from types import MappingProxyType

from varigraph.baselines.deepwalk import DeepWalk
from varigraph.baselines.neighbourhood import NeighbourhoodPredictor
from varigraph.baselines.spectral import SpectralEmbedding

__all__ = ["BASELINES", "DeepWalk", "NeighbourhoodPredictor", "SpectralEmbedding"]

BASELINES: Mapping[str, type[DeepWalk | NeighbourhoodPredictor | SpectralEmbedding]] = MappingProxyType(
    {"neighbourhood": NeighbourhoodPredictor, "spectral": SpectralEmbedding, "deepwalk": DeepWalk}
)
"""Baselines by name."""
