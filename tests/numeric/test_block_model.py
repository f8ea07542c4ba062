"""On graphs whose best possible AUC is known, models reach most of it and never pass it."""

import itertools

import numpy as np
import pytest

from varigraph.datasets.synthetic import degree_corrected_block_model
from varigraph.evaluation.ranking import roc_auc
from varigraph.graphs.splits import split_edges
from varigraph.models import GAE, VGAE


@pytest.fixture(scope="module")
def blocks():
    return degree_corrected_block_model(500, 5, mean_degree=12.0, mixing=0.1, random_state=0)


@pytest.mark.parametrize("model", [GAE, VGAE])
def test_three_quarters_of_the_way_from_chance_to_the_best_possible_auc(blocks, model):
    graph, truth = blocks
    split = split_edges(graph, random_state=0)
    fitted = model(latent_dim=16, max_epochs=200, random_state=0).fit(split.train, validation=split.val)
    auc = roc_auc(fitted.score_pairs(split.test.positives), fitted.score_pairs(split.test.negatives))
    best = truth.optimal_auc(np.array(list(itertools.combinations(range(500), 2))))
    assert auc > 0.5 + 0.75 * (best - 0.5)
    # The standard error of an AUC of n against n pairs is below 1/√(2n)·½ near such values.
    assert auc < best + 4 * 0.5 / (2 * split.test.n_positives) ** 0.5
