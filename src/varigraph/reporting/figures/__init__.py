"""Figures: a latent space, the course of a training run, the reliability of probabilities, images."""

from varigraph.reporting.figures.canvas import FIGURE_FORMATS, save_figure
from varigraph.reporting.figures.comparison import comparison_figure, validation_figure
from varigraph.reporting.figures.curves import Curve, CurvePanel, curve_figure
from varigraph.reporting.figures.images import (
    image_grid_figure,
    manifold_figure,
    reconstruction_figure,
    write_image_grid,
)
from varigraph.reporting.figures.latent_space import embedding_figure
from varigraph.reporting.figures.reliability import reliability_figure
from varigraph.reporting.figures.sample_grids import image_grids_figure
from varigraph.reporting.figures.training import training_figure

__all__ = [
    "FIGURE_FORMATS",
    "Curve",
    "CurvePanel",
    "comparison_figure",
    "curve_figure",
    "embedding_figure",
    "image_grid_figure",
    "image_grids_figure",
    "manifold_figure",
    "reconstruction_figure",
    "reliability_figure",
    "save_figure",
    "training_figure",
    "validation_figure",
    "write_image_grid",
]
