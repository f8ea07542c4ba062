"""How well a score of normality tells anomalies from other rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from varigraph.evaluation.ranking import roc_auc

__all__ = ["anomaly_auc"]


def anomaly_auc(scores: ArrayLike, is_anomaly: ArrayLike) -> float:
    """Area under the ROC curve: the share of pairs in which the normal row has the higher score.

    Args:
        scores: The higher the more normal, as `score_samples` of a row model or an `AnomalyDetector` gives
            them; shape (n_rows,).
        is_anomaly: True for the anomalies, shape (n_rows,), booleans.

    Returns:
        A fraction in [0, 1]: ½ for scores that tell nothing.

    Raises:
        ValueError: Shapes or types are others, a score is NaN, or rows are all of one kind.

    Example:
        >>> anomaly_auc([-3.0, -90.0, -5.0, -4.0], [False, True, False, True])
        0.75
    """
    values, anomalous = np.asarray(scores), np.asarray(is_anomaly)
    if anomalous.dtype != np.bool_:
        raise ValueError(
            f"is_anomaly holds {anomalous.dtype}, not booleans; give labels == … of what is an anomaly, or "
            "predictions == -1."
        )
    if values.ndim != 1 or values.shape != anomalous.shape:
        raise ValueError(
            "scores and is_anomaly must be of the same shape (n_rows,), got "
            f"{values.shape} and {anomalous.shape}."
        )
    if anomalous.all() or not anomalous.any():
        kind = "anomalies" if anomalous.any() else "normal"
        raise ValueError(
            f"All {len(values):,} rows are {kind}, so there is nothing to tell apart; score rows of "
            "both kinds."
        )
    return roc_auc(values[~anomalous], values[anomalous])
