"""What a recipe is made of: metrics, axes, published numbers, remarks, claims, its quick version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["AxisValue", "Claim", "Coordinates", "Metric", "Published", "Quick", "Remark", "matches"]

Coordinates = Mapping[str, str]
"""For each axis the name of one of its values; of entries that leave axes out, only some of them."""


@dataclass(frozen=True)
class Metric:
    """A number that the table shows.

    Attributes:
        title: What a reader calls it.
        unit: "percent" (values are fractions and shown times 100), "nats", "dB", … or "".
        tolerance: Half the width, in shown units, of the widest interval that may be said to agree; None if
            nothing is published.
        decimals: Of our numbers in the table; None for those of the published ones.
    """

    title: str
    unit: str = ""
    tolerance: float | None = None
    decimals: int | None = None


@dataclass(frozen=True)
class AxisValue:
    """One value of an axis.

    Attributes:
        title: What a reader calls it.
        settings: Handed to the task.
        weight: Relative cost of a trial; those of a cell's values are multiplied.
    """

    title: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 1.0


@dataclass(frozen=True)
class Published:
    """Numbers of the document for the cells that coordinates match.

    Attributes:
        coordinates: Axes that are left out match every value.
        values: By metric, in shown units.
        sd: Standard deviation of a published number, by metric, in shown units; for "many runs".
    """

    coordinates: Coordinates
    values: Mapping[str, float]
    sd: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Remark:
    """Why a cell differs, or does not reach the published number.

    Attributes:
        coordinates: Axes that are left out match every value.
        text: A sentence or more.
        metric: None for every metric.
        when: On which side of the published number our mean must lie; None for either.
    """

    coordinates: Coordinates
    text: str
    metric: str | None = None
    when: Literal["higher", "lower"] | None = None


@dataclass(frozen=True)
class Claim:
    """A statement of the document that is no single number: one side's metric is higher than the other's.

    With a margin it is weaker: the side is not lower by more than that.

    Attributes:
        text: As a reader would say it.
        metric: The one that is compared.
        higher: Coordinates of the side that is said to be higher.
        lower: Of the other side; the same axes. Over all other axes both are compared cell by cell.
        by_no_more_than: The margin in shown units, or "sd" for the standard deviation of the side that is
            said to be no lower, between seeds; None for a claim without a margin.
    """

    text: str
    metric: str
    higher: Coordinates
    lower: Coordinates
    by_no_more_than: float | Literal["sd"] | None = None


@dataclass(frozen=True)
class Quick:
    """What the quick version changes.

    Attributes:
        seeds: In place of the recipe's; none for the recipe's own.
        axes: Values that are kept, by axis.
        common: Settings that win over all others. With any, no number is compared with a published one.
        minutes: How long it takes, roughly, on two cores; None if nobody has stated it.
    """

    seeds: tuple[int, ...] = ()
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    common: Mapping[str, Any] = field(default_factory=dict)
    minutes: float | None = None


def matches(coordinates: Coordinates, pattern: Coordinates) -> bool:
    """Whether a cell is one of those that a pattern names.

    Example:
        >>> matches({"method": "gae", "dataset": "cora"}, {"dataset": "cora"})
        True
    """
    return all(coordinates[axis] == value for axis, value in pattern.items())
