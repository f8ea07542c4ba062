"""Baselines: predictors to compare with, under the same contract as the models."""

from varigraph.baselines.neighbourhood import NeighbourhoodPredictor

__all__ = ["NeighbourhoodPredictor"]
