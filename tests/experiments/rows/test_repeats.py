"""Repeats of a row model over seeds: each a split and a model of its own, all in one record."""

import contextlib

import numpy as np
import pytest

from varigraph.evaluation.row_evaluation import evaluate_rows
from varigraph.experiments.rows.repeats import evaluate_row_model_repeatedly
from varigraph.models import AE
from varigraph.rows import Rows, split_rows
from varigraph.training import EpochLog

VALUES = np.random.default_rng(0).normal(size=(80, 3)) @ np.random.default_rng(1).normal(size=(3, 9))
ROWS = Rows(VALUES, np.arange(80), name="made")
SEEDS = (4, 7, 5)


def a_model(seed):
    return AE(latent_dim=2, hidden_dims=(5,), max_epochs=3, random_state=seed)


def a_split(seed):
    return split_rows(ROWS, random_state=seed)


@pytest.fixture(scope="module")
def repeated():
    watched = []

    @contextlib.contextmanager
    def watch(seed):
        watched.append(seed)
        yield EpochLog(every=100)

    evaluations, record = evaluate_row_model_repeatedly(
        a_model, ROWS, SEEDS, split=a_split, preset="default", watch=watch
    )
    return evaluations, record, watched


def test_each_evaluation_is_that_of_its_seed_alone(repeated):
    for seed, evaluation in zip(SEEDS, repeated[0], strict=True):
        split = a_split(seed)
        train = VALUES[split.train]
        alone = a_model(seed).fit(train, validation=VALUES[split.val])
        expected = evaluate_rows(alone, VALUES[split.test], train_rows=train, name="ae")
        assert evaluation.to_dict() == expected.to_dict()


def test_the_record_has_every_seed_and_summaries_of_every_metric(repeated):
    evaluations, record, watched = repeated
    assert watched == list(SEEDS)
    assert record.split_seeds == list(SEEDS)
    assert record.settings["random_state"] == list(SEEDS)
    assert len(set(record.split_fingerprints)) == 3
    values = [one.model_metrics["mse"] for one in evaluations]
    assert record.metrics["test"]["mse"]["values"] == values
    assert record.metrics["test"]["mse"]["mean"] == pytest.approx(np.mean(values))
    assert record.baselines["test"]["pca"]["mse"]["mean"] > 0
    assert record.standard_errors == {}
    assert (record.preset, "n_epochs" in record.counts) == ("default", False)
