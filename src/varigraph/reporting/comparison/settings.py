"""The settings in which runs differ; those that all share tell nothing in a comparison."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from varigraph.models.settings import part_from_settings, settings_of
from varigraph.reporting.comparison.runs import ComparedRun

__all__ = ["MISSING", "differing_settings", "setting_text"]

MISSING = object()
"""In place of a setting that a run's model does not have."""

_SEEDS_AND_TALK = frozenset({"random_state", "verbose"})
_LONGEST_TEXT = 40  # letters; a value may be of any length


def differing_settings(runs: Sequence[ComparedRun]) -> dict[str, list[Any]]:
    """Settings with more than one value among the runs whose models have them, and the value of each run.

    A part that one run names and another describes is told with its defaults in both; its own arguments have
    a dot in their names, such as `objective.beta`. Seeds are left out.

    Args:
        runs: At least one.

    Returns:
        By setting, `preset` first, one value a run: JSON values, or `MISSING`.
    """
    described = {
        name for run in runs for name, value in run.record.settings.items() if isinstance(value, Mapping)
    }
    flat = [{"preset": run.record.preset} | dict(_flattened(run.record.settings, described)) for run in runs]
    names = dict.fromkeys(name for settings in flat for name in settings)
    found = {name: [settings.get(name, MISSING) for settings in flat] for name in names}
    return {name: values for name, values in found.items() if _n_distinct(values) > 1}


def setting_text(value: Any) -> str:
    """A setting's value in a cell.

    Example:
        >>> setting_text([500, 250]), setting_text(None), setting_text(0.001)
        ('[500, 250]', 'none', '0.001')
    """
    if value is MISSING:
        return "–"
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _flattened(settings: Mapping[str, Any], described: set[str]) -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if name in _SEEDS_AND_TALK:
            continue
        told = _with_defaults(name, value) if name in described and isinstance(value, str) else value
        if not isinstance(told, Mapping):
            yield name, told
            continue
        yield name, told.get("name")
        for argument, one in told.items():
            if argument != "name":
                yield f"{name}.{argument}", one


def _with_defaults(kind: str, name: str) -> Mapping[str, Any]:
    """A part that is told by its name alone, with the arguments that it has without others."""
    try:
        part = part_from_settings(kind, {"name": name})
        described: Any = settings_of(_Holder(kind, part))[kind]
    except (KeyError, TypeError, ValueError):  # it has none, or the name is of another version
        described = name
    return described if isinstance(described, Mapping) else {"name": name}


class _Holder:
    """An estimator with one setting, as `settings_of` asks for."""

    def __init__(self, kind: str, part: Any) -> None:
        self._settings = {kind: part}

    def get_params(self, *, deep: bool) -> dict[str, Any]:
        return self._settings


def _n_distinct(values: Sequence[Any]) -> int:
    return len({json.dumps(one, sort_keys=True) for one in values if one is not MISSING})
