"""Verdicts on our numbers beside published ones: agrees, differs, or cannot tell; by interval, not by eye."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from scipy.special import stdtrit

from varigraph.evaluation.repeats import Summary

__all__ = [
    "Interval",
    "PublishedAs",
    "PublishedKind",
    "Verdict",
    "difference_interval",
    "joint_verdict",
    "reaches_published",
    "shown_scale",
    "verdict_of_claim",
    "verdict_of_number",
]

PublishedKind: TypeAlias = Literal["one split", "many runs", "by eye"]
"""Where a published number comes from, so how far it may lie from what a second experiment would publish.

"one split": one split or one initialisation, so its standard deviation is that of ours between seeds.
"many runs": a mean whose own standard deviation is published, or small enough to be 0.
"by eye": read from a figure; too coarse to be told from anything.
"""

Verdict: TypeAlias = Literal["agrees", "differs", "cannot tell"]
"""What our numbers say of a published number or claim."""

_UPPER_QUANTILE = 0.975  # leaves 2.5 % on each side of a 95 % interval


@dataclass(frozen=True)
class PublishedAs:
    """What kind of numbers a document publishes.

    Attributes:
        of: Where they come from.
        decimals: How many are printed; a number is right to half of the last one.
    """

    of: PublishedKind
    decimals: int


class Interval(NamedTuple):
    """The 95 % interval of a difference, by its middle and half its width; NaN where there is none."""

    middle: float
    half_width: float

    @property
    def holds_zero(self) -> bool:
        """Whether 0 is inside; false where there is no interval."""
        return abs(self.middle) <= self.half_width


def difference_interval(
    values: Sequence[float], published: float, published_as: PublishedAs, *, sd: float = 0.0
) -> Interval:
    r"""The 95 % interval of the expectation of ours minus the one that the document drew from.

    $$\bar x - p \;\pm\; \Big(t_{0.975,\,n-1} \sqrt{s^2/n + u^2} + r\Big)$$

    with u = s for "one split", else the published number's own `sd`, and r half of its last decimal. Where
    both come from one law, 0 is outside about one time in twenty.

    Args:
        values: Ours, one a seed, in shown units.
        published: In shown units.
        published_as: What kind of number it is.
        sd: Its own standard deviation, in shown units; for "many runs".

    Example:
        >>> interval = difference_interval([90.0, 91.0, 92.0], 91.5, PublishedAs("one split", 1))
        >>> round(interval.middle, 2), round(interval.half_width, 2), interval.holds_zero
        (-0.5, 5.02, True)
    """
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2:
        return Interval(mean - published, math.nan)
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    of_published = variance if published_as.of == "one split" else sd**2
    spread = float(stdtrit(n - 1, _UPPER_QUANTILE)) * math.sqrt(variance / n + of_published)
    return Interval(mean - published, spread + 0.5 * 10.0**-published_as.decimals)


def verdict_of_number(interval: Interval, tolerance: float, published_as: PublishedAs) -> Verdict:
    """The verdict on one published number.

    "differs" if 0 is outside the interval of the difference; "agrees" if it is inside and the interval is no
    wider than ± the tolerance; else, and for a number that was read by eye, "cannot tell".

    Args:
        interval: From `difference_interval`.
        tolerance: Half the width of the widest interval that may be said to agree, in shown units.
        published_as: What kind of number it is.

    Example:
        >>> verdict_of_number(Interval(0.4, 1.5), 3.0, PublishedAs("one split", 1))
        'agrees'
        >>> verdict_of_number(Interval(0.4, 5.0), 3.0, PublishedAs("one split", 1))
        'cannot tell'
    """
    if published_as.of == "by eye" or math.isnan(interval.middle) or math.isnan(interval.half_width):
        return "cannot tell"
    if not interval.holds_zero:
        return "differs"
    return "agrees" if interval.half_width <= tolerance else "cannot tell"


def shown_scale(unit: str) -> float:
    """By what a raw value is multiplied to be shown: fractions are shown in percent."""
    return 100.0 if unit == "percent" else 1.0


def reaches_published(summary: Summary, published: float, unit: str) -> bool:
    """Whether the upper end of the 95 % interval of our mean is at or above a published number.

    Args:
        summary: Ours, in raw units.
        published: In shown units.
        unit: Of the metric.

    Example:
        >>> from varigraph.evaluation.repeats import summarise
        >>> reaches_published(summarise([0.90, 0.91, 0.92]), 91.5, "percent")
        True
    """
    return shown_scale(unit) * summary["ci95"][1] >= published


def verdict_of_claim(differences: Summary, *, by_no_more_than: float = 0.0) -> Verdict:
    """The verdict on a claim that one side is higher, or not lower by more than a margin.

    "agrees" if the 95 % interval of the paired differences higher − lower is above −margin as a whole,
    "differs" if it is below it, else "cannot tell".

    Args:
        differences: Their summary; without an interval nothing can be told.
        by_no_more_than: The margin, in the unit of the differences; 0 for "higher".

    Example:
        >>> from varigraph.evaluation.repeats import summarise
        >>> verdict_of_claim(summarise([1.0, 1.1, 0.9])), verdict_of_claim(summarise([1.0]))
        ('agrees', 'cannot tell')
        >>> verdict_of_claim(summarise([-0.1, 0.1, 0.0]), by_no_more_than=0.5)
        'agrees'
    """
    low, high = differences["ci95"]
    if low > -by_no_more_than:
        return "agrees"
    return "differs" if high < -by_no_more_than else "cannot tell"


def joint_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on a claim over all its cells: it agrees if each does, and differs if any does."""
    if "differs" in verdicts:
        return "differs"
    return "agrees" if verdicts and set(verdicts) == {"agrees"} else "cannot tell"
