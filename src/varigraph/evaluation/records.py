"""`RunRecord`: what was run on a graph, and what came out, as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from varigraph.evaluation.field_checks import FieldCheck
from varigraph.evaluation.json_record import JSONRecord
from varigraph.evaluation.record_fields import (
    ADDED_FIELDS,
    MAY_BE_NAN,
    RECORD_FIELDS,
    SCHEMA_VERSION,
)
from varigraph.evaluation.run_facts import library_versions, utc_now

__all__ = ["SCHEMA_VERSION", "RunRecord", "library_versions"]


@dataclass(frozen=True, eq=False, kw_only=True)
class RunRecord(JSONRecord):
    """One run, or one set of runs repeated over seeds, as facts to compare and to cite.

    Construction checks every field and copies it into plain Python values; NaN stays NaN in metrics (Hits@K
    beyond the pool) and is null in JSON. A metric is a fraction, or of repeated runs
    `{"mean", "sd", "ci95", "values"}`.

    Attributes:
        dataset: The graph's name.
        graph_fingerprint: `Graph.fingerprint` of the whole graph.
        split_protocol: How edges were split, in words or as a name, such as "85/5/10 at random".
        split_seeds: The seed of each run's split, in the order of repeated values; empty for a fixed split.
        split_fingerprints: `EdgeSplit.fingerprint` of each run's split.
        model: The model's name.
        preset: The preset that the settings started from, or None.
        settings: Every setting of the model by its constructor name, seeds included.
        negatives: "shared" or "own": what positives were ranked among.
        ties: The tie rule of ranks.
        metrics: The model's metrics for each part, as in `metrics["test"]["auc"]`.
        heuristics: The heuristics' metrics for each part, as in `heuristics["test"]["katz"]["auc"]`.
        calibration: For each part how right probabilities are, as in `calibration["test"]["mean_ratio"]`; see
            `varigraph.evaluation.reliability`.
        top_links: For each part and predictor, the precision of the best links of all.
        refit: What the model was trained on after its evaluation, in words; None if it was not.
        notes: What was noticed about the graph, a sentence each.
        counts: Whole numbers such as `n_nodes`, `n_edges`, `n_epochs`, `n_parameters`.
        timings: Seconds by phase, such as `fit`.
        n_threads: Threads of the numerical libraries; one more changes the last bits of results.
        library_versions: As `library_versions()` gives them.
        created_at: When, in UTC, ISO 8601.
        schema_version: `SCHEMA_VERSION`.

    Raises:
        ValueError: Fields hold the wrong thing; the message has a sentence for each.
    """

    field_checks: ClassVar[Mapping[str, FieldCheck]] = RECORD_FIELDS
    newest_version: ClassVar[int] = SCHEMA_VERSION
    added_fields: ClassVar[Mapping[int, tuple[str, ...]]] = ADDED_FIELDS
    may_be_nan: ClassVar[tuple[str, ...]] = MAY_BE_NAN

    dataset: str
    graph_fingerprint: str
    split_protocol: str
    split_seeds: list[int]
    split_fingerprints: list[str]
    model: str
    settings: dict[str, Any]
    metrics: dict[str, dict[str, Any]]
    preset: str | None = None
    negatives: str = "shared"
    ties: str = "average"
    heuristics: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    calibration: dict[str, dict[str, Any]] = field(default_factory=dict)
    top_links: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    refit: str | None = None
    notes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    n_threads: int | None = None
    library_versions: dict[str, str] = field(default_factory=library_versions)
    created_at: str = field(default_factory=utc_now)
    schema_version: int = SCHEMA_VERSION
