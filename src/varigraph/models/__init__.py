"""Models: graph autoencoders as estimators, their presets, and how they are stored."""

from varigraph.models.gae import GAE
from varigraph.models.loading import MODELS, load
from varigraph.models.presets import PRESETS
from varigraph.models.vgae import VGAE

__all__ = ["GAE", "MODELS", "PRESETS", "VGAE", "load"]
