"""The seminar's script as a task: both libraries start alike, and no global generator is moved."""

import random

import pytest
import torch

from varigraph.experiments.reproduction.tasks import pyg_script

# Built in, so no raw files are needed; 34 nodes without features, which get the identity matrix.
SETTINGS = {"dataset": "karate", "max_epochs": 3}
LIBRARIES = ["torch_geometric", "varigraph"]
TEST_PAIRS = ("pos_edge_label_index", "neg_edge_label_index")


def run(tmp_path, library, *, seed=0, **changes):
    return pyg_script.run({**SETTINGS, "library": library, **changes}, seed=seed, folder=tmp_path / "unused")


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_seed_decides_the_outcome_and_leaves_the_global_generators_alone(tmp_path, library):
    before = random.getstate(), torch.get_rng_state()
    first, second, other = (run(tmp_path, library, seed=seed) for seed in (0, 0, 1))
    assert first == second
    assert first != other
    assert random.getstate() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
    assert list(tmp_path.iterdir()) == []


def test_both_libraries_get_the_same_split_and_starting_weights(tmp_path, monkeypatch):
    seen = []

    def remembered(model, train_data, test_data, **keywords):
        weights = torch.cat([weight.detach().flatten() for weight in model.parameters()])
        seen.append([weights, train_data.edge_index, *(test_data[name] for name in TEST_PAIRS)])
        return {"test_auc": [0.0], "test_ap": [0.0]}

    monkeypatch.setattr(pyg_script, "_trained", remembered)
    facts = [run(tmp_path, library).facts for library in LIBRARIES]
    assert facts[0] == facts[1]
    assert all(torch.equal(one, other) for one, other in zip(*seen, strict=True))


def test_the_outcome_is_that_of_the_last_epoch_and_says_what_the_test_encoder_sees(tmp_path):
    outcome = run(tmp_path, "varigraph", max_epochs=52)
    assert outcome.curves["epoch"] == [0, 50, 51]
    assert outcome.metrics == {name: outcome.curves[f"test_{name}"][-1] for name in ("auc", "ap")}
    assert outcome.facts["n_message_edges"] == {"train": 68, "test": 71}  # 5 % and 10 % of 78 are 3 and 7
    assert outcome.facts["n_epochs"] == 52
    assert "sees train and validation edges" in outcome.facts["split"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"library": "dgl"}, "library must be one of torch_geometric, varigraph, got 'dgl'"),
        ({"dataset": "mnist"}, "dataset must be the name of a data set of graphs"),
        ({"max_epochs": 0}, "max_epochs must be a whole number of 1 or more"),
        ({"learning_rate": 0.1}, "no setting 'learning_rate'; there are library, dataset, max_epochs"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        pyg_script.check({"library": "varigraph", **SETTINGS, **changes})


@pytest.mark.parametrize("name", ["library", "dataset"])
def test_a_missing_setting_is_refused_by_name(name):
    settings = {"library": "varigraph", **SETTINGS}
    del settings[name]
    with pytest.raises(ValueError, match=f"setting '{name}' is missing"):
        pyg_script.check(settings)
