"""Repeats over seeds: each a split and a model of its own, all in one record."""

import contextlib

import numpy as np
import pytest

from varigraph.datasets.karate import load_karate
from varigraph.evaluation import evaluate_links
from varigraph.experiments.protocols import evaluation_protocol
from varigraph.experiments.repeats import evaluate_repeatedly
from varigraph.models import GAE
from varigraph.training import EpochLog

GRAPH = load_karate()
SEEDS = (4, 7, 5)


def a_model(seed):
    return GAE(latent_dim=3, max_epochs=5, random_state=seed)


@pytest.fixture(scope="module")
def repeated():
    watched = []

    @contextlib.contextmanager
    def watch(seed):
        watched.append(seed)
        yield EpochLog(every=100)

    protocol = evaluation_protocol("kipf", GRAPH)
    evaluations, record = evaluate_repeatedly(a_model, GRAPH, protocol, SEEDS, preset="default", watch=watch)
    return evaluations, record, watched, protocol


def test_each_evaluation_is_that_of_its_seed_alone(repeated):
    evaluations, _, _, protocol = repeated
    for seed, evaluation in zip(SEEDS, evaluations, strict=True):
        split = protocol.split(seed)
        alone = a_model(seed).fit(split.train, validation=split.val)
        expected = evaluate_links(alone, split.test, name="gae")
        assert evaluation.to_dict() == expected.to_dict()


def test_the_record_holds_every_seed_split_and_value_in_order(repeated):
    evaluations, record, watched, protocol = repeated
    assert watched == list(SEEDS)
    assert record.split_seeds == record.settings["random_state"] == list(SEEDS)
    assert record.split_fingerprints == [protocol.split(seed).fingerprint for seed in SEEDS]
    aucs = [one.metrics["gae"]["auc"] for one in evaluations]
    assert record.metrics["test"]["auc"]["values"] == aucs
    assert record.metrics["test"]["auc"]["mean"] == pytest.approx(np.mean(aucs))
    assert len(set(aucs)) > 1


def test_the_record_has_the_heuristics_of_the_same_pairs_and_no_epochs(repeated):
    evaluations, record, _, _ = repeated
    katz = [one.metrics["katz"]["ap"] for one in evaluations]
    assert record.heuristics["test"]["katz"]["ap"]["values"] == katz
    assert "n_epochs" not in record.counts
    assert record.counts["n_nodes"] == 34
