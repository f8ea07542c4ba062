"""Pictures as users reach them: `vg.plot.embedding(vgae)`, `vg.plot.samples(vae)`, `vg.plot.training(ae)`."""

from varigraph.reporting.figures import save_figure as save
from varigraph.reporting.plot.course import training
from varigraph.reporting.plot.graphs import embedding, reliability
from varigraph.reporting.plot.rows import latent, manifold, reconstructions, samples

__all__ = [
    "embedding",
    "latent",
    "manifold",
    "reconstructions",
    "reliability",
    "samples",
    "save",
    "training",
]
