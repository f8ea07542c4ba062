"""Ranking metrics: AUC, average precision, ranks, Hits@K and MRR, exact with any number of ties."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from varigraph.tensor_types import FloatArray, TieRule

__all__ = [
    "DEFAULT_KS",
    "average_precision",
    "hits_at_k",
    "link_metrics",
    "mean_reciprocal_rank",
    "ranks",
    "roc_auc",
]

DEFAULT_KS = (1, 10, 50, 100)
"""The K of Hits@K in tables, unless told otherwise."""


def roc_auc(positive_scores: ArrayLike, negative_scores: ArrayLike) -> float:
    """Area under the ROC curve: P(positive > negative) + ½ P(positive = negative).

    This is the Mann-Whitney statistic over n · m, counted in integers after one sort, so it is exact up to
    the last division. There is no label argument, so nothing can be swapped.

    Args:
        positive_scores: shape (n_positives,); any increasing function of the score gives the same value.
        negative_scores: shape (n_negatives,), or (n_positives, n_each), which are pooled: every positive is
            then compared with every negative, also with those of other positives.

    Returns:
        A fraction in [0, 1].

    Raises:
        ValueError: An array is empty, has another shape, or holds a NaN or booleans.

    References:
        Hanley and McNeil, The meaning and use of the area under a ROC curve, 1982.

    Example:
        >>> roc_auc([3.0, 1.0], [1.0, 0.0])
        0.875
    """
    positives, negatives = _checked_scores(positive_scores, negative_scores)
    return _roc_auc(positives, np.sort(negatives, axis=None))


def average_precision(positive_scores: ArrayLike, negative_scores: ArrayLike) -> float:
    """Average precision: Σ over distinct scores, descending, of (rise in recall) · precision.

    Equal scores enter together (scikit-learn's rule), which makes it the mean over positives of the
    precision among all pairs that score at least as high. Unlike AUC it depends on how many negatives there
    are for each positive: compare only at the same ratio.

    Args:
        positive_scores: shape (n_positives,).
        negative_scores: shape (n_negatives,), or (n_positives, n_each), which are pooled.

    Returns:
        A fraction in (0, 1].

    Raises:
        ValueError: As in `roc_auc`.

    Example:
        >>> average_precision([3.0, 1.0], [2.0, 0.0])  # (1/1 + 2/3) / 2
        0.8333333333333333
    """
    positives, negatives = _checked_scores(positive_scores, negative_scores)
    return _average_precision(positives, np.sort(negatives, axis=None))


def ranks(positive_scores: ArrayLike, negative_scores: ArrayLike, *, ties: TieRule = "average") -> FloatArray:
    """The rank of each positive among negatives; 1 is best. Other positives never count.

    With #> and #≥ the number of negatives that score higher, and at least as high: "optimistic" is #> + 1,
    "pessimistic" is #≥ + 1, and "average" is ½(#> + #≥) + 1. Scores that are all equal thus get the middle
    rank under "average" and rank 1, the best there is, under "optimistic".

    Args:
        positive_scores: shape (n_positives,).
        negative_scores: shape (n_negatives,), a pool that all positives share, or (n_positives, n_each),
            row i for positive i.
        ties: Where a positive stands among negatives of the same score.

    Returns:
        shape (n_positives,), float64, in [1, n_each + 1]; halves occur under "average".

    Raises:
        ValueError: As in `roc_auc`, or there is no such tie rule.

    References:
        Li et al., Evaluating graph neural networks for link prediction, 2023 (HeaRT), for "average".

    Example:
        >>> ranks([2.0, 5.0], [[2.0, 1.0], [7.0, 5.0]]).tolist()
        [1.5, 2.5]
    """
    return _ranks(*_checked_scores(positive_scores, negative_scores), ties)


def hits_at_k(
    positive_scores: ArrayLike, negative_scores: ArrayLike, k: int, *, ties: TieRule = "average"
) -> float:
    """Hits@K: the fraction of positives whose rank among negatives is at most K.

    For a shared pool, OGB counts positives that score strictly above the K-th best negative. That is rank
    at most K under the "pessimistic" rule; the other rules differ from it only by ties.

    Args:
        positive_scores: shape (n_positives,).
        negative_scores: shape (n_negatives,) or (n_positives, n_each), as in `ranks`.
        k: At least 1.
        ties: As in `ranks`.

    Returns:
        A fraction in [0, 1], or NaN when a positive has fewer than K negatives: there nearly every rank is
        within K, whatever the scores are.

    Raises:
        ValueError: As in `ranks`, or k is below 1.

    Example:
        >>> hits_at_k([0.9, 0.2], [0.5, 0.1, 0.0], 1), hits_at_k([0.9, 0.2], [0.5, 0.1, 0.0], 4)
        (0.5, nan)
    """
    positives, negatives = _checked_scores(positive_scores, negative_scores)
    return _hits(_ranks(positives, negatives, ties), negatives.shape[-1], k)


def mean_reciprocal_rank(
    positive_scores: ArrayLike, negative_scores: ArrayLike, *, ties: TieRule = "average"
) -> float:
    """MRR: the mean of 1 / rank over positives.

    It depends on the number of negatives: 0.25 among 500 is another thing than 0.25 among 50.

    Args:
        positive_scores: shape (n_positives,).
        negative_scores: shape (n_negatives,) or (n_positives, n_each), as in `ranks`.
        ties: As in `ranks`.

    Returns:
        A fraction in (0, 1].

    Raises:
        ValueError: As in `ranks`.

    Example:
        >>> mean_reciprocal_rank([3.0, 0.5], [2.0, 1.0, 0.7])  # ranks 1 and 4
        0.625
    """
    return float((1.0 / ranks(positive_scores, negative_scores, ties=ties)).mean())


def link_metrics(
    positive_scores: ArrayLike,
    negative_scores: ArrayLike,
    *,
    ties: TieRule = "average",
    ks: Sequence[int] = DEFAULT_KS,
) -> dict[str, float]:
    """All metrics of one predictor at once, under the names that records use.

    Args:
        positive_scores: shape (n_positives,).
        negative_scores: shape (n_negatives,) or (n_positives, n_each). With negatives of their own,
            positives are ranked among these, while AUC and AP compare with all negatives pooled.
        ties: For ranks; AUC and AP have a rule of their own for ties.
        ks: The K of Hits@K.

    Returns:
        Fractions by name: `auc`, `ap`, `hits@K` for each K, `mrr`, in this order.

    Raises:
        ValueError: As in `ranks` and `hits_at_k`.

    Example:
        >>> link_metrics([3.0, 1.0], [2.0, 0.0], ks=(1,))
        {'auc': 0.75, 'ap': 0.8333333333333333, 'hits@1': 0.5, 'mrr': 0.75}
    """
    positives, negatives = _checked_scores(positive_scores, negative_scores)
    pool = np.sort(negatives, axis=None)
    found = _ranks(positives, pool if negatives.ndim == 1 else negatives, ties)
    return {
        "auc": _roc_auc(positives, pool),
        "ap": _average_precision(positives, pool),
        **{f"hits@{k}": _hits(found, negatives.shape[-1], k) for k in ks},
        "mrr": float((1.0 / found).mean()),
    }


def _roc_auc(positives: FloatArray, pool: FloatArray) -> float:
    below = np.searchsorted(pool, positives, side="left")
    not_above = np.searchsorted(pool, positives, side="right")
    return int((below + not_above).sum()) / (2 * len(positives) * len(pool))


def _average_precision(positives: FloatArray, pool: FloatArray) -> float:
    true = len(positives) - np.searchsorted(np.sort(positives), positives, side="left")
    false = len(pool) - np.searchsorted(pool, positives, side="left")
    return float((true / (true + false)).mean())


def _ranks(positives: FloatArray, negatives: FloatArray, ties: TieRule) -> FloatArray:
    if ties not in get_args(TieRule):
        raise ValueError(f"ties must be one of {', '.join(get_args(TieRule))}; got {ties!r}.")
    if negatives.ndim == 1:
        pool = np.sort(negatives)
        above = len(pool) - np.searchsorted(pool, positives, side="right")
        at_least = len(pool) - np.searchsorted(pool, positives, side="left")
    else:
        above = (negatives > positives[:, None]).sum(axis=1)
        at_least = (negatives >= positives[:, None]).sum(axis=1)
    weight_of_ties = {"optimistic": 0.0, "average": 0.5, "pessimistic": 1.0}[ties]
    return np.asarray(above + weight_of_ties * (at_least - above) + 1.0)


def _hits(found: FloatArray, n_each: int, k: int) -> float:
    if k < 1:
        raise ValueError(f"K of Hits@K must be 1 or more, got {k}.")
    return float((found <= k).mean()) if k <= n_each else math.nan


def _checked_scores(positive_scores: ArrayLike, negative_scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both as float64, so that float32 and float64 scores compare by value."""
    positives = _as_scores(positive_scores, "positive")
    negatives = _as_scores(negative_scores, "negative")
    if positives.ndim != 1:
        raise ValueError(f"Positive scores must be of shape (n_positives,), got {positives.shape}.")
    if negatives.ndim not in (1, 2) or (negatives.ndim == 2 and len(negatives) != len(positives)):
        raise ValueError(
            f"Negative scores must be of shape (n_negatives,), shared by all positives, or "
            f"({len(positives)}, n_each), each positive's own; got {negatives.shape}."
        )
    return positives, negatives


def _as_scores(scores: ArrayLike, what: str) -> FloatArray:
    array = np.asarray(scores)
    if array.size == 0:
        raise ValueError(f"There are no {what} scores, so nothing can be ranked.")
    if array.dtype.kind not in "iuf":
        raise ValueError(
            f"The {what} scores are {array.dtype}, not numbers; give logits or probabilities as they are, "
            "before any threshold."
        )
    array = array.astype(np.float64, copy=False)
    n_bad = int(np.isnan(array).sum())
    if n_bad:
        raise ValueError(
            f"{n_bad} of {array.size} {what} scores are NaN, which has no rank; look where the predictor "
            "makes them (an overflow, or a division by zero)."
        )
    return array
