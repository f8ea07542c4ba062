"""What an evaluation found: one part's metrics, and their summary over repeated evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from varigraph.evaluation.documents import json_ready
from varigraph.evaluation.repeats import Summary, summarise
from varigraph.tensor_types import TieRule

__all__ = ["LinkEvaluation", "NegativeSharing", "summarise_evaluations"]

NegativeSharing: TypeAlias = Literal["shared", "own"]
"""Whether positives are ranked in one pool of negatives, or each among its own."""


@dataclass(frozen=True, eq=False)
class LinkEvaluation:
    """How a model and the heuristics do on one part of a split; print it for a table.

    Attributes:
        model: The model's name in `metrics`.
        metrics: For each predictor, the model first: `auc`, `ap`, `hits@K`, `mrr`, as fractions. Hits@K is
            NaN when a positive has fewer than K negatives.
        part: Which part was scored: "train", "val" or "test".
        n_positives: How many positives were scored.
        n_negatives: Their negatives: the size of the shared pool, or how many each positive has.
        negatives: "shared" or "own".
        ties: Where a positive stands among negatives of the same score.
        n_message_edges: Edges that the model saw, and that the part allows (which the heuristics see).
    """

    model: str
    metrics: Mapping[str, Mapping[str, float]]
    part: str
    n_positives: int
    n_negatives: int
    negatives: NegativeSharing
    ties: TieRule
    n_message_edges: Mapping[Literal["model", "part"], int]

    @property
    def model_metrics(self) -> Mapping[str, float]:
        """The metrics of the model alone."""
        return self.metrics[self.model]

    @property
    def heuristics_metrics(self) -> dict[str, Mapping[str, float]]:
        """The metrics of the heuristics, by name."""
        return {name: metrics for name, metrics in self.metrics.items() if name != self.model}

    def to_dict(self) -> dict[str, Any]:
        """A JSON document; NaN is None there."""
        document: dict[str, Any] = json_ready(vars(self))
        return document

    def __str__(self) -> str:
        width = max(map(len, self.metrics))
        header = " ".join(f"{name:>8}" for name in self.model_metrics)
        rows = (
            f"{name:<{width}} " + " ".join(_percent(value) for value in metrics.values())
            for name, metrics in self.metrics.items()
        )
        return "\n".join([f"{'%':<{width}} {header}", *rows, self.caption])

    @property
    def caption(self) -> str:
        """One sentence on what was ranked against what."""
        shared = "in one pool" if self.negatives == "shared" else "for each of them"
        return (
            f"{self.part} part: {self.n_positives:,} positives, {self.n_negatives:,} negatives {shared}; "
            f"{self.ties} rank for ties."
        )


def summarise_evaluations(evaluations: Sequence[LinkEvaluation]) -> dict[str, dict[str, Summary]]:
    """Mean, sd and 95 % interval of each predictor's metrics over repeated evaluations.

    Args:
        evaluations: One a seed, with the same predictors and metrics.

    Returns:
        For each predictor, a `Summary` by metric.

    Raises:
        ValueError: There are none, or they differ in part, negatives, tie rule, predictors or metrics.
    """
    if not evaluations:
        raise ValueError("There are no evaluations to summarise.")
    first = evaluations[0]
    for one in evaluations[1:]:
        if _protocol(one) != _protocol(first):
            raise ValueError(
                "Evaluations of different protocols cannot be summarised together: "
                f"{_protocol(first)} and {_protocol(one)}."
            )
    return {
        name: {key: summarise([one.metrics[name][key] for one in evaluations]) for key in metrics}
        for name, metrics in first.metrics.items()
    }


def _protocol(evaluation: LinkEvaluation) -> dict[str, Any]:
    return {
        "part": evaluation.part,
        "negatives": evaluation.negatives,
        "ties": evaluation.ties,
        "predictors": list(evaluation.metrics),
        "metrics": list(evaluation.model_metrics),
    }


def _percent(value: float) -> str:
    return f"{'–':>8}" if np.isnan(value) else f"{100 * value:8.2f}"
