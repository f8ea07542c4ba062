"""`RunRecord`: what was run, on what, and what came out, as one JSON document."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Self

from varigraph.durable import write_text
from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.documents import json_ready, nan_for_null
from varigraph.evaluation.record_fields import ADDED_FIELDS, MAY_BE_NAN, RECORD_FIELDS, SCHEMA_VERSION
from varigraph.untrusted import parse_json

__all__ = ["SCHEMA_VERSION", "RunRecord", "library_versions"]

_RECORDED_LIBRARIES = ("varigraph", "torch", "numpy", "scipy", "scikit-learn", "torch_geometric")


def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that results depend on; nothing is imported for it."""
    versions = {"python": platform.python_version()}
    for name in _RECORDED_LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, eq=False, kw_only=True)
class RunRecord:
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
    created_at: str = field(default_factory=_now)
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        problems = []
        for name, (is_right, what) in RECORD_FIELDS.items():
            try:
                value = json_ready(getattr(self, name), where=name)
            except ValueError as error:
                problems.append(str(error))
                continue
            if not is_right(value):
                problems.append(f"{name} must be {what}, got {_shortened(value)}.")
            object.__setattr__(self, name, nan_for_null(value) if name in MAY_BE_NAN else value)
        if problems:
            raise ValueError("This is no run record: " + " ".join(problems))

    def __eq__(self, other: object) -> bool:
        # By document, so that a NaN in a record equals itself when it is read again.
        return isinstance(other, RunRecord) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def to_dict(self) -> dict[str, Any]:
        """The record as a JSON document, schema version first."""
        names = ["schema_version", *(one.name for one in fields(self) if one.name != "schema_version")]
        return {name: json_ready(getattr(self, name)) for name in names}

    def to_json(self) -> str:
        """The record as JSON text, ending in a newline."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """The record of a JSON document.

        Raises:
            RunFolderError: The document has another schema version.
            FileContentError: Fields are missing, unknown or wrong; the message has a sentence for each.
        """
        if not isinstance(document, Mapping) or "schema_version" not in document:
            raise FileContentError("This is no run record: it states no schema_version.")
        version = document["schema_version"]
        if not isinstance(version, int) or not 1 <= version <= SCHEMA_VERSION:
            raise RunFolderError(
                f"The record has schema version {_shortened(version)}; this version of varigraph reads 1 to "
                f"{SCHEMA_VERSION}. Read it with the version that wrote it."
            )
        known = {one.name for one in fields(cls)}
        later = {name for since, names in ADDED_FIELDS.items() if since > version for name in names}
        problems = [f"{name} is missing." for name in sorted(known - later - document.keys())]
        problems += [f"{name!r} is no field of a record." for name in sorted(document.keys() - known)]
        if problems:
            raise FileContentError("This is no run record: " + " ".join(problems))
        try:
            return cls(**{**document, "schema_version": SCHEMA_VERSION})
        except ValueError as error:
            raise FileContentError(str(error)) from error

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The record of JSON text; raises as `from_dict` does."""
        try:
            document = parse_json(text)
        except (RecursionError, ValueError) as error:
            raise FileContentError(f"This is no run record, because it is no JSON: {error}") from error
        return cls.from_dict(document)

    def write(self, path: str | Path) -> None:
        """Writes the record atomically."""
        write_text(path, self.to_json())

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Reads what `write` wrote.

        Raises:
            FileContentError: There is no such file, or it holds no record; the message names it.
            RunFolderError: The record has another schema version; the message names the file.
        """
        try:
            return cls.from_json(Path(path).read_text(encoding="utf-8"))
        except (FileContentError, RunFolderError) as error:
            raise type(error)(f"{path}: {error}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise FileContentError(f"{path} cannot be read: {error}") from error


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
