"""The failure case: the flawed version against the slides' arithmetic in dense torch; its flaws and rows."""

from itertools import pairwise
from math import isnan

import numpy as np
import pytest
import torch
from sklearn.metrics import precision_score, roc_auc_score
from torch.nn import functional as F

from references import dense_labels, dense_normalised
from small_graphs import a_graph
from varigraph.decoders import InnerProductDecoder
from varigraph.distributions import DiagonalNormal, StandardNormalPrior
from varigraph.experiments.reproduction.recipe import read_recipe
from varigraph.experiments.reproduction.tasks import failure_case
from varigraph.experiments.reproduction.tasks.failure_case.flaws import (
    FLAWS,
    check_flaws,
    flawed_model,
    flawed_objective,
)
from varigraph.experiments.reproduction.tasks.failure_case.scoring import (
    FlawedScores,
    flawed_auc,
    flawed_precision,
    flawed_scores,
)
from varigraph.graphs.splits import split_edges
from varigraph.objectives import BernoulliAllPairs, GraphTarget, WeightedAllPairs

GRAPH = a_graph(40, 100, sparse=False)
SPLIT = split_edges(GRAPH, val=0.05, test=0.10, random_state=0)
KNOWN = np.concatenate([SPLIT.train.positives, SPLIT.val.positives])
SETTINGS = {
    "dataset": "karate",
    "flaws": list(FLAWS),
    "max_epochs": 4,
    "learning_rate": 0.03,
    "self_loops_are_edges": True,
}


def a_model(*, max_epochs=3):
    model = flawed_model(FLAWS, n_nodes=GRAPH.n_nodes, max_epochs=max_epochs, learning_rate=0.03, seed=0)
    return model.set_params(dtype="float64").fit(SPLIT.train, validation_fraction=0)


def slides_matrix(edges):
    """The slides' matrix: ones at the edges in both directions, and on the diagonal."""
    return dense_labels(edges, GRAPH.n_nodes) + torch.eye(GRAPH.n_nodes, dtype=torch.float64)


def slides_loss(z, labels, average, log_variance):
    """Cross-entropy of the decoded matrix, summed, and the divergence, as the slides write them."""
    cross_entropy = F.binary_cross_entropy(torch.sigmoid(z @ z.t()), labels, reduction="sum")
    return cross_entropy - 0.5 * torch.sum(1 + log_variance - average**2 - log_variance.exp())


def slides_mean(model, edges):
    """μ of the trained weights on the graph of these edges, by dense products."""
    smooth = dense_normalised(edges, GRAPH.n_nodes)
    first, last = (layer.weight.detach() for layer in model.module_.encoder.layers)
    hidden = F.relu(smooth @ torch.as_tensor(GRAPH.features, dtype=torch.float64) @ first)
    return (smooth @ hidden @ last)[:, :16]


def test_the_training_loss_is_the_slides_at_the_same_draw():
    generator = torch.Generator().manual_seed(1)
    mean, log_std = (torch.randn(40, 16, generator=generator, dtype=torch.float64) / 5 for _ in range(2))
    decoder, prior = InnerProductDecoder(), StandardNormalPrior()
    decoder.build(density=GRAPH.density)
    prior.build(16, generator=generator)
    q, target = DiagonalNormal(mean, log_std), GraphTarget(40, torch.from_numpy(SPLIT.train.positives))
    objective = flawed_objective(FLAWS, n_nodes=40)
    got = objective(q, prior.double()(), decoder.double(), target, generator=torch.Generator().manual_seed(2))
    z = q.rsample(torch.Generator().manual_seed(2))
    expected = slides_loss(z, slides_matrix(SPLIT.train.positives), mean, 2 * log_std)
    # The slides take the logarithm of 1 − σ(l), of whose 16 digits some 3 are gone where l is 7.
    torch.testing.assert_close(got.loss, expected, rtol=1e-9, atol=0)


def test_the_scored_matrix_is_the_decoded_mean_on_the_graph_that_knows_validation_edges():
    model = a_model()
    mean = slides_mean(model, KNOWN)
    got = flawed_scores(model, SPLIT, {"wrong_test_matrix"}, seed=0).logits.reshape(40, 40)
    np.testing.assert_allclose(got, (mean @ mean.t()).numpy(), rtol=1e-9, atol=1e-12)
    seen = slides_mean(model, SPLIT.train.positives)
    right = flawed_scores(model, SPLIT, set(), seed=0).logits
    i, j = np.concatenate([SPLIT.test.positives, SPLIT.test.negatives]).T
    np.testing.assert_allclose(right, (seen @ seen.t()).numpy()[i, j], rtol=1e-9, atol=1e-12)


def test_draws_scatter_around_the_mean():
    model, off_diagonal = a_model(), ~np.eye(40, dtype=bool).ravel()
    mean = flawed_scores(model, SPLIT, {"wrong_test_matrix"}, seed=0).logits[off_diagonal]
    flaws = {"wrong_test_matrix", "sampled_scores"}
    draws = [flawed_scores(model, SPLIT, flaws, seed=seed).logits[off_diagonal] for seed in range(200)]
    error = (np.mean(draws, axis=0) - mean) / (np.std(draws, axis=0) / 200**0.5)
    # 1,560 nearly normal entries: the largest of so many is beyond 5.5 about once in 17,000 such tests.
    assert np.abs(error).max() < 5.5
    assert (np.std(draws, axis=0) > 0).all()


def test_auc_and_precision_are_what_the_slides_code_prints():
    scores = flawed_scores(a_model(), SPLIT, FLAWS, seed=3)
    matrix = slides_matrix(KNOWN).numpy()
    binary = (torch.sigmoid(torch.from_numpy(scores.logits)).numpy() >= 0.5).astype(int)
    assert flawed_auc(scores, FLAWS) == pytest.approx(
        roc_auc_score(binary.flatten(), matrix.flatten()), rel=1e-12
    )
    assert flawed_precision(scores, FLAWS) == pytest.approx(
        precision_score(binary.flatten(), matrix.flatten(), average="binary"), rel=1e-12
    )
    mended = set(FLAWS) - {"swapped_arguments"}
    assert flawed_auc(scores, mended) == pytest.approx(
        roc_auc_score(matrix.flatten(), binary.flatten()), rel=1e-12
    )
    assert flawed_precision(scores, mended) == pytest.approx(
        precision_score(matrix.flatten(), binary.flatten()), rel=1e-12
    )
    assert flawed_auc(scores, mended - {"thresholded"}) == pytest.approx(
        roc_auc_score(matrix.flatten(), scores.logits), rel=1e-12
    )


def test_the_wrong_matrix_holds_no_test_edge_and_the_right_pairs_are_the_test_part():
    model = a_model(max_epochs=0)
    wrong = flawed_scores(model, SPLIT, FLAWS, seed=0).labels.reshape(40, 40)
    assert not wrong[tuple(SPLIT.test.positives.T)].any()
    assert wrong.sum() == 2 * len(KNOWN) + 40
    right = flawed_scores(model, SPLIT, set(), seed=0)
    assert right.labels.tolist() == [True] * 10 + [False] * 10
    np.testing.assert_allclose(right.logits[:10], model.score_pairs(SPLIT.test.positives), rtol=1e-9)


def test_with_arguments_swapped_a_perfect_ranking_stays_near_one_half():
    # All of 10 edges and 490 of 990 other entries are called edges: ½ + ρ/(2s), ρ the density, s that share.
    labels, logits = np.arange(1000) < 10, np.where(np.arange(1000) < 500, 1.0, -1.0)
    scores = FlawedScores(labels, logits)
    flaws = {"swapped_arguments", "thresholded"}
    assert flawed_auc(scores, flaws) == pytest.approx(0.5 + 0.01 / (2 * 0.5), abs=1e-15)
    assert flawed_auc(scores, {"thresholded"}) == pytest.approx(1 - 490 / 990 / 2, abs=1e-15)
    assert flawed_precision(scores, flaws) == 1.0
    assert flawed_precision(scores, {"thresholded"}) == 0.02


def test_what_cannot_be_computed_is_nan():
    scores = FlawedScores(np.array([True, False]), np.array([-1.0, -2.0]))
    assert isnan(flawed_auc(scores, {"swapped_arguments", "thresholded"}))
    assert isnan(flawed_precision(scores, {"thresholded"}))
    assert isnan(flawed_precision(scores, set()))


@pytest.mark.parametrize(
    ("flaws", "objective", "offset"),
    [
        (
            {"no_offset", "kl_in_full", "unweighted"},
            BernoulliAllPairs(pairs="ordered", self_loops_are_edges=True),
            None,
        ),
        (
            {"kl_in_full", "unweighted"},
            BernoulliAllPairs(pairs="ordered", self_loops_are_edges=True),
            "learned",
        ),
        (
            {"unweighted"},
            BernoulliAllPairs(pairs="ordered", self_loops_are_edges=True, beta=0.01),
            "learned",
        ),
        ({"kl_in_full"}, WeightedAllPairs(beta=7.0), None),
        (set(), WeightedAllPairs(), None),
    ],
)
def test_each_flaw_of_learning_is_in_the_loss_or_the_decoder(flaws, objective, offset):
    model = flawed_model(flaws, n_nodes=7, max_epochs=1, learning_rate=0.03, seed=0)
    assert model.objective == objective
    assert model.decoder.offset == offset


def test_features_and_weight_decay_are_repaired_each_by_its_flaw():
    def model(*flaws):
        return flawed_model(flaws, n_nodes=7, max_epochs=1, learning_rate=0.03, seed=0)

    assert (model().features, model("raw_features").features) == ("tfidf", "raw")
    assert (model().weight_decay, model("no_weight_decay").weight_decay) == (1e-4, 0.0)


@pytest.fixture(scope="module")
def as_it_stands(tmp_path_factory):
    return failure_case.run(SETTINGS, seed=0, folder=tmp_path_factory.mktemp("trial"))


def test_a_trial_tells_the_loss_in_million_nats_and_counts_what_it_scored(as_it_stands):
    facts, metrics = as_it_stands.facts, as_it_stands.metrics
    assert as_it_stands.curves["samples"] == [1.0, 2.0, 3.0, 4.0]
    assert metrics["million_nats"] == as_it_stands.curves["train_loss"][-1] / 1e6
    assert facts["first_loss"] == as_it_stands.curves["train_loss"][0]
    assert (facts["n_scored"], facts["n_scored_edges"]) == (34**2, 2 * (68 + 3) + 34)
    assert facts["offset"] == 0.0
    assert facts["kl_nats"] > 0
    assert metrics["auc"] != metrics["test_auc"]


def test_repairing_the_scores_changes_no_weight(as_it_stands, tmp_path):
    of_learning = [name for name in FLAWS if name not in list(FLAWS)[:4]]
    mended = failure_case.run({**SETTINGS, "flaws": of_learning}, seed=0, folder=tmp_path)
    assert mended.curves == as_it_stands.curves
    assert mended.metrics["auc"] == mended.metrics["test_auc"] == as_it_stands.metrics["test_auc"]


def test_the_weighted_loss_is_told_in_no_nats(tmp_path):
    repaired = failure_case.run({**SETTINGS, "flaws": [], "dataset": "sbm"}, seed=1, folder=tmp_path)
    assert isnan(repaired.metrics["million_nats"])
    assert isnan(repaired.metrics["precision"])
    assert 0 < repaired.metrics["test_auc"] <= 1


def test_every_row_of_repairs_takes_one_flaw_away_and_the_last_leaves_none():
    rows = [value.settings["flaws"] for value in read_recipe("failure-case").axes["row"].values()]
    repairs = rows[: len(FLAWS) + 1]
    assert repairs[0] == list(FLAWS)
    assert repairs[-1] == []
    assert all(
        set(after) < set(before) and len(after) == len(before) - 1 for before, after in pairwise(repairs)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": "digits"}, "dataset must be the name of a graph"),
        ({"flaws": "thresholded"}, "flaws must be a list of names"),
        ({"flaws": ["typo"]}, "There is no flaw 'typo'; there are swapped_arguments, thresholded"),
        ({"max_epochs": 0}, "max_epochs must be a whole number of 1 or more"),
        ({"learning_rate": 0}, "learning_rate must be a number above 0"),
        ({"learning_rate": True}, "learning_rate must be a number above 0"),
        ({"self_loops_are_edges": 1}, "self_loops_are_edges must be true or false"),
        ({"no_such_setting": 1}, "There is no setting 'no_such_setting'"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(change, message):
    failure_case.check(SETTINGS)
    with pytest.raises(ValueError, match=message):
        failure_case.check(SETTINGS | change)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_missing_setting_is_named(name):
    with pytest.raises(ValueError, match=f"The setting '{name}' is missing"):
        failure_case.check({key: value for key, value in SETTINGS.items() if key != name})


@pytest.mark.parametrize(
    ("flaws", "message"),
    [
        (["swapped_arguments"], "comes only with 'thresholded': scikit-learn takes no probabilities"),
        (["no_offset"], "comes only with 'unweighted'"),
    ],
)
def test_a_flaw_that_needs_another_is_refused_alone(flaws, message):
    with pytest.raises(ValueError, match=message):
        check_flaws(flaws)
