"""From trials to the record: summaries a cell, verdicts on published numbers, claims; a pure function."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from varigraph.evaluation.repeats import summarise
from varigraph.evaluation.reproduction_record import (
    CellRecord,
    ClaimRecord,
    ComparedCell,
    MetricRecord,
    ReproductionRecord,
)
from varigraph.evaluation.verdicts import (
    difference_interval,
    joint_verdict,
    reaches_published,
    shown_scale,
    verdict_of_claim,
    verdict_of_number,
)
from varigraph.experiments.reproduction.recipe import Recipe
from varigraph.experiments.reproduction.recipe_parts import Claim, Coordinates, Metric, matches
from varigraph.experiments.reproduction.trial_record import TrialRecord
from varigraph.experiments.reproduction.trials import trial_key

__all__ = ["summarise_reproduction"]

_USUAL_DECIMALS, _DECIMALS_WITHOUT_UNIT = 1, 3


def summarise_reproduction(recipe: Recipe, trials: Mapping[str, TrialRecord]) -> ReproductionRecord:
    """The record of a reproduction: a function of its recipe and its trials and of nothing else.

    Args:
        recipe: What was reproduced.
        trials: Every one of `recipe.trials()`, by key.

    Raises:
        ValueError: A metric of a trial is infinite.
    """
    cells = [_cell(recipe, coordinates, trials) for coordinates in recipe.cells()]
    claims = [_claim(recipe, claim, cells) for claim in recipe.claims]
    ran = [trials[key] for cell in cells for key in cell["trials"]]
    return ReproductionRecord(
        recipe=recipe.name,
        title=recipe.title,
        source=recipe.source,
        about=recipe.about,
        quick=recipe.is_quick,
        settings_changed=recipe.settings_changed,
        report=list(recipe.report),
        metrics={name: _metric(recipe, metric) for name, metric in recipe.metrics.items()},
        axes={
            axis: {name: one.title for name, one in values.items()} for axis, values in recipe.axes.items()
        },
        cells=cells,
        published_as=None if recipe.published_as is None else asdict(recipe.published_as),
        claims=[claim for claim in claims if claim["cells"]],
        **_facts(ran),
    )


def _metric(recipe: Recipe, metric: Metric) -> MetricRecord:
    decimals = metric.decimals
    if decimals is None and recipe.published_as is not None:
        decimals = recipe.published_as.decimals
    if decimals is None:
        decimals = _USUAL_DECIMALS if metric.unit else _DECIMALS_WITHOUT_UNIT
    return {
        "title": metric.title,
        "unit": metric.unit,
        "tolerance": metric.tolerance,
        "decimals": decimals,
    }


def _cell(recipe: Recipe, coordinates: dict[str, str], trials: Mapping[str, TrialRecord]) -> CellRecord:
    keys = [trial_key(coordinates.values(), seed) for seed in recipe.seeds]
    ran = [trials[key] for key in keys]
    facts = {name: [one.facts[name] for one in ran] for name in _shared(one.facts for one in ran)}
    cell: CellRecord = {
        "coordinates": coordinates,
        "seeds": list(recipe.seeds),
        "metrics": {name: summarise([one.metrics[name] for one in ran]) for name in recipe.metrics},
        "curves": {name: [one.curves[name] for one in ran] for name in _shared(one.curves for one in ran)},
        "facts": {name: values[0] for name, values in facts.items() if _are_equal(values)},
        "facts_by_seed": {name: values for name, values in facts.items() if not _are_equal(values)},
        "trials": keys,
        "published": {},
        "verdicts": {},
        "reaches": {},
        "remarks": [],
    }
    for entry in recipe.published:
        if matches(coordinates, entry.coordinates):
            for name, value in entry.values.items():
                _compare(recipe, cell, name, value, sd=entry.sd.get(name, 0.0))
    cell["remarks"] = _remarks(recipe, cell)
    return cell


def _are_equal(values: Sequence[Any]) -> bool:
    return all(value == values[0] for value in values)


def _compare(recipe: Recipe, cell: CellRecord, name: str, published: float, *, sd: float) -> None:
    """Sets a published number beside ours; a later entry of the recipe replaces an earlier one."""
    metric, published_as = recipe.metrics[name], recipe.published_as
    if published_as is None or metric.tolerance is None:  # what `read_recipe` lets through has both
        raise ValueError(f"{name} is published, but the recipe does not say as what, or with what tolerance.")
    scale = shown_scale(metric.unit)
    summary = cell["metrics"][name]
    cell["published"][name] = published
    if recipe.settings_changed:
        cell["verdicts"][name] = "cannot tell"
        return
    values = [scale * value for value in summary["values"]]
    interval = difference_interval(values, published, published_as, sd=sd)
    cell["verdicts"][name] = verdict_of_number(interval, metric.tolerance, published_as)
    cell["reaches"].pop(name, None)
    if published_as.of != "by eye" and not math.isnan(summary["ci95"][1]):
        cell["reaches"][name] = reaches_published(summary, published, metric.unit)


def _remarks(recipe: Recipe, cell: CellRecord) -> list[str]:
    """Those that have something to explain."""
    off = {name for name, verdict in cell["verdicts"].items() if verdict == "differs"}
    off |= {name for name, reaches in cell["reaches"].items() if not reaches}
    sides = {name: _side(recipe, cell, name) for name in off}
    return [
        remark.text
        for remark in recipe.remarks
        if matches(cell["coordinates"], remark.coordinates)
        and any(remark.metric in (None, name) and remark.when in (None, side) for name, side in sides.items())
    ]


def _side(recipe: Recipe, cell: CellRecord, name: str) -> str:
    """Where our mean lies beside the published number."""
    ours = shown_scale(recipe.metrics[name].unit) * cell["metrics"][name]["mean"]
    return "higher" if ours > cell["published"][name] else "lower"


def _claim(recipe: Recipe, claim: Claim, cells: Sequence[CellRecord]) -> ClaimRecord:
    compared = []
    for higher in cells:
        if not matches(higher["coordinates"], claim.higher):
            continue
        lower = _at(cells, {**higher["coordinates"], **claim.lower})
        if lower is not None:
            compared.append(_compared(recipe, claim, higher, lower))
    verdict = joint_verdict([one["verdict"] for one in compared])
    return {"text": claim.text, "metric": claim.metric, "verdict": verdict, "cells": compared}


def _compared(recipe: Recipe, claim: Claim, higher: CellRecord, lower: CellRecord) -> ComparedCell:
    ours, theirs = (cell["metrics"][claim.metric]["values"] for cell in (higher, lower))
    difference = summarise([one - other for one, other in zip(ours, theirs, strict=True)])
    others = {axis: name for axis, name in higher["coordinates"].items() if axis not in claim.higher}
    margin = _margin(recipe, claim, higher)
    verdict = verdict_of_claim(difference, by_no_more_than=margin)
    compared: ComparedCell = {
        "coordinates": others,
        "difference": difference,
        "verdict": "cannot tell" if recipe.settings_changed else verdict,
    }
    if claim.by_no_more_than is not None and math.isfinite(margin):
        compared["by_no_more_than"] = margin
    return compared


def _margin(recipe: Recipe, claim: Claim, higher: CellRecord) -> float:
    """By how much the side may be lower, in raw units."""
    if claim.by_no_more_than == "sd":
        return higher["metrics"][claim.metric]["sd"]
    return (claim.by_no_more_than or 0.0) / shown_scale(recipe.metrics[claim.metric].unit)


def _at(cells: Sequence[CellRecord], coordinates: Coordinates) -> CellRecord | None:
    """The cell of some coordinates; the quick version may have left it out."""
    return next((cell for cell in cells if cell["coordinates"] == coordinates), None)


def _shared(mappings: Iterable[Mapping[str, Any]]) -> list[str]:
    """The keys that all mappings have, in the order of the first."""
    first, *others = mappings
    return [name for name in first if all(name in other for other in others)]


def _facts(ran: Sequence[TrialRecord]) -> dict[str, Any]:
    wall, n_jobs = _busy([(one.started, one.started + one.seconds) for one in ran])
    libraries = list(dict.fromkeys(name for one in ran for name in one.library_versions))
    told = Counter(text for one in ran for text in one.warnings)
    return {
        "notes": [f"{text} (in {count:,} of {len(ran):,} trials)" for text, count in told.items()],
        "timings": {
            "wall": wall,
            "trials": math.fsum(one.seconds for one in ran),
            "cpu": math.fsum(one.cpu_seconds for one in ran),
        },
        "n_jobs": n_jobs,
        "n_threads": max(one.n_threads for one in ran),
        "library_versions": {
            name: ", ".join(
                sorted({one.library_versions[name] for one in ran if name in one.library_versions})
            )
            for name in libraries
        },
        "created_at": max(one.created_at for one in ran),
    }


def _busy(spans: Sequence[tuple[float, float]]) -> tuple[float, int]:
    """The time in which at least one span runs, and the most that run at once."""
    # At one instant ends come before starts, so that one after another is not at once.
    events = sorted([(end, -1) for _, end in spans] + [(start, 1) for start, _ in spans])
    total, running, most, since = 0.0, 0, 0, 0.0
    for time, change in events:
        if running == 0:
            since = time
        running += change
        most = max(most, running)
        if running == 0:
            total += time - since
    return total, most
