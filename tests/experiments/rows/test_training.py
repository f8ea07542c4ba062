"""Training and scoring on a split of rows: what is drawn, what is told once, and what is not copied."""

import warnings

import numpy as np
import pytest

from varigraph.decoders import BernoulliLikelihood
from varigraph.errors import PosteriorCollapseWarning
from varigraph.evaluation.row_evaluation import evaluate_rows
from varigraph.experiments.rows import training
from varigraph.experiments.rows.run import start_row_run
from varigraph.experiments.rows.training import DRAWN_ROWS_NOTE, drawn_rows
from varigraph.models import AE, VAE
from varigraph.rows import Rows, binarised, split_rows

VALUES = np.random.default_rng(0).normal(size=(80, 3)) @ np.random.default_rng(1).normal(size=(3, 9))
SPLIT = split_rows(Rows(VALUES, np.arange(80)), val=0.2, test=0.2, random_state=3)
GREYS = Rows(np.random.default_rng(5).random((80, 9)), np.arange(80), name="greys")


@pytest.fixture(autouse=True)
def _no_word_of_collapse():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PosteriorCollapseWarning)
        yield


def a_model(**settings):
    few = {"latent_dim": 2, "hidden_dims": (5,), "max_epochs": 4, "n_samples": 5, "random_state": 0}
    return VAE(**(few | settings))


def drawing(**settings):
    return a_model(likelihood=BernoulliLikelihood(dynamic=True), **({"random_state": 3} | settings))


def test_a_model_that_draws_zeros_and_ones_is_scored_on_one_draw_of_the_runs_seed(tmp_path):
    found = start_row_run(drawing(), GREYS, SPLIT, tmp_path / "run")
    bits = binarised(GREYS, "sampled", seed=3).values
    model = drawing().fit(GREYS.values[SPLIT.train], validation=bits[SPLIT.val], validation_fraction=0)
    expected = evaluate_rows(model, bits[SPLIT.test], train_rows=bits[SPLIT.train], name="vae")
    assert found.evaluation.metrics == expected.metrics
    assert found.evaluation.notes == (DRAWN_ROWS_NOTE, *expected.notes)
    assert DRAWN_ROWS_NOTE in found.record.notes
    assert not any("cross-entropies" in note for note in found.record.notes)


def test_rows_of_zeros_and_ones_are_scored_as_they_are_by_a_model_that_draws(tmp_path):
    bits = binarised(GREYS, "threshold")
    found = start_row_run(drawing(), bits, SPLIT, tmp_path / "run")
    assert drawn_rows(found.model, bits) is bits
    assert DRAWN_ROWS_NOTE not in found.record.notes
    assert drawn_rows(AE(likelihood="bernoulli"), GREYS) is GREYS


def told_of_constants(notes):
    return [note for note in notes if "constant" in note]


def test_a_constant_column_is_told_once_and_by_its_name(tmp_path):
    values = VALUES.copy()
    values[:, 2] = 1.0
    rows = Rows(values, np.arange(80), feature_names=tuple("abcdefghi"), name="made")
    found = start_row_run(a_model(), rows, SPLIT, tmp_path / "run")
    (note,) = told_of_constants(found.record.notes)
    assert note.startswith("1 of 9 columns is constant ('c')")
    assert told_of_constants(found.evaluation.notes) == []
    assert len([note for note in found.record.notes if "80 rows" in note]) == 1


def test_columns_that_are_constant_in_training_alone_are_told(tmp_path):
    values = VALUES.copy()
    values[SPLIT.train, 2] = 1.0
    found = start_row_run(a_model(), Rows(values, np.arange(80), name="made"), SPLIT, tmp_path / "run")
    (note,) = told_of_constants(found.record.notes)
    assert note.startswith("1 column is constant in the training rows")


def test_rows_of_a_mapped_file_give_the_run_of_those_in_memory_and_the_train_part_is_not_copied(
    tmp_path, monkeypatch
):
    np.save(tmp_path / "x.npy", VALUES)
    mapped = Rows(np.load(tmp_path / "x.npy", mmap_mode="c"), np.arange(80), name="made")
    in_memory = Rows(VALUES, np.arange(80), name="made")
    taken, take = [], Rows.take

    def noted(rows, positions):
        taken.append(len(positions))
        return take(rows, positions)

    monkeypatch.setattr(Rows, "take", noted)
    model = a_model(patience=2)
    training.fit_on_split(model, mapped, SPLIT)
    assert taken == []
    copied = a_model(patience=2).fit(VALUES[SPLIT.train], validation=VALUES[SPLIT.val])
    assert np.array_equal(model.transform(VALUES), copied.transform(VALUES))
    start_row_run(a_model(), mapped, SPLIT, tmp_path / "mapped")
    start_row_run(a_model(), in_memory, SPLIT, tmp_path / "in memory")
    for name in ("model.safetensors", "embeddings.parquet", "metrics.jsonl", "config.json"):
        contents = [(tmp_path / folder / name).read_bytes() for folder in ("mapped", "in memory")]
        assert contents[0] == contents[1], name


def test_baselines_of_a_mapped_file_that_fills_the_memory_take_some_rows_and_say_so(tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", VALUES)
    mapped = Rows(np.load(tmp_path / "x.npy", mmap_mode="c"), np.arange(80), name="made")
    monkeypatch.setattr(training, "_MOST_COPIED_BYTES", 24 * 9 * 8)
    found = start_row_run(a_model(), mapped, SPLIT, tmp_path / "run").evaluation
    assert found.notes[-1].startswith("Baselines were fitted on 24 of the 48 training rows, evenly spaced")
    some = VALUES[SPLIT.train][np.linspace(0, 47, 24).astype(int)]
    expected = np.square(VALUES[SPLIT.test] - some.mean(axis=0)).mean()
    assert found.metrics["mean_row"]["mse"] == pytest.approx(expected)
