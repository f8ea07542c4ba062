"""Models: graph autoencoders as estimators, their presets, and how they are stored."""

from varigraph.models.graphs.gae import GAE
from varigraph.models.graphs.vgae import VGAE
from varigraph.models.loading import MODELS, load
from varigraph.models.presets import PRESETS

__all__ = ["GAE", "MODELS", "PRESETS", "VGAE", "load"]
