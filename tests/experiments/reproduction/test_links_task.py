"""A trial on links: the split of its protocol, the predictor of its settings, the test part scored once."""

import numpy as np
import pytest

from varigraph.baselines import DeepWalk, SpectralEmbedding
from varigraph.datasets.karate import load_karate
from varigraph.evaluation import evaluate_links
from varigraph.experiments.protocols import kipf_split
from varigraph.experiments.reproduction.tasks import links
from varigraph.models import GAE, VGAE

GRAPH = load_karate()
KARATE = {"dataset": "karate", "protocol": "kipf"}

# By the predictor's name: quick settings, and the estimator that they stand for.
PREDICTORS = {
    "gae": ({"preset": "kipf2016", "latent_dim": 3, "max_epochs": 4}, GAE),
    "vgae": ({"preset": "kipf2016", "hidden_dims": [5], "max_epochs": 4, "features": "none"}, VGAE),
    "spectral": ({"latent_dim": 4, "degree_power": 0.0}, SpectralEmbedding),
    "deepwalk": ({"latent_dim": 4, "n_walks": 2, "walk_length": 10}, DeepWalk),
}


def settings_for(predictor, **more):
    return KARATE | {"predictor": predictor} | PREDICTORS[predictor][0] | more


def estimator_for(predictor, seed):
    settings, kind = dict(PREDICTORS[predictor][0]), PREDICTORS[predictor][1]
    if "hidden_dims" in settings:
        settings["hidden_dims"] = tuple(settings["hidden_dims"])
    preset = settings.pop("preset", None)
    if preset is None:
        return kind(**settings, random_state=seed)
    return kind.from_preset(preset, **settings, random_state=seed)


@pytest.fixture
def no_folder(tmp_path):
    return tmp_path / "not made"


@pytest.mark.parametrize("predictor", PREDICTORS)
def test_a_trial_is_the_evaluation_of_the_test_part_by_hand(predictor, no_folder):
    settings = settings_for(predictor)
    links.check(settings)
    outcome = links.run(settings, seed=3, folder=no_folder)
    split, model = kipf_split(GRAPH, 3), estimator_for(predictor, 3)
    with_validation = {"validation": split.val} if "preset" in settings else {}
    model.fit(split.train, **with_validation)
    expected = evaluate_links(model, split.test, heuristics=False).model_metrics
    assert outcome.metrics == {"auc": expected["auc"], "ap": expected["ap"]}
    assert outcome.facts["n_message_edges"] == split.train.message_graph.n_edges == 68
    assert outcome.facts["split"] == split.fingerprint
    assert outcome.facts["seconds"] > 0
    assert not no_folder.exists()


@pytest.mark.parametrize("predictor", PREDICTORS)
def test_facts_count_what_was_learnt(predictor, no_folder):
    facts = links.run(settings_for(predictor), seed=0, folder=no_folder).facts
    if "preset" in settings_for(predictor):
        assert (facts["n_epochs"], facts["best_epoch"]) == (4, 4)
    # The identity's 34 columns, or a vector a node.
    widths = {"gae": 34 * 32 + 32 * 3, "vgae": 34 * 5 + 5 * 2 * 16, "spectral": 34 * 4, "deepwalk": 34 * 4}
    assert facts["n_parameters"] == widths[predictor]


def test_under_kipf_the_seed_makes_the_split_and_under_kipf_fixed_it_does_not(no_folder):
    free = [links.run(settings_for("gae"), seed=seed, folder=no_folder) for seed in (0, 1)]
    assert [one.facts["split"] for one in free] == [kipf_split(GRAPH, seed).fingerprint for seed in (0, 1)]
    settings = settings_for("gae", protocol="kipf_fixed", split_seed=5)
    links.check(settings)
    fixed = [links.run(settings, seed=seed, folder=no_folder) for seed in (0, 1)]
    assert {one.facts["split"] for one in fixed} == {kipf_split(GRAPH, 5).fingerprint}


def test_under_kipf_fixed_the_seed_makes_the_model(no_folder, monkeypatch):
    seen = []

    def spy(model, part, **options):
        seen.append(model.embedding_)
        return evaluate_links(model, part, **options)

    monkeypatch.setattr(links, "evaluate_links", spy)
    for seed in (0, 1, 0):
        links.run(settings_for("vgae", protocol="kipf_fixed", split_seed=5), seed=seed, folder=no_folder)
    assert np.array_equal(seen[0], seen[2])
    assert not np.array_equal(seen[0], seen[1])


@pytest.mark.parametrize(
    ("predictor", "changes", "message"),
    [
        ("gae", {"dataset": "korate"}, "dataset must be one of .*karate.*, got 'korate'"),
        ("gae", {"dataset": "mnist"}, "dataset must be one of"),
        ("gae", {"protocol": "heart"}, "protocol must be one of kipf, kipf_fixed"),
        ("gae", {"predictor": "gcn"}, "predictor must be one of gae, vgae, spectral, deepwalk"),
        ("gae", {"preset": "kipf2015"}, "preset 'kipf2015' is none of the predictor 'gae'"),
        ("spectral", {"preset": "kipf2016"}, "preset 'kipf2016' is none of the predictor 'spectral'"),
        ("gae", {"split_seed": 1}, "split_seed is for the protocol kipf_fixed"),
        ("gae", {"protocol": "kipf_fixed"}, "split_seed must be a whole number of 0 or more, got None"),
        ("gae", {"protocol": "kipf_fixed", "split_seed": -1}, "split_seed must be"),
        ("gae", {"prior": "mixture"}, "no setting 'prior' of the predictor 'gae'"),
        ("vgae", {"prior": "uniform"}, "prior must be one of"),
        ("gae", {"encoder": "gat"}, "encoder must be one of"),
        ("gae", {"random_state": 1}, "no setting 'random_state'"),
        ("spectral", {"max_epochs": 3}, "no setting 'max_epochs' of the predictor 'spectral'"),
        ("gae", {"max_epochs": -1}, "max_epochs must be a whole number"),
        ("gae", {"features": "words"}, "features must be"),
        ("deepwalk", {"window": 0}, "window must be a whole number"),
        ("spectral", {"latent_dim": "128"}, "latent_dim must be a whole number"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(predictor, changes, message):
    with pytest.raises(ValueError, match=message):
        links.check(settings_for(predictor) | changes)


@pytest.mark.parametrize("name", ["dataset", "protocol", "predictor"])
def test_a_missing_setting_is_named(name):
    settings = settings_for("gae")
    del settings[name]
    with pytest.raises(ValueError, match=f"{name} must be one of .*, got None"):
        links.check(settings)
