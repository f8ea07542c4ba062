"""`RowRecord`: what was run on rows, and what came out, as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from varigraph.evaluation.field_checks import FieldCheck
from varigraph.evaluation.json_record import JSONRecord
from varigraph.evaluation.record_fields import (
    ROW_FIELDS_THAT_MAY_BE_NAN,
    ROW_RECORD_FIELDS,
    ROW_SCHEMA_VERSION,
)
from varigraph.evaluation.run_facts import library_versions, utc_now

__all__ = ["RowRecord"]


@dataclass(frozen=True, eq=False, kw_only=True)
class RowRecord(JSONRecord):
    """One run of a row model, or one set of runs repeated over seeds, as facts to compare and to cite.

    Construction checks every field and copies it into plain Python values; NaN stays NaN in metrics and is
    null in JSON. A metric is a number in the unit of its name (see `RowEvaluation`), or of repeated runs
    `{"mean", "sd", "ci95", "values"}`.

    Attributes:
        dataset: The name of the rows.
        data_fingerprint: `Rows.fingerprint` of all of them.
        split_protocol: How rows were split, in words or as a name, such as "80/10/10 at random".
        split_seeds: The seed of each run's split, in the order of repeated values; empty for a fixed split.
        split_fingerprints: `RowSplit.fingerprint` of each run's split.
        model: The model's name.
        preset: The preset that the settings started from, or None.
        settings: Every setting of the model by its constructor name, seeds included.
        metrics: The model's metrics for each part, as in `metrics["test"]["log_likelihood"]`.
        standard_errors: Of those metrics that are means over rows, in the same places; of one run only, as
            repeated runs have their own spread.
        baselines: The baselines' metrics for each part, as in `baselines["test"]["pca"]["mse"]`.
        baseline_standard_errors: Of those that are means over rows, in the same places.
        notes: What was noticed about the rows and the results, a sentence each.
        counts: Whole numbers such as `n_rows`, `n_features`, `n_train`, `n_parameters`, `active_units`.
        timings: Seconds by phase, such as `fit`.
        n_threads: Threads of the numerical libraries; one more changes the last bits of results.
        library_versions: As `library_versions()` gives them.
        created_at: When, in UTC, ISO 8601.
        schema_version: `ROW_SCHEMA_VERSION`.

    Raises:
        ValueError: Fields hold the wrong thing; the message has a sentence for each.
    """

    field_checks: ClassVar[Mapping[str, FieldCheck]] = ROW_RECORD_FIELDS
    newest_version: ClassVar[int] = ROW_SCHEMA_VERSION
    added_fields: ClassVar[Mapping[int, tuple[str, ...]]] = MappingProxyType({})
    may_be_nan: ClassVar[tuple[str, ...]] = ROW_FIELDS_THAT_MAY_BE_NAN

    dataset: str
    data_fingerprint: str
    split_protocol: str
    split_seeds: list[int]
    split_fingerprints: list[str]
    model: str
    settings: dict[str, Any]
    metrics: dict[str, dict[str, Any]]
    preset: str | None = None
    standard_errors: dict[str, dict[str, Any]] = field(default_factory=dict)
    baselines: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    baseline_standard_errors: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    n_threads: int | None = None
    library_versions: dict[str, str] = field(default_factory=library_versions)
    created_at: str = field(default_factory=utc_now)
    schema_version: int = ROW_SCHEMA_VERSION
