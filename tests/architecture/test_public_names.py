"""What users hold: a name is added or taken away on purpose, in two places."""

import importlib

import pytest

import varigraph

PUBLIC_NAMES = [
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


def test_the_public_names_are_these():
    assert sorted(varigraph.__all__) == sorted(PUBLIC_NAMES)


@pytest.mark.parametrize("name", varigraph.__all__)
def test_a_public_name_resolves_to_what_carries_that_name(name):
    value = getattr(varigraph, name)
    assert value.__name__.rpartition(".")[2] == name


@pytest.mark.parametrize("name", [name for name in varigraph.__all__ if name != "plot"])
def test_a_public_name_is_described(name):
    assert (getattr(varigraph, name).__doc__ or "").strip()


def test_dir_lists_the_public_names():
    assert set(varigraph.__all__) <= set(dir(varigraph))


def test_a_star_import_brings_the_public_names():
    space = {}
    exec("from varigraph import *", space)
    assert set(varigraph.__all__) <= set(space)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'VGEA'"):
        getattr(varigraph, "VGEA")  # noqa: B009 - the attribute is absent on purpose


def test_an_importer_that_asks_twice_gets_the_same_object():
    assert varigraph.VGAE is importlib.import_module("varigraph.models").VGAE
