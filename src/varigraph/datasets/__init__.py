"""Data sets: cards, verified downloads, the embedded defaults, benchmarks and graphs with known answers."""

from varigraph.datasets.block_truth import BlockTruth
from varigraph.datasets.card import DatasetCard, DatasetKind, RawFile
from varigraph.datasets.catalogue import card, dataset_names, load_dataset, load_rows_dataset
from varigraph.datasets.download import cache_folder
from varigraph.datasets.heart import HEART_CARDS, load_heart
from varigraph.datasets.stdlib import build_stdlib_graph, freeze_stdlib_graph
from varigraph.datasets.synthetic import degree_corrected_block_model, stochastic_block_model

__all__ = [
    "HEART_CARDS",
    "BlockTruth",
    "DatasetCard",
    "DatasetKind",
    "RawFile",
    "build_stdlib_graph",
    "cache_folder",
    "card",
    "dataset_names",
    "degree_corrected_block_model",
    "freeze_stdlib_graph",
    "load_dataset",
    "load_heart",
    "load_rows_dataset",
    "stochastic_block_model",
]
