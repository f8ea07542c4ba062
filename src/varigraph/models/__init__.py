"""Models: autoencoders of graphs and of rows as estimators, their presets, and how they are stored."""

from varigraph.models.graphs.gae import GAE
from varigraph.models.graphs.vgae import VGAE
from varigraph.models.loading import MODELS, load
from varigraph.models.presets import PRESETS
from varigraph.models.rows.ae import AE
from varigraph.models.rows.anomaly import AnomalyDetector
from varigraph.models.rows.denoising_ae import DenoisingAE
from varigraph.models.rows.presets import ROW_PRESETS
from varigraph.models.rows.vae import VAE

__all__ = [
    "AE",
    "GAE",
    "MODELS",
    "PRESETS",
    "ROW_PRESETS",
    "VAE",
    "VGAE",
    "AnomalyDetector",
    "DenoisingAE",
    "load",
]
