"""Probes: perfect on embeddings that tell the labels, chance on those that do not, honest splits between."""

import json
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from varigraph.evaluation import probes
from varigraph.evaluation.probes import classification_probe, clustering_probe, matched_accuracy


def blobs(n_each=60, n_classes=3, distance=20.0, seed=0):
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(n_classes), n_each)
    centres = distance * np.eye(n_classes, 4)
    return centres[labels] + generator.normal(size=(len(labels), 4)), labels


def test_separable_classes_are_classified_and_clustered_without_an_error():
    embedding, labels = blobs()
    classified = classification_probe(embedding, labels, n_repeats=3, random_state=0)
    clustered = clustering_probe(embedding, labels, n_repeats=2, random_state=0)
    assert [one["mean"] for one in classified.metrics.values()] == [1.0, 1.0]
    assert {name: one["mean"] for name, one in clustered.metrics.items()} == pytest.approx(
        {"nmi": 1.0, "ari": 1.0, "accuracy": 1.0},
        abs=1e-12,  # entropies are sums of logarithms
    )


def test_noise_is_classified_at_chance_within_the_probes_own_interval():
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    result = classification_probe(generator.normal(size=(400, 4)), labels, n_repeats=10, random_state=0)
    # Ten splits of one sample share it, so the sd of one test share of 320 nodes is the scale.
    assert abs(result.metrics["accuracy"]["mean"] - 0.5) < 4 * 0.5 / np.sqrt(320)


@pytest.fixture
def fixed_parts(monkeypatch):
    """Classes of 150 and 50 nodes in one column that tells them, with parts that every repeat gets."""
    labels = np.repeat([0, 1], [150, 50])
    parts = probes._stratified_parts(labels, (0.3, 0.3), np.random.default_rng(0))
    monkeypatch.setattr(probes, "_stratified_parts", lambda *_: parts)
    return labels, parts


def accuracy_of(embedding, labels):
    return classification_probe(embedding, labels, n_repeats=1, random_state=0).metrics["accuracy"]["mean"]


def test_the_labels_of_test_nodes_neither_teach_nor_choose(fixed_parts):
    labels, parts = fixed_parts
    noise = np.random.default_rng(1).normal(size=(200, 20))
    flipped = np.where(parts == 2, 1 - labels, labels)
    assert accuracy_of(noise, labels) + accuracy_of(noise, flipped) == pytest.approx(1, abs=1e-12)


def test_the_features_of_test_nodes_do_not_scale_the_columns(fixed_parts):
    labels, parts = fixed_parts
    column = (2.0 * labels - 1)[:, None]
    test = np.flatnonzero(parts == 2)
    column[test[0]] = 1e9
    assert accuracy_of(column, labels) >= 1 - 1 / len(test)


def test_validation_nodes_choose_the_penalty_but_are_not_learnt_from(fixed_parts):
    labels, parts = fixed_parts
    column = (2.0 * labels - 1)[:, None]
    # A few in the wrong place, so far out that a fit to them would give up the slope.
    column[np.flatnonzero(parts == 1)[::10]] *= -1000
    assert accuracy_of(column, labels) == 1.0


def test_accuracy_and_macro_f1_are_those_of_scikit_learn_on_the_test_part(monkeypatch):
    embedding, labels = blobs(distance=1.5)
    calls = []
    original = probes._classification_scores
    monkeypatch.setattr(
        probes, "_classification_scores", lambda *args: calls.append(original(*args)) or calls[-1]
    )
    result = classification_probe(embedding, labels, n_repeats=2, random_state=0)
    assert result.metrics["accuracy"]["values"] == [accuracy for accuracy, _ in calls]
    assert result.metrics["macro_f1"]["values"] == [f1 for _, f1 in calls]
    assert calls[0] != calls[1]
    assert all(0.4 < score < 1 for call in calls for score in call)


@given(st.lists(st.integers(3, 40), min_size=2, max_size=5), st.floats(0.05, 0.6), st.floats(0.05, 0.35))
def test_every_class_is_in_every_part_and_train_and_validation_have_their_share(sizes, train, validation):
    classes = np.repeat(np.arange(len(sizes)), sizes)
    parts = probes._stratified_parts(classes, (train, validation), np.random.default_rng(0))
    for one, size in enumerate(sizes):
        n_train, n_validation, n_test = np.bincount(parts[classes == one], minlength=3)
        assert min(n_train, n_validation, n_test) >= 1
        assert n_train + n_validation + n_test == size
        assert n_train <= max(1, round(train * size))
        assert n_validation <= max(1, round(validation * size))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_matched_accuracy_is_the_best_over_all_matchings(rows):
    classes, clusters = np.array(rows).T
    best = max(accuracy_score(classes, np.array(names)[clusters]) for names in permutations(range(4)))
    assert matched_accuracy(classes, clusters) == pytest.approx(best, abs=1e-12)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    embedding, labels = blobs(distance=1.0)
    for probe in (classification_probe, clustering_probe):
        first, again, other = (
            probe(embedding, labels, n_repeats=2, random_state=seed).metrics for seed in (0, 0, 1)
        )
        assert first == again
        assert first != other or probe is clustering_probe  # k-means may find the same optimum


def test_unlabelled_nodes_and_classes_too_small_are_left_out_and_counted():
    embedding, labels = blobs(n_each=20)
    names = np.array([f"class {one}" for one in labels], dtype=object)
    names[:4], names[20:22], names[22] = None, "rare", np.nan
    result = classification_probe(embedding, names, n_repeats=2, random_state=0)
    assert (result.n_nodes, result.n_classes, result.n_left_out) == (53, 3, 7)
    clustered = clustering_probe(embedding, names, n_repeats=1, random_state=0)
    assert (clustered.n_nodes, clustered.n_classes, clustered.n_left_out) == (55, 4, 5)


def test_float_labels_may_hold_nan():
    embedding, labels = blobs(n_each=20)
    labels = np.where(np.arange(len(labels)) < 5, np.nan, labels)
    assert classification_probe(embedding, labels, n_repeats=1, random_state=0).n_left_out == 5


@pytest.mark.parametrize("probe", [classification_probe, clustering_probe])
def test_a_collapsed_embedding_gives_the_numbers_of_ignorance(probe):
    labels = np.repeat([0, 1], 30)
    metrics = probe(np.zeros((60, 4)), labels, n_repeats=1, random_state=0).metrics
    assert metrics["accuracy"]["mean"] == 0.5
    if probe is clustering_probe:
        assert metrics["nmi"]["mean"] == 0.0


@settings(max_examples=10)
@given(st.floats(-6, 6), st.integers(0, 100))
def test_the_classifier_converges_and_is_scored_the_same_at_any_scale_of_the_embedding(exponent, seed):
    embedding, labels = blobs(distance=3.0, n_each=30)
    scaled = classification_probe(embedding * 10.0**exponent, labels, n_repeats=1, random_state=seed)
    plain = classification_probe(embedding, labels, n_repeats=1, random_state=seed)
    assert scaled.metrics["accuracy"]["mean"] == pytest.approx(plain.metrics["accuracy"]["mean"], abs=0.02)


def test_more_columns_than_training_nodes_converge_without_a_warning():
    embedding = np.random.default_rng(0).normal(size=(90, 300))
    labels = np.repeat(np.arange(3), 30)
    assert (
        classification_probe(embedding, labels, n_repeats=2, random_state=0).metrics["accuracy"]["mean"] < 0.6
    )


def test_results_are_strict_json_with_null_for_the_spread_of_one_run():
    result = clustering_probe(*blobs(), n_repeats=1, random_state=0)
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert document["metrics"]["nmi"]["sd"] is None
    assert document["n_left_out"] == 0


@pytest.mark.parametrize(
    ("embedding", "labels", "message"),
    [
        (np.zeros(4), np.zeros(4), r"shape \(n_nodes, n_latent\)"),
        (np.zeros((4, 2)), np.zeros(3), r"got \(4, 2\) and \(3,\)"),
        (np.full((4, 2), np.nan), np.zeros(4), "has diverged"),
        (
            np.zeros((8, 2)),
            np.zeros(8),
            "at least two classes of . labelled nodes or more; the labels have 1",
        ),
        (np.zeros((4, 2)), np.array([None] * 4), "the labels have 0"),
    ],
)
@pytest.mark.parametrize("probe", [classification_probe, clustering_probe])
def test_unusable_input_is_refused_in_words(probe, embedding, labels, message):
    with pytest.raises(ValueError, match=message):
        probe(embedding, labels)


def test_impossible_fractions_and_repeats_are_refused():
    embedding, labels = blobs()
    with pytest.raises(ValueError, match="together below 1"):
        classification_probe(embedding, labels, train_fraction=0.9, validation_fraction=0.1)
    with pytest.raises(ValueError, match="n_repeats must be 1 or more"):
        clustering_probe(embedding, labels, n_repeats=0)


def test_macro_f1_weighs_a_rare_class_as_much_as_a_common_one():
    embedding, labels = blobs(n_each=60, n_classes=2, distance=0.0)
    labels = np.where(np.arange(len(labels)) < 6, 1, 0)
    result = classification_probe(embedding, labels, n_repeats=3, random_state=0)
    all_common = f1_score([0] * 96 + [1] * 4, [0] * 100, average="macro", zero_division=0)
    assert result.metrics["macro_f1"]["mean"] < all_common + 0.2 < result.metrics["accuracy"]["mean"]
