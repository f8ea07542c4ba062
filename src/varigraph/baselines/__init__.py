"""Baselines: predictors to compare with, under the same contract as the models."""

from varigraph.baselines.deepwalk import DeepWalk
from varigraph.baselines.neighbourhood import NeighbourhoodPredictor
from varigraph.baselines.spectral import SpectralEmbedding

__all__ = ["DeepWalk", "NeighbourhoodPredictor", "SpectralEmbedding"]
