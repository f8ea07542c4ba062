"""Checks of JSON values that the fields of records are made of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

__all__ = [
    "FieldCheck",
    "by_name",
    "is_metric",
    "is_number",
    "is_summary",
    "is_text",
    "is_utc_time",
    "is_whole",
    "list_of",
]

FieldCheck: TypeAlias = tuple[Callable[[Any], bool], str]
"""A check of a field's JSON value, and what the value must be, in words."""

_SUMMARY_KEYS = {"mean", "sd", "ci95", "values"}


def is_text(value: Any) -> bool:
    """Whether it is text that is not empty."""
    return isinstance(value, str) and value != ""


def is_whole(value: Any) -> bool:
    """Whether it is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether it is a number, or null, which stands for NaN."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def is_summary(value: Any) -> bool:
    """Whether it is {mean, sd, ci95, values}."""
    if not isinstance(value, dict) or value.keys() != _SUMMARY_KEYS:
        return False
    if not (list_of(is_number)(value["ci95"]) and len(value["ci95"]) == 2):
        return False
    return is_number(value["mean"]) and is_number(value["sd"]) and list_of(is_number)(value["values"])


def is_metric(value: Any) -> bool:
    """Whether it is a number or {mean, sd, ci95, values}."""
    return is_summary(value) if isinstance(value, dict) else is_number(value)


def is_utc_time(value: Any) -> bool:
    """Whether it is a time in UTC as ISO 8601 has it."""
    try:
        return datetime.fromisoformat(value).utcoffset() == timedelta(0)
    except (TypeError, ValueError):
        return False


def list_of(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """The check of a list of what is right."""
    return lambda value: isinstance(value, list) and all(map(is_right, value))


def by_name(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """The check of a mapping from names to what is right."""
    return lambda value: isinstance(value, dict) and all(map(is_right, value.values()))
