"""Probes: what a frozen embedding knows of the labels, by a linear classifier and by clustering."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from varigraph.evaluation.documents import json_ready
from varigraph.evaluation.repeats import Summary, summarise
from varigraph.seeding import child_seed, numpy_generator, resolve_seed
from varigraph.tensor_types import FloatArray, IntArray, RandomState

__all__ = ["ProbeResult", "classification_probe", "clustering_probe", "matched_accuracy"]

_INVERSE_PENALTIES = (
    1e-4,
    1e-3,
    1e-2,
    1e-1,
    1.0,
    10.0,
)  # scikit-learn's C, from a strong penalty to a weak one
_MAX_ITERATIONS = 10_000  # far beyond need: a probe that did not converge measures the solver
_N_STARTS = 10  # of k-means; the one of least inertia counts, as is usual
_SPLIT_STREAM, _CLUSTER_STREAM = 0, 1  # keys of the child seeds; see varigraph.seeding


@dataclass(frozen=True, eq=False)
class ProbeResult:
    """What a probe found.

    Attributes:
        metrics: A `Summary` over repeats for each metric, in fractions.
        n_nodes: Labelled nodes that took part.
        n_classes: Their classes.
        n_left_out: Nodes without a label, or of a class with too few nodes for the probe.
    """

    metrics: Mapping[str, Summary]
    n_nodes: int
    n_classes: int
    n_left_out: int

    def to_dict(self) -> dict[str, Any]:
        """A JSON document; NaN is None there."""
        document: dict[str, Any] = json_ready(vars(self))
        return document


def classification_probe(
    embedding: ArrayLike,
    labels: ArrayLike,
    *,
    train_fraction: float = 0.1,
    validation_fraction: float = 0.1,
    n_repeats: int = 10,
    random_state: RandomState = None,
) -> ProbeResult:
    """Logistic regression from the frozen embedding to the labels, over repeated stratified splits.

    Each repeat draws its own split. Columns are standardised with the train part's mean and sd; the
    strength of the L2 penalty is the one with the best accuracy on the validation part (of equal ones the
    strongest); the classifier of that strength, learnt from the train part, is scored on the test part
    once. Every class has at least one node in each part, so classes of fewer than three nodes are left out.

    Args:
        embedding: shape (n_nodes, n_latent).
        labels: shape (n_nodes,); None and NaN mean unlabelled.
        train_fraction: Of each class, for learning.
        validation_fraction: Of each class, for the penalty; the rest is the test part.
        n_repeats: Splits.
        random_state: An integer makes the same splits each time.

    Returns:
        `accuracy` and `macro_f1` (the unweighted mean over classes) on the test part.

    Raises:
        ValueError: Shapes differ, the embedding is not finite, fractions are out of range, or there are
            fewer than two classes of three nodes.
    """
    if not (train_fraction > 0 and validation_fraction > 0 and train_fraction + validation_fraction < 1):
        raise ValueError(
            f"train_fraction={train_fraction} and validation_fraction={validation_fraction} must be above 0 "
            "and together below 1."
        )
    rows, classes, n_left_out = _labelled(embedding, labels, min_class_size=3)
    seed = resolve_seed(random_state)
    scores = []
    for number in range(_checked_repeats(n_repeats)):
        generator = numpy_generator(seed, _SPLIT_STREAM, number)
        part = _stratified_parts(classes, (train_fraction, validation_fraction), generator)
        scores.append(_classification_scores(rows, classes, part))
    accuracies, macro_f1s = zip(*scores, strict=True)
    metrics = {"accuracy": summarise(accuracies), "macro_f1": summarise(macro_f1s)}
    return ProbeResult(metrics, len(classes), int(classes.max()) + 1, n_left_out)


def clustering_probe(
    embedding: ArrayLike, labels: ArrayLike, *, n_repeats: int = 5, random_state: RandomState = None
) -> ProbeResult:
    """k-means on the frozen embedding, with as many clusters as classes, compared with the labels.

    The embedding is clustered as it is, without standardisation. Each repeat is the best of 10 starts.

    Args:
        embedding: shape (n_nodes, n_latent).
        labels: shape (n_nodes,); None and NaN mean unlabelled, and such nodes are left out.
        n_repeats: Runs of k-means.
        random_state: An integer makes the same runs each time.

    Returns:
        `nmi` (mutual information over the mean of both entropies), `ari` (0 for random clusters) and
        `accuracy` under the best one-to-one matching of clusters to classes.

    Raises:
        ValueError: As in `classification_probe`; a class may have a single node here.
    """
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    rows, classes, n_left_out = _labelled(embedding, labels, min_class_size=1)
    seed = resolve_seed(random_state)
    found: dict[str, list[float]] = {"nmi": [], "ari": [], "accuracy": []}
    for number in range(_checked_repeats(n_repeats)):
        clusters = _clusters(rows, int(classes.max()) + 1, child_seed(seed, _CLUSTER_STREAM, number))
        found["nmi"].append(float(normalized_mutual_info_score(classes, clusters)))
        found["ari"].append(float(adjusted_rand_score(classes, clusters)))
        found["accuracy"].append(matched_accuracy(classes, clusters))
    metrics = {name: summarise(values) for name, values in found.items()}
    return ProbeResult(metrics, len(classes), int(classes.max()) + 1, n_left_out)


def matched_accuracy(classes: IntArray, clusters: IntArray) -> float:
    """Accuracy of clusters as classes, each cluster standing for one class, matched as well as can be.

    Args:
        classes: shape (n_nodes,), from 0.
        clusters: shape (n_nodes,), from 0; their numbers mean nothing.

    Example:
        >>> matched_accuracy(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 1]))
        0.75
    """
    counts = np.zeros((clusters.max() + 1, classes.max() + 1), dtype=np.int64)
    np.add.at(counts, (clusters, classes), 1)
    return float(counts[linear_sum_assignment(counts, maximize=True)].sum() / len(classes))


def _labelled(
    embedding: ArrayLike, labels: ArrayLike, *, min_class_size: int
) -> tuple[FloatArray, IntArray, int]:
    """Rows and class numbers of the nodes that take part, and how many do not."""
    rows, names = np.asarray(embedding, dtype=np.float64), np.asarray(labels)
    if rows.ndim != 2 or names.shape != (len(rows),):
        raise ValueError(
            "The embedding must be of shape (n_nodes, n_latent) and the labels of (n_nodes,); got "
            f"{rows.shape} and {names.shape}."
        )
    if not np.isfinite(rows).all():
        raise ValueError("The embedding has a NaN or an infinity; the model that made it has diverged.")
    kept = np.flatnonzero([not _is_missing(name) for name in names.tolist()])
    # As text: labels of several types (strings beside numbers) have no order of their own.
    _, classes, sizes = np.unique(names[kept].astype(str), return_inverse=True, return_counts=True)
    is_large = sizes[classes] >= min_class_size
    kept, classes = kept[is_large], np.unique(classes[is_large], return_inverse=True)[1]
    if not kept.size or classes.max() < 1:
        raise ValueError(
            f"A probe needs at least two classes of {min_class_size} labelled nodes or more; the labels have "
            f"{int((sizes >= min_class_size).sum())}."
        )
    return rows[kept], classes.astype(np.int64), len(rows) - len(kept)


def _is_missing(label: Any) -> bool:
    return label is None or (isinstance(label, float) and math.isnan(label))


def _stratified_parts(
    classes: IntArray, fractions: tuple[float, float], generator: np.random.Generator
) -> NDArray[np.int8]:
    """0 (train), 1 (validation) or 2 (test) for each node, with every class in every part."""
    part = np.full(len(classes), 2, dtype=np.int8)
    for members in (np.flatnonzero(classes == one) for one in range(classes.max() + 1)):
        shuffled = generator.permutation(members)
        n_train = min(max(1, round(fractions[0] * len(members))), len(members) - 2)
        n_validation = min(max(1, round(fractions[1] * len(members))), len(members) - n_train - 1)
        part[shuffled[:n_train]] = 0
        part[shuffled[n_train : n_train + n_validation]] = 1
    return part


def _classification_scores(
    rows: FloatArray, classes: IntArray, part: NDArray[np.int8]
) -> tuple[float, float]:
    """Accuracy and macro-F1 on the test part."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.preprocessing import StandardScaler

    is_train, is_validation, is_test = (part == number for number in range(3))
    rows = StandardScaler().fit(rows[is_train]).transform(rows)
    fitted = [
        LogisticRegression(C=strength, max_iter=_MAX_ITERATIONS).fit(rows[is_train], classes[is_train])
        for strength in _INVERSE_PENALTIES
    ]
    best = max(fitted, key=lambda one: one.score(rows[is_validation], classes[is_validation]))
    predicted = best.predict(rows[is_test])
    accuracy = float((predicted == classes[is_test]).mean())
    return accuracy, float(f1_score(classes[is_test], predicted, average="macro"))


def _clusters(rows: FloatArray, n_clusters: int, seed: int) -> IntArray:
    from sklearn.cluster import KMeans

    # A collapsed posterior gives equal rows: there are no more clusters than different rows.
    n_distinct = len(np.unique(rows, axis=0))
    kmeans = KMeans(min(n_clusters, n_distinct), n_init=_N_STARTS, random_state=seed % 2**32)
    return np.asarray(kmeans.fit_predict(rows), dtype=np.int64)


def _checked_repeats(n_repeats: int) -> int:
    if n_repeats < 1:
        raise ValueError(f"n_repeats must be 1 or more, got {n_repeats}.")
    return n_repeats
