"""`ReproductionRecord`: our numbers beside the published ones of an experiment, as one JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, NotRequired, TypedDict, get_args

from varigraph.evaluation.documents import nan_for_null
from varigraph.evaluation.field_checks import (
    FieldCheck,
    by_name,
    is_number,
    is_summary,
    is_text,
    is_utc_time,
    is_whole,
    list_of,
)
from varigraph.evaluation.json_record import JSONRecord
from varigraph.evaluation.repeats import Summary
from varigraph.evaluation.verdicts import PublishedKind, Verdict

__all__ = ["CellRecord", "ClaimRecord", "ComparedCell", "MetricRecord", "ReproductionRecord"]

_SCHEMA_VERSION = 1


class MetricRecord(TypedDict):
    """A metric of the recipe.

    Attributes:
        title: What a reader calls it.
        unit: "percent" (values are fractions, shown times 100), "nats", … or "".
        tolerance: In shown units; None if nothing is published.
        decimals: With which it is shown.
    """

    title: str
    unit: str
    tolerance: float | None
    decimals: int


class CellRecord(TypedDict):
    """One cell of the table.

    Attributes:
        coordinates: For each axis the name of one of its values.
        seeds: One a trial.
        metrics: By name, in raw units.
        curves: By name, one list a seed.
        facts: Those that all its trials share.
        facts_by_seed: Those that differ, one a seed, such as the step size that each trial chose.
        trials: Their keys, in the order of the seeds; models are in `models/<key>`.
        published: By metric, in shown units.
        verdicts: Of each published number.
        reaches: Whether the upper end of the 95 % interval of our mean is at or above the published number;
            left out where there is no interval or nothing is compared.
        remarks: Why it differs or does not reach, where it does.
    """

    coordinates: dict[str, str]
    seeds: list[int]
    metrics: dict[str, Summary]
    curves: dict[str, list[list[float]]]
    facts: dict[str, Any]
    facts_by_seed: dict[str, list[Any]]
    trials: list[str]
    published: dict[str, float]
    verdicts: dict[str, Verdict]
    reaches: dict[str, bool]
    remarks: list[str]


class ComparedCell(TypedDict):
    """A claim in one cell.

    Attributes:
        coordinates: Of the axes that the claim does not name.
        difference: Higher − lower, one value a seed, in raw units.
        verdict: On the claim, here.
        by_no_more_than: The margin of a claim "not lower by more than", in raw units; other claims have none.
    """

    coordinates: dict[str, str]
    difference: Summary
    verdict: Verdict
    by_no_more_than: NotRequired[float]


class ClaimRecord(TypedDict):
    """A statement of the document that is no single number.

    Attributes:
        text: As a reader would say it.
        metric: The one that is compared.
        verdict: Over all cells.
        cells: One by one.
    """

    text: str
    metric: str
    verdict: Verdict
    cells: list[ComparedCell]


def _holds(checks: Mapping[str, Any], optional: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """The check of a mapping with exactly these keys, and perhaps some others."""
    every = {**checks, **optional}
    return lambda value: (
        isinstance(value, dict)
        and checks.keys() <= value.keys() <= every.keys()
        and all(every[name](one) for name, one in value.items())
    )


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_verdict(value: Any) -> bool:
    return value in get_args(Verdict)


def _is_count(value: Any) -> bool:
    return is_whole(value) and value >= 0


def _are_timings(value: Any) -> bool:
    return by_name(is_number)(value) and {"wall", "trials", "cpu"} <= value.keys()


_METRIC = _holds(
    {
        "title": is_text,
        "unit": lambda value: isinstance(value, str),
        "tolerance": is_number,
        "decimals": _is_count,
    }
)
_CELL = _holds(
    {
        "coordinates": by_name(is_text),
        "seeds": list_of(is_whole),
        "metrics": by_name(is_summary),
        "curves": by_name(list_of(list_of(is_number))),
        "facts": by_name(lambda value: True),
        "facts_by_seed": by_name(lambda value: isinstance(value, list)),
        "trials": list_of(is_text),
        "published": by_name(is_number),
        "verdicts": by_name(_is_verdict),
        "reaches": by_name(_is_bool),
        "remarks": list_of(is_text),
    }
)
_CLAIM = _holds(
    {
        "text": is_text,
        "metric": is_text,
        "verdict": _is_verdict,
        "cells": list_of(
            _holds(
                {"coordinates": by_name(is_text), "difference": is_summary, "verdict": _is_verdict},
                {"by_no_more_than": lambda value: is_number(value) and value is not None},
            )
        ),
    }
)
_PUBLISHED_AS = _holds({"of": lambda value: value in get_args(PublishedKind), "decimals": _is_count})

_FIELDS: Mapping[str, FieldCheck] = MappingProxyType(
    {
        "schema_version": (lambda value: value == _SCHEMA_VERSION, str(_SCHEMA_VERSION)),
        "recipe": (is_text, "a name"),
        "title": (is_text, "a title"),
        "source": (is_text, "a document"),
        "about": (is_text, "a description"),
        "quick": (_is_bool, "true or false"),
        "settings_changed": (_is_bool, "true or false"),
        "report": (list_of(is_text), "a list of names"),
        "metrics": (by_name(_METRIC), "by name {title, unit, tolerance, decimals}"),
        "axes": (by_name(by_name(is_text)), "for each axis, titles by name"),
        "cells": (list_of(_CELL), "a list of cells"),
        "published_as": (lambda value: value is None or _PUBLISHED_AS(value), "{of, decimals} or null"),
        "claims": (list_of(_CLAIM), "a list of claims"),
        "notes": (list_of(is_text), "a list of sentences"),
        "timings": (_are_timings, "seconds by name: wall, trials, cpu"),
        "n_jobs": (_is_count, "a whole number of 0 or more"),
        "n_threads": (_is_count, "a whole number of 0 or more"),
        "library_versions": (by_name(is_text), "versions by name"),
        "created_at": (is_utc_time, "a time in UTC such as 2026-01-31T12:00:00+00:00"),
    }
)


@dataclass(frozen=True, eq=False, kw_only=True)
class ReproductionRecord(JSONRecord):
    """An experiment of a document, reproduced.

    Construction checks every field and copies it into plain Python values; NaN stays NaN in summaries and
    curves and is null in JSON.

    Attributes:
        recipe: Its name.
        title: What is reproduced.
        source: The document.
        about: What was done, where it differs from the document and why.
        quick: Whether this is the quick version.
        settings_changed: Whether settings are others than the document's, so that nothing is compared.
        report: How it is shown.
        metrics: By name; those of the cells, in order.
        axes: For each axis titles by name; a cell is one value of each.
        cells: The last axis running fastest.
        published_as: {of, decimals} of the published numbers; None without any.
        claims: Statements that are no single number.
        notes: What trials warned of, and how many.
        timings: Seconds: `wall` in which trials ran, `trials` their sum, `cpu` their processor time.
        n_jobs: The most trials that ran at the same time.
        n_threads: The most threads that torch had in a trial.
        library_versions: Of all trials; where they differ, all versions.
        created_at: When the last trial ended, in UTC, ISO 8601.
        schema_version: 1.

    Raises:
        ValueError: Fields hold the wrong thing; the message has a sentence for each.
    """

    field_checks: ClassVar[Mapping[str, FieldCheck]] = _FIELDS
    newest_version: ClassVar[int] = _SCHEMA_VERSION
    added_fields: ClassVar[Mapping[int, tuple[str, ...]]] = MappingProxyType({})
    may_be_nan: ClassVar[tuple[str, ...]] = ("timings",)

    recipe: str
    title: str
    source: str
    about: str
    quick: bool
    settings_changed: bool
    report: list[str]
    metrics: dict[str, MetricRecord]
    axes: dict[str, dict[str, str]]
    cells: list[CellRecord]
    published_as: dict[str, Any] | None
    claims: list[ClaimRecord]
    timings: dict[str, float]
    n_jobs: int
    n_threads: int
    library_versions: dict[str, str]
    created_at: str
    notes: list[str] = field(default_factory=list)
    schema_version: int = _SCHEMA_VERSION

    def __post_init__(self) -> None:
        super().__post_init__()
        if problems := [*self._problems_of_cells(), *self._problems_of_claims()]:
            raise ValueError("This is no run record: " + " ".join(problems))
        # These are copies by now, and the only numbers in them that may be NaN.
        for cell in self.cells:
            cell["metrics"], cell["curves"] = nan_for_null(cell["metrics"]), nan_for_null(cell["curves"])
        for claim in self.claims:
            for compared in claim["cells"]:
                compared["difference"] = nan_for_null(compared["difference"])

    def _problems_of_cells(self) -> Iterator[str]:
        """What does not hang together, although each field is right by itself."""
        for number, cell in enumerate(self.cells):
            if cell["coordinates"].keys() != self.axes.keys() or not self._are_known(cell["coordinates"]):
                yield f"cells[{number}] is at no value of each axis."
            if cell["metrics"].keys() != self.metrics.keys():
                yield f"cells[{number}] has other metrics than {', '.join(self.metrics)}."
            if not cell["published"].keys() | cell["reaches"].keys() <= self.metrics.keys():
                yield f"cells[{number}] is compared by something that is no metric."
            if not cell["verdicts"].keys() <= cell["published"].keys():
                yield f"cells[{number}] has a verdict on what is not published."

    def _problems_of_claims(self) -> Iterator[str]:
        for number, claim in enumerate(self.claims):
            if claim["metric"] not in self.metrics:
                yield f"claims[{number}] is about no metric."
            if not all(self._are_known(cell["coordinates"]) for cell in claim["cells"]):
                yield f"claims[{number}] names no value of an axis."

    def _are_known(self, coordinates: Mapping[str, str]) -> bool:
        return all(value in self.axes.get(axis, ()) for axis, value in coordinates.items())
