"""Repeated runs: mean, standard deviation and 95 % interval over seeds."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

__all__ = ["Summary", "summarise"]

_UPPER_QUANTILE = 0.975  # leaves 2.5 % on each side of a 95 % interval


class Summary(TypedDict):
    """What repeated values of one metric come to, as in every JSON document.

    Attributes:
        mean: Their mean.
        sd: Their standard deviation (n − 1 below the line); NaN for one value, null in JSON.
        ci95: Lower and upper end of the 95 % interval of the mean; NaN for one value, null in JSON.
        values: The values, in the order of the seeds.
    """

    mean: float
    sd: float
    ci95: list[float]
    values: list[float]


def summarise(values: ArrayLike) -> Summary:
    """Mean, sd and Student's 95 % interval of the mean: mean ± t(0.975, n − 1) · sd / √n.

    The interval is about the mean over seeds (splits, initialisations); one more run falls outside it far
    more often than one time in twenty. It may reach past 1.

    Args:
        values: shape (n,), n ≥ 1, finite or NaN. A NaN (Hits@K beyond the pool) makes all of it NaN.

    Raises:
        ValueError: There are no values, or one is infinite.

    Example:
        >>> summary = summarise([0.90, 0.92, 0.94])
        >>> round(summary["mean"], 4), round(summary["sd"], 4), [round(end, 4) for end in summary["ci95"]]
        (0.92, 0.02, [0.8703, 0.9697])
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    if array.size == 0:
        raise ValueError("There are no values to summarise.")
    if np.isinf(array).any():
        raise ValueError(f"Values to summarise must be finite, got {array.tolist()}.")
    mean = float(array.mean())
    sd = float(array.std(ddof=1)) if array.size > 1 else float("nan")
    half_width = float(stdtrit(array.size - 1, _UPPER_QUANTILE)) * sd / array.size**0.5
    return {"mean": mean, "sd": sd, "ci95": [mean - half_width, mean + half_width], "values": array.tolist()}
