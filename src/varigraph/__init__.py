"""varigraph: variational autoencoders on graphs, evaluated honestly."""

from __future__ import annotations

import importlib
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from varigraph.baselines import DeepWalk, NeighbourhoodPredictor, SpectralEmbedding
    from varigraph.datasets import (
        build_stdlib_graph,
        dataset_names,
        degree_corrected_block_model,
        load_heart,
        stochastic_block_model,
    )
    from varigraph.datasets.loading import load_graph
    from varigraph.datasets.loading_rows import load_rows
    from varigraph.decoders import (
        BernoulliLikelihood,
        ConvDecoder,
        GaussianLikelihood,
        InnerProductDecoder,
        MLPDecoder,
    )
    from varigraph.distributions import MixturePrior, StandardNormalPrior, VampPrior, normal_kl
    from varigraph.encoders import (
        ConvEncoder,
        GCNEncoder,
        LinearEncoder,
        MLPEncoder,
        ModuleEncoder,
        OneLayerGCNEncoder,
    )
    from varigraph.errors import PosteriorCollapseWarning
    from varigraph.evaluation import (
        RowRecord,
        RunRecord,
        anomaly_auc,
        classification_probe,
        clustering_probe,
        evaluate_links,
        evaluate_row_embedding,
        summarise_evaluations,
    )
    from varigraph.evaluation.row_evaluation import evaluate_rows
    from varigraph.graphs.convert import to_graph
    from varigraph.graphs.graph import Graph
    from varigraph.graphs.splits import EdgeSplit, SplitPart, split_edges, split_edges_by, split_given_test
    from varigraph.models import AE, GAE, VAE, VGAE, AnomalyDetector, DenoisingAE, load
    from varigraph.objectives import (
        ELBO,
        IWAE,
        BalancedSampledEdges,
        BernoulliAllPairs,
        GaussianNoise,
        MaskingNoise,
        Reconstruction,
        SaltAndPepper,
        WakeSleep,
        WeightedAllPairs,
    )
    from varigraph.reporting import plot
    from varigraph.reporting.tensorboard import TensorBoard
    from varigraph.rows import Rows, RowSplit, split_rows
    from varigraph.training import Checkpointing

__all__ = [
    "AE",
    "AnomalyDetector",
    "BalancedSampledEdges",
    "BernoulliAllPairs",
    "BernoulliLikelihood",
    "Checkpointing",
    "ConvDecoder",
    "ConvEncoder",
    "DeepWalk",
    "DenoisingAE",
    "ELBO",
    "EdgeSplit",
    "GAE",
    "GCNEncoder",
    "GaussianLikelihood",
    "GaussianNoise",
    "Graph",
    "IWAE",
    "InnerProductDecoder",
    "LinearEncoder",
    "MLPDecoder",
    "MLPEncoder",
    "MaskingNoise",
    "MixturePrior",
    "ModuleEncoder",
    "NeighbourhoodPredictor",
    "OneLayerGCNEncoder",
    "PosteriorCollapseWarning",
    "Reconstruction",
    "RowRecord",
    "RowSplit",
    "Rows",
    "RunRecord",
    "SaltAndPepper",
    "SpectralEmbedding",
    "SplitPart",
    "StandardNormalPrior",
    "TensorBoard",
    "VAE",
    "VGAE",
    "VampPrior",
    "WakeSleep",
    "WeightedAllPairs",
    "anomaly_auc",
    "build_stdlib_graph",
    "classification_probe",
    "clustering_probe",
    "dataset_names",
    "degree_corrected_block_model",
    "evaluate_links",
    "evaluate_row_embedding",
    "evaluate_rows",
    "load",
    "load_graph",
    "load_heart",
    "load_rows",
    "normal_kl",
    "plot",
    "split_edges",
    "split_edges_by",
    "split_given_test",
    "split_rows",
    "stochastic_block_model",
    "summarise_evaluations",
    "to_graph",
]

__version__ = _version("varigraph")

# Names are resolved on first use (PEP 562), so that `varigraph --help` does not wait for torch.
_HOME_OF = {
    "varigraph.baselines": ("DeepWalk", "NeighbourhoodPredictor", "SpectralEmbedding"),
    "varigraph.datasets": (
        "build_stdlib_graph",
        "dataset_names",
        "degree_corrected_block_model",
        "load_heart",
        "stochastic_block_model",
    ),
    "varigraph.datasets.loading": ("load_graph",),
    "varigraph.datasets.loading_rows": ("load_rows",),
    "varigraph.decoders": (
        "BernoulliLikelihood",
        "ConvDecoder",
        "GaussianLikelihood",
        "InnerProductDecoder",
        "MLPDecoder",
    ),
    "varigraph.distributions": ("MixturePrior", "StandardNormalPrior", "VampPrior", "normal_kl"),
    "varigraph.encoders": (
        "ConvEncoder",
        "GCNEncoder",
        "LinearEncoder",
        "MLPEncoder",
        "ModuleEncoder",
        "OneLayerGCNEncoder",
    ),
    "varigraph.errors": ("PosteriorCollapseWarning",),
    "varigraph.evaluation": (
        "RowRecord",
        "RunRecord",
        "anomaly_auc",
        "classification_probe",
        "clustering_probe",
        "evaluate_links",
        "evaluate_row_embedding",
        "summarise_evaluations",
    ),
    "varigraph.evaluation.row_evaluation": ("evaluate_rows",),
    "varigraph.graphs.convert": ("to_graph",),
    "varigraph.graphs.graph": ("Graph",),
    "varigraph.graphs.splits": (
        "EdgeSplit",
        "SplitPart",
        "split_edges",
        "split_edges_by",
        "split_given_test",
    ),
    "varigraph.models": ("AE", "AnomalyDetector", "DenoisingAE", "GAE", "load", "VAE", "VGAE"),
    "varigraph.objectives": (
        "BalancedSampledEdges",
        "BernoulliAllPairs",
        "ELBO",
        "GaussianNoise",
        "IWAE",
        "MaskingNoise",
        "Reconstruction",
        "SaltAndPepper",
        "WakeSleep",
        "WeightedAllPairs",
    ),
    "varigraph.reporting": ("plot",),
    "varigraph.reporting.tensorboard": ("TensorBoard",),
    "varigraph.rows": ("RowSplit", "Rows", "split_rows"),
    "varigraph.training": ("Checkpointing",),
}
_MODULE_OF = {name: module for module, names in _HOME_OF.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'varigraph' has no attribute {name!r}")
    module = _MODULE_OF[name]
    if name == "plot":
        return importlib.import_module(f"{module}.plot")
    return getattr(importlib.import_module(module), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
