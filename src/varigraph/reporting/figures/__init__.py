"""Figures: a latent space, the course of a training run, the reliability of probabilities, images."""

from varigraph.reporting.figures.canvas import FIGURE_FORMATS, save_figure
from varigraph.reporting.figures.images import (
    image_grid_figure,
    manifold_figure,
    reconstruction_figure,
    write_image_grid,
)
from varigraph.reporting.figures.latent_space import embedding_figure
from varigraph.reporting.figures.reliability import reliability_figure
from varigraph.reporting.figures.training import training_figure

__all__ = [
    "FIGURE_FORMATS",
    "embedding_figure",
    "image_grid_figure",
    "manifold_figure",
    "reconstruction_figure",
    "reliability_figure",
    "save_figure",
    "training_figure",
    "write_image_grid",
]
