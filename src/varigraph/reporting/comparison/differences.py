"""Paired differences between repeated runs that were scored on the same splits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from varigraph.evaluation.repeats import Summary, summarise
from varigraph.reporting.comparison.runs import ComparedRun

__all__ = ["Difference", "paired_difference", "shared_positions"]

_FEWEST = 2  # of one split there is no interval


@dataclass(frozen=True)
class Difference:
    """By how much one run is better than another.

    Attributes:
        to: The name of the better run.
        summary: Of the differences on each shared split, in the unit of the metric; above 0 where the other
            run is better, whichever way its metric counts.
    """

    to: str
    summary: Summary

    @property
    def half_width(self) -> float:
        """Of the 95 % interval of the mean difference."""
        low, high = self.summary["ci95"]
        return (high - low) / 2

    def to_dict(self) -> dict[str, Any]:
        """A JSON document."""
        return {"to": self.to, **self.summary}


def shared_positions(one: ComparedRun, other: ComparedRun) -> list[tuple[int, int]]:
    """The positions of splits that both runs were scored on, in the order of the first.

    Repeats on one fixed split differ in their initialisations alone; they are paired in their order, if there
    are as many of both.
    """
    ours, theirs = one.record.split_fingerprints, other.record.split_fingerprints
    if ours == theirs:
        return [(at, at) for at in range(len(ours))]
    if len(set(ours)) < len(ours) or len(set(theirs)) < len(theirs):
        return []
    places = {fingerprint: at for at, fingerprint in enumerate(theirs)}
    return [(at, places[fingerprint]) for at, fingerprint in enumerate(ours) if fingerprint in places]


def paired_difference(best: ComparedRun, other: ComparedRun, metric: str, *, sign: int) -> Difference | None:
    """How far `other` lies behind `best` on the splits that they share.

    Splits differ in how hard they are, and both runs meet the same ones: the interval of the differences is
    narrower than those of the two means suggest.

    Args:
        best: The better run.
        other: Of the same data and protocol.
        metric: That both have.
        sign: 1 if more of it is better, −1 if less is.

    Returns:
        None if they share fewer than two splits, or either was not repeated.
    """
    better, worse = (_values(run, metric) for run in (best, other))
    pairs = [(at, its) for at, its in shared_positions(best, other) if at < len(better) and its < len(worse)]
    differences = np.array([sign * (better[at] - worse[its]) for at, its in pairs])
    if len(differences) < _FEWEST or not np.isfinite(differences).all():
        return None
    return Difference(best.name, summarise(differences))


def _values(run: ComparedRun, metric: str) -> list[float]:
    value = run.metrics.get(metric, math.nan)
    return value["values"] if isinstance(value, dict) else [value]
