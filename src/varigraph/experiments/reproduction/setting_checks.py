"""`check_settings`: a task's rules for its settings, and the sentences of what breaks one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from varigraph.models.rows.row_settings import is_number

__all__ = ["SettingRule", "check_settings", "is_positive"]

SettingRule: TypeAlias = tuple[Callable[[Any], bool], str]
"""Whether a value will do, and what is wanted in words that follow "must be"."""


def check_settings(
    settings: Mapping[str, Any], rules: Mapping[str, SettingRule], required: Collection[str]
) -> None:
    """Checks settings one by one.

    Args:
        settings: By name, as a recipe has them.
        rules: One for each setting that there is.
        required: Names that must be among the settings.

    Raises:
        ValueError: A setting is unknown, missing or wrong; the message names it.

    Example:
        >>> check_settings({"rate": 0.1}, {"rate": (is_positive, "a number above 0")}, ["rate"])
    """
    if unknown := sorted(settings.keys() - rules.keys()):
        raise ValueError(f"There is no setting {unknown[0]!r}; there are {', '.join(rules)}.")
    if missing := [name for name in required if name not in settings]:
        raise ValueError(f"The setting {missing[0]!r} is missing.")
    for name, value in settings.items():
        is_right, wanted = rules[name]
        if not is_right(value):
            raise ValueError(f"{name} must be {wanted}, got {value!r}.")


def is_positive(value: Any) -> bool:
    """Whether a value is a finite number above 0; `true` is none."""
    return is_number(value) and not isinstance(value, bool) and value > 0
