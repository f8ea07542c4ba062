"""What each field of a run record must hold, as a check and in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from varigraph.evaluation.field_checks import (
    FieldCheck,
    by_name,
    is_metric,
    is_number,
    is_text,
    is_utc_time,
    is_whole,
    list_of,
)
from varigraph.tensor_types import TieRule

__all__ = [
    "ADDED_FIELDS",
    "MAY_BE_NAN",
    "RECORD_FIELDS",
    "ROW_FIELDS_THAT_MAY_BE_NAN",
    "ROW_RECORD_FIELDS",
    "ROW_SCHEMA_VERSION",
    "SCHEMA_VERSION",
]

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

_METRIC_WORDS = "numbers or {mean, sd, ci95, values}"


_METRICS_OF_PARTS: FieldCheck = (
    by_name(by_name(is_metric)),
    f"for each part, metrics by name, {_METRIC_WORDS}",
)

_SHARED_FIELDS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        "created_at": (is_utc_time, "a time in UTC such as 2026-01-31T12:00:00+00:00"),
        "dataset": (is_text, "a name"),
        "split_protocol": (is_text, "a name or a description"),
        "split_seeds": (list_of(is_whole), "a list of whole numbers"),
        "split_fingerprints": (list_of(is_text), "a list of fingerprints"),
        "model": (is_text, "a name"),
        "preset": (lambda value: value is None or is_text(value), "a name or null"),
        "settings": (by_name(lambda value: True), "settings by name"),
        "metrics": _METRICS_OF_PARTS,
        "notes": (list_of(is_text), "a list of sentences"),
        "counts": (
            by_name(lambda value: is_whole(value) and value >= 0),
            "whole numbers of 0 or more by name",
        ),
        "timings": (by_name(is_number), "seconds by name"),
        "n_threads": (lambda value: value is None or (is_whole(value) and value > 0), "1 or more, or null"),
        "library_versions": (by_name(is_text), "versions by name"),
    }
)

RECORD_FIELDS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        "schema_version": (lambda value: value == SCHEMA_VERSION, str(SCHEMA_VERSION)),
        **_SHARED_FIELDS,
        "graph_fingerprint": (is_text, "the graph's fingerprint"),
        "negatives": (lambda value: value in ("shared", "own"), "'shared' or 'own'"),
        "ties": (lambda value: value in get_args(TieRule), f"one of {', '.join(get_args(TieRule))}"),
        "heuristics": (
            by_name(by_name(by_name(is_metric))),
            f"for each part and heuristic, metrics by name, {_METRIC_WORDS}",
        ),
        "calibration": (by_name(by_name(is_metric)), f"for each part, figures by name, {_METRIC_WORDS}"),
        "top_links": (
            by_name(by_name(by_name(is_metric))),
            f"for each part and predictor, figures by name, {_METRIC_WORDS}",
        ),
        "refit": (lambda value: value is None or is_text(value), "words or null"),
    }
)
"""The checks of `RunRecord`."""

_METRICS_OF_BASELINES: FieldCheck = (
    by_name(by_name(by_name(is_metric))),
    f"for each part and baseline, metrics by name, {_METRIC_WORDS}",
)

ROW_RECORD_FIELDS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        "schema_version": (lambda value: value == ROW_SCHEMA_VERSION, str(ROW_SCHEMA_VERSION)),
        **_SHARED_FIELDS,
        "data_fingerprint": (is_text, "the fingerprint of the rows"),
        "standard_errors": _METRICS_OF_PARTS,
        "baselines": _METRICS_OF_BASELINES,
        "baseline_standard_errors": _METRICS_OF_BASELINES,
    }
)
"""The checks of `RowRecord`."""
