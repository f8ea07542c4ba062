"""The task "rows": which rows it trains on and tests on, what its numbers are, what it leaves behind."""

import json

import numpy as np
import pytest

from varigraph import load_rows
from varigraph.experiments.reproduction.recipe import read_recipe
from varigraph.experiments.reproduction.step_sizes import try_step_sizes
from varigraph.experiments.reproduction.tasks import rows
from varigraph.models import load
from varigraph.rows import split_rows

pytestmark = pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")

SETTINGS = {"dataset": "digits", "preset": "aevb", "latent_dim": 2, "max_epochs": 3}


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trial") / "model"
    return rows.run({**SETTINGS, "save": True}, seed=1, folder=folder), folder


def digits_of(seed):
    data = load_rows("digits")
    split = split_rows(data, val=0, test=0.1, random_state=seed)
    return data.values[split.train], data.values[split.test]


def test_the_numbers_are_those_of_the_last_epoch_of_the_saved_model(trial):
    outcome, folder = trial
    model = load(folder)
    last = model.history_[-1]
    assert outcome.metrics == {
        "train_bound": last["elbo"],
        "test_bound": -last["val_loss"],
        "train_loss": -last["elbo"],
        "test_loss": last["val_loss"],
    }
    assert {name: len(curve) for name, curve in outcome.curves.items()} == dict.fromkeys(
        ("samples", "train_bound", "test_bound", "train_loss", "test_loss"), 3
    )
    assert all(outcome.curves[name][-1] == value for name, value in outcome.metrics.items())


def test_the_bound_of_the_test_part_is_that_of_rows_that_were_not_trained_on(trial):
    outcome, folder = trial
    train, test = digits_of(1)
    model = load(folder)
    assert outcome.curves["samples"] == [len(train) * epoch for epoch in (1, 2, 3)]
    # With one draw a row against twenty: a mean over 179 rows, whose spread is more than that of the draws.
    again = model.elbo(test, n_samples=20)
    error = 4 * again.std() / len(test) ** 0.5
    assert outcome.metrics["test_bound"] == pytest.approx(again.mean(), abs=error)


def test_the_facts_are_json_and_name_what_was_trained(trial):
    outcome, folder = trial
    train, test = digits_of(1)
    facts = json.loads(json.dumps(outcome.facts))
    assert (facts["n_train"], facts["n_test"]) == (len(train), len(test))
    assert (facts["n_epochs"], facts["learning_rate"]) == (3, 0.01)
    assert facts["n_parameters"] == sum(p.numel() for p in load(folder).module_.parameters())
    assert "0.1 for test" in facts["split"]
    assert load(folder).image_shape == (8, 8)  # pictures need it


def test_the_seed_decides_everything_and_nothing_is_saved_unasked(trial, tmp_path):
    again = rows.run(SETTINGS, seed=1, folder=tmp_path / "model")
    assert again.curves == trial[0].curves
    assert rows.run(SETTINGS, seed=2, folder=tmp_path / "model").curves != trial[0].curves
    assert not (tmp_path / "model").exists()


def test_nothing_is_chosen_by_the_test_part(tmp_path):
    outcome = rows.run({**SETTINGS, "preset": "default", "max_epochs": 4}, seed=0, folder=tmp_path)
    assert outcome.facts["n_epochs"] == 4  # the preset would stop early


def test_fewer_rows_are_some_of_each_part_in_no_order(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(rows.VAE, "fit", lambda self, X, validation: seen.append((X, validation)))
    with pytest.raises(AttributeError):  # nothing was fitted
        rows.run({**SETTINGS, "n_rows": 100}, seed=1, folder=tmp_path)
    ((few, few_test),) = seen
    train, test = digits_of(1)
    assert (len(few), len(few_test)) == (100, 100)
    for some, whole in ((few, train), (few_test, test)):
        at = [int(np.flatnonzero((whole == row).all(axis=1))[0]) for row in some]
        assert len(set(at)) == 100
        assert at != sorted(at)


def test_a_weight_prior_and_an_objective_are_trained_with(tmp_path):
    changed = {"objective": "wake_sleep", "weight_prior_std": 0.1, "save": True, "max_epochs": 1}
    rows.run({**SETTINGS, **changed}, seed=0, folder=tmp_path / "model")
    objective = load(tmp_path / "model").objective
    assert (type(objective).__name__, objective.weight_prior_std) == ("WakeSleep", 0.1)


def test_a_step_size_is_chosen_on_training_rows_and_told(tmp_path, monkeypatch):
    tried = []

    def watched(make, X, rates, *, n_samples):
        tried.append((X, n_samples))
        return try_step_sizes(make, X, rates, n_samples=n_samples)

    monkeypatch.setattr(rows, "try_step_sizes", watched)
    rates = {"learning_rates": [1e-6, 0.02], "try_samples": 3_000}
    outcome = rows.run({**SETTINGS, **rates}, seed=1, folder=tmp_path)
    assert outcome.facts["learning_rate"] == 0.02
    assert list(outcome.facts["tried_learning_rates"]) == ["1e-06", "0.02"]
    ((values, n_samples),) = tried
    assert np.array_equal(values, digits_of(1)[0])
    assert n_samples == 3_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": "cora"}, "dataset must be the name of a data set of rows, got 'cora'"),
        ({"preset": "kipf2016"}, "preset must be one of default, aevb"),
        ({"objective": "reconstruction"}, "objective must be one of elbo, iwae, wake_sleep"),
        ({"latent_dim": 0}, "latent_dim must be a whole number of 1 or more"),
        ({"max_epochs": 1.5}, "max_epochs must be a whole number"),
        ({"n_rows": 3}, "n_rows must be a whole number of 10 or more"),
        ({"learning_rate": 0}, "learning_rate must be a number above 0"),
        ({"learning_rates": [0.1]}, "learning_rates must be a list of two or more"),
        ({"learning_rates": [0.1, 0.1]}, "learning_rates must be a list of two or more different numbers"),
        ({"learning_rates": [0.1, True]}, "learning_rates must be a list of two or more different numbers"),
        ({"learning_rates": [0.1, 0.2], "learning_rate": 0.1}, "state one of them"),
        ({"learning_rates": [0.1, 0.2], "try_samples": 0}, "try_samples must be a whole number of 1 or more"),
        ({"try_samples": 100}, "the length of a try of learning_rates; state them too"),
        ({"weight_prior_std": True}, "weight_prior_std must be a number above 0"),
        ({"save": 1}, "save must be true or false"),
        ({"latent": 2}, "There is no setting 'latent'; there are dataset, preset"),
    ],
)
def test_settings_that_are_wrong_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        rows.check({**SETTINGS, **change})


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_is_missing_is_named(name):
    with pytest.raises(ValueError, match=f"The setting '{name}' is missing"):
        rows.check({key: value for key, value in SETTINGS.items() if key != name})


def test_figure_2_says_how_many_samples_it_trains_on():
    recipe = read_recipe("vae-figure2")
    n_train = {"binarized_mnist": 50_000, "frey_faces": 1_965 - 196}
    for panel in recipe.axes["panel"].values():
        n_samples = n_train[panel.settings["dataset"]] * panel.settings["max_epochs"]
        assert f"{n_samples:,}" in recipe.about
