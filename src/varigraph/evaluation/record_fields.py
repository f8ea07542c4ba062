"""What each field of a run record must hold, as a check and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias, get_args

from varigraph.tensor_types import TieRule

__all__ = [
    "ADDED_FIELDS",
    "MAY_BE_NAN",
    "RECORD_FIELDS",
    "ROW_FIELDS_THAT_MAY_BE_NAN",
    "ROW_RECORD_FIELDS",
    "ROW_SCHEMA_VERSION",
    "SCHEMA_VERSION",
    "FieldCheck",
]

FieldCheck: TypeAlias = tuple[Callable[[Any], bool], str]
"""A check of a field's JSON value, and what the value must be, in words."""

SCHEMA_VERSION = 2
"""The schema of `RunRecord` that this version writes."""

ADDED_FIELDS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {2: ("calibration", "top_links", "refit", "notes")}
)
"""Fields by the schema that brought them; records of an older one have their defaults."""

MAY_BE_NAN = ("metrics", "heuristics", "calibration", "top_links", "timings")
"""Fields of `RunRecord` whose leaves are numbers, so that null stands for NaN."""

ROW_SCHEMA_VERSION = 1
"""The schema of `RowRecord` that this version writes."""

ROW_FIELDS_THAT_MAY_BE_NAN = (
    "metrics",
    "standard_errors",
    "baselines",
    "baseline_standard_errors",
    "timings",
)
"""Fields of `RowRecord` whose leaves are numbers, so that null stands for NaN."""

_SUMMARY_KEYS = {"mean", "sd", "ci95", "values"}
_METRIC_WORDS = "numbers or {mean, sd, ci95, values}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_metric(value: Any) -> bool:
    if not isinstance(value, dict):
        return _is_number(value)
    if value.keys() != _SUMMARY_KEYS or not (_list_of(_is_number)(value["ci95"]) and len(value["ci95"]) == 2):
        return False
    return _is_number(value["mean"]) and _is_number(value["sd"]) and _list_of(_is_number)(value["values"])


def _is_utc_time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).utcoffset() == timedelta(0)
    except (TypeError, ValueError):
        return False


def _list_of(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(is_right, value))


def _by_name(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(is_right, value.values()))


_METRICS_OF_PARTS: FieldCheck = (
    _by_name(_by_name(_is_metric)),
    f"for each part, metrics by name, {_METRIC_WORDS}",
)

_SHARED_FIELDS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        "created_at": (_is_utc_time, "a time in UTC such as 2026-01-31T12:00:00+00:00"),
        "dataset": (_is_text, "a name"),
        "split_protocol": (_is_text, "a name or a description"),
        "split_seeds": (_list_of(_is_whole), "a list of whole numbers"),
        "split_fingerprints": (_list_of(_is_text), "a list of fingerprints"),
        "model": (_is_text, "a name"),
        "preset": (lambda value: value is None or _is_text(value), "a name or null"),
        "settings": (_by_name(lambda value: True), "settings by name"),
        "metrics": _METRICS_OF_PARTS,
        "notes": (_list_of(_is_text), "a list of sentences"),
        "counts": (
            _by_name(lambda value: _is_whole(value) and value >= 0),
            "whole numbers of 0 or more by name",
        ),
        "timings": (_by_name(_is_number), "seconds by name"),
        "n_threads": (lambda value: value is None or (_is_whole(value) and value > 0), "1 or more, or null"),
        "library_versions": (_by_name(_is_text), "versions by name"),
    }
)

RECORD_FIELDS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        "schema_version": (lambda value: value == SCHEMA_VERSION, str(SCHEMA_VERSION)),
        **_SHARED_FIELDS,
        "graph_fingerprint": (_is_text, "the graph's fingerprint"),
        "negatives": (lambda value: value in ("shared", "own"), "'shared' or 'own'"),
        "ties": (lambda value: value in get_args(TieRule), f"one of {', '.join(get_args(TieRule))}"),
        "heuristics": (
            _by_name(_by_name(_by_name(_is_metric))),
            f"for each part and heuristic, metrics by name, {_METRIC_WORDS}",
        ),
        "calibration": (_by_name(_by_name(_is_metric)), f"for each part, figures by name, {_METRIC_WORDS}"),
        "top_links": (
            _by_name(_by_name(_by_name(_is_metric))),
            f"for each part and predictor, figures by name, {_METRIC_WORDS}",
        ),
        "refit": (lambda value: value is None or _is_text(value), "words or null"),
    }
)
"""The checks of `RunRecord`."""

_METRICS_OF_BASELINES: FieldCheck = (
    _by_name(_by_name(_by_name(_is_metric))),
    f"for each part and baseline, metrics by name, {_METRIC_WORDS}",
)

ROW_RECORD_FIELDS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        "schema_version": (lambda value: value == ROW_SCHEMA_VERSION, str(ROW_SCHEMA_VERSION)),
        **_SHARED_FIELDS,
        "data_fingerprint": (_is_text, "the fingerprint of the rows"),
        "standard_errors": _METRICS_OF_PARTS,
        "baselines": _METRICS_OF_BASELINES,
        "baseline_standard_errors": _METRICS_OF_BASELINES,
    }
)
"""The checks of `RowRecord`."""
