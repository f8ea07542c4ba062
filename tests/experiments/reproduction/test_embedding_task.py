"""The task "embedding": what it trains on, what it measures, what it leaves behind."""

import numpy as np
import pytest

from varigraph.datasets.catalogue import load_dataset
from varigraph.evaluation.probes import classification_probe
from varigraph.experiments.reproduction.tasks import embedding
from varigraph.graphs.graph import Graph
from varigraph.models import GAE, VGAE, load
from varigraph.seeding import child_seed

SETTINGS = {"dataset": "sbm", "model": "vgae", "preset": "kipf2016", "max_epochs": 3}


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trial") / "model"
    return embedding.run({**SETTINGS, "class_names": ["a", "b"]}, seed=1, folder=folder), folder


def test_the_saved_model_saw_every_edge_for_all_epochs(trial):
    outcome, folder = trial
    model, graph = load(folder), load_dataset("sbm")
    assert isinstance(model, VGAE)
    assert np.array_equal(model.message_graph_.edges, graph.edges)
    assert outcome.facts == {
        "n_nodes": graph.n_nodes,
        "n_message_edges": graph.n_edges,
        "n_epochs": 3,
        "latent_dim": 16,
        "class_names": ["a", "b"],
    }


def test_the_accuracy_is_that_of_the_probe_on_the_saved_embedding(trial):
    outcome, folder = trial
    model = load(folder)
    graph = model.message_graph_
    probe = classification_probe(model.embedding_, graph.labels, random_state=child_seed(1, 0))
    assert outcome.metrics["accuracy"] == probe.metrics["accuracy"]["mean"]
    assert outcome.metrics["macro_f1"] == probe.metrics["macro_f1"]["mean"]
    assert 0 <= outcome.metrics["nmi"] <= 1


def test_a_settings_width_and_model_take_the_presets_place(tmp_path):
    settings = {**SETTINGS, "model": "gae", "latent_dim": 2, "max_epochs": 1}
    outcome = embedding.run(settings, seed=0, folder=tmp_path / "model")
    assert isinstance(load(tmp_path / "model"), GAE)
    assert (outcome.facts["latent_dim"], outcome.facts["n_epochs"]) == (2, 1)
    assert outcome.facts["class_names"] == []


def test_a_graph_without_classes_is_refused_before_it_is_trained_on(tmp_path, monkeypatch):
    monkeypatch.setattr(embedding, "load_dataset", lambda name: Graph.from_edges([(0, 1)], name="bare"))
    with pytest.raises(ValueError, match="The nodes of bare have no classes"):
        embedding.run(SETTINGS, seed=0, folder=tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": "digits"}, "dataset must be the name of a graph, got 'digits'"),
        ({"model": "vae"}, "model must be one of gae, vgae"),
        ({"preset": "aevb"}, "preset must be one of default, kipf2016"),
        ({"latent_dim": 1}, "latent_dim must be a whole number of 2 or more"),
        ({"max_epochs": 0}, "max_epochs must be a whole number of 1 or more"),
        ({"class_names": ["one"]}, "class_names must be a list of two or more names"),
        ({"no_such_setting": 1}, "There is no setting 'no_such_setting'"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(change, message):
    embedding.check(SETTINGS)
    with pytest.raises(ValueError, match=message):
        embedding.check(SETTINGS | change)


@pytest.mark.parametrize("name", ["dataset", "model", "preset"])
def test_a_missing_setting_is_named(name):
    settings = {key: value for key, value in SETTINGS.items() if key != name}
    with pytest.raises(ValueError, match=f"The setting '{name}' is missing"):
        embedding.check(settings)
