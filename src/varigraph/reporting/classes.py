"""Points by class: which classes have a colour of their own, in which order, under which name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.reporting.style import CLASS_STYLES, OTHER_STYLE, ClassStyle

__all__ = ["PointGroup", "point_groups"]


@dataclass(frozen=True, eq=False)
class PointGroup:
    """Points that look alike.

    Attributes:
        name: What the legend calls them.
        members: Their positions, shape (n_members,).
        style: Their look.
    """

    name: str
    members: NDArray[np.intp]
    style: ClassStyle


def point_groups(labels: Sequence[Any]) -> list[PointGroup]:
    """One group a class in the order of the labels, then what has no colour of its own.

    Args:
        labels: One a point; None or NaN is "no label". Whole numbers become "class 3".

    Example:
        >>> [(group.name, len(group.members)) for group in point_groups([1, 0, 1, None])]
        [('class 0', 1), ('class 1', 2), ('no label', 1)]
    """
    counts = Counter(label for label in labels if not _is_missing(label))
    named = sorted((label for label, _ in counts.most_common(len(CLASS_STYLES))), key=_label_order)
    place = {label: number for number, label in enumerate(named)}
    other, missing = len(named), len(named) + 1
    places = np.array([missing if _is_missing(one) else place.get(one, other) for one in labels])
    names = [*map(_class_name, named), f"{len(counts) - len(named)} other classes", "no label"]
    styles = [*CLASS_STYLES[: len(named)], OTHER_STYLE, OTHER_STYLE]
    groups = [
        PointGroup(name, np.flatnonzero(places == number), style)
        for number, (name, style) in enumerate(zip(names, styles, strict=True))
    ]
    return [group for group in groups if len(group.members)]


def _is_missing(label: Any) -> bool:
    return label is None or label != label  # noqa: PLR0124 - NaN alone differs from itself


def _label_order(label: Any) -> tuple[bool, Any]:
    """Numbers by value, before everything else by its text."""
    is_number = isinstance(label, int | float)
    return (not is_number, label if is_number else str(label))


def _class_name(label: Any) -> str:
    is_whole = isinstance(label, int | float) and float(label).is_integer()
    return f"class {int(label)}" if is_whole else str(label)
