"""`Outcome`: what one trial of a reproduction came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Outcome"]


@dataclass(frozen=True)
class Outcome:
    """What a task returns for one trial.

    Attributes:
        metrics: Numbers by the names in the recipe's `[metrics]`, in raw units: an AUC is a fraction, a bound
            is in nats. Those that the recipe does not name are kept beside the trial and shown nowhere. NaN
            is a number here, and null in JSON.
        curves: Equally long lists by name; of training curves `"samples"` is the x-axis.
        facts: What JSON can hold, such as the number of epochs, parameters and message edges.

    Raises:
        ValueError: There are no metrics, or curves are of different lengths.

    Example:
        >>> Outcome({"auc": 0.91}, facts={"n_epochs": 200}).metrics
        {'auc': 0.91}
    """

    metrics: Mapping[str, float]
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.metrics:
            raise ValueError("A trial must come to at least one number; its outcome has no metrics.")
        lengths = {name: len(curve) for name, curve in self.curves.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Curves of one trial must be equally long, got lengths {lengths}.")
