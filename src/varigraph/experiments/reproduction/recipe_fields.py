"""From the document of a recipe's TOML file to the fields of a `Recipe`, with every name in it checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, get_args

from varigraph.evaluation.verdicts import PublishedAs, PublishedKind
from varigraph.experiments.reproduction.recipe_parts import (
    AxisValue,
    Claim,
    Metric,
    Published,
    Quick,
    Remark,
)
from varigraph.experiments.reproduction.toml_table import TomlTable

__all__ = ["REPORTS", "recipe_fields"]

REPORTS = ("table", "curves", "manifolds", "samples", "latent_space")
"""Ways to show a reproduction."""

_SIDES = ("higher", "lower")

_Names = Mapping[str, Collection[str]]  # for each axis the names of its values


def recipe_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `Recipe` but for its name.

    Raises:
        ValueError: A key is missing, unknown or wrong; the message begins with its full name.
    """
    whole = TomlTable(document)
    fields: dict[str, Any] = {key: whole.text(key) for key in ("title", "source", "about", "task")}
    fields["report"] = _known(whole, "report", whole.texts("report"), REPORTS)
    fields["minutes"] = whole.number("minutes", least=0) if whole.has("minutes") else None
    fields["seeds"] = whole.numbers("seeds")
    fields["metrics"] = _metrics(whole.table("metrics"))
    axes = fields["axes"] = _axes(whole.table("axes"))
    fields["common"] = whole.table("common", optional=True).settings()
    metrics: Mapping[str, Metric] = fields["metrics"]
    fields["published"] = tuple(_published(one, axes, metrics) for one in whole.tables("published"))
    fields["published_as"] = _published_as(whole, needed=bool(fields["published"]))
    fields["remarks"] = tuple(_remark(one, axes, metrics) for one in whole.tables("remarks"))
    fields["claims"] = tuple(_claim(one, axes, metrics) for one in whole.tables("claims"))
    fields["quick_changes"] = _quick(whole.table("quick", optional=True), axes)
    whole.end()
    return fields


def _metrics(table: TomlTable) -> dict[str, Metric]:
    metrics = {}
    for name in table.names():
        one = table.table(name)
        metrics[name] = Metric(
            title=one.text("title"),
            unit=one.text("unit", ""),
            tolerance=one.number("tolerance", least=0) if one.has("tolerance") else None,
            decimals=one.whole("decimals") if one.has("decimals") else None,
        )
        one.end()
    if not metrics:
        raise ValueError("metrics names none, so there would be nothing to show.")
    return metrics


def _axes(table: TomlTable) -> dict[str, dict[str, AxisValue]]:
    axes = {axis: _axis(table.table(axis)) for axis in table.names()}
    if not axes:
        raise ValueError("axes names none, so there would be nothing to compute.")
    return axes


def _axis(table: TomlTable) -> dict[str, AxisValue]:
    values = {}
    for name in table.names():
        one = table.table(name)
        title = one.text("title")
        weight = one.number("weight", least=0) if one.has("weight") else 1.0
        values[name] = AxisValue(title, one.settings(), weight)
    if not values:
        raise ValueError(f"{table.name} has no values.")
    return values


def _published_as(whole: TomlTable, *, needed: bool) -> PublishedAs | None:
    if not (needed or whole.has("published_as")):
        return None
    table = whole.table("published_as")
    kind = table.text("of")
    _known(table, "of", (kind,), get_args(PublishedKind))
    published_as = PublishedAs(kind, table.whole("decimals"))  # type: ignore[arg-type]  # checked above
    table.end()
    return published_as


def _published(table: TomlTable, axes: _Names, metrics: Mapping[str, Metric]) -> Published:
    coordinates = _coordinates(table, axes)
    spread = table.table("sd", optional=True)
    sd = {name: spread.number(name, least=0) for name in spread.names() if name in metrics}
    spread.end()
    values = {name: table.number(name) for name in table.names() if name in metrics}
    table.end()
    for name in values:
        if metrics[name].tolerance is None:
            raise ValueError(f"metrics.{name}.tolerance is missing; {table.name} publishes a number for it.")
    return Published(coordinates, values, sd)


def _remark(table: TomlTable, axes: _Names, metrics: Collection[str]) -> Remark:
    metric = _metric(table, metrics) if table.has("metric") else None
    when = _known(table, "when", (table.text("when"),), _SIDES)[0] if table.has("when") else None
    remark = Remark(_coordinates(table, axes), table.text("text"), metric, when)  # type: ignore[arg-type]
    table.end()
    return remark


def _claim(table: TomlTable, axes: _Names, metrics: Collection[str]) -> Claim:
    sides = []
    for side in ("higher", "lower"):
        of_side = table.table(side)
        sides.append(_coordinates(of_side, axes))
        of_side.end()
    if sides[0].keys() != sides[1].keys() or sides[0] == sides[1]:
        table.refuse("lower", "must name other values of the same axes as higher does")
    higher, lower = sides
    claim = Claim(table.text("text"), _metric(table, metrics), higher, lower, _margin(table))
    table.end()
    return claim


def _margin(table: TomlTable) -> float | Literal["sd"] | None:
    key = "by_no_more_than"
    if not table.has(key):
        return None
    if not table.holds_text(key):
        return table.number(key, least=0)
    if table.text(key) != "sd":
        table.refuse(key, 'must be a number of 0 or more, or "sd"')
    return "sd"


def _quick(table: TomlTable, axes: _Names) -> Quick:
    seeds = table.numbers("seeds") if table.has("seeds") else ()
    kept = table.table("axes", optional=True)
    values = {axis: _known(kept, axis, kept.texts(axis), axes[axis]) for axis in kept.names() if axis in axes}
    kept.end()
    minutes = table.number("minutes", least=0) if table.has("minutes") else None
    quick = Quick(seeds, values, table.table("common", optional=True).settings(), minutes)
    table.end()
    return quick


def _coordinates(table: TomlTable, axes: _Names) -> dict[str, str]:
    coordinates = {axis: table.text(axis) for axis in axes if table.has(axis)}
    for axis, value in coordinates.items():
        _known(table, axis, (value,), axes[axis])
    return coordinates


def _metric(table: TomlTable, metrics: Collection[str]) -> str:
    return _known(table, "metric", (table.text("metric"),), metrics)[0]


def _known(table: TomlTable, key: str, names: tuple[str, ...], there_are: Collection[str]) -> tuple[str, ...]:
    """The names, if all of them are known."""
    for name in names:
        if name not in there_are:
            table.refuse(key, f"is {name!r}; there are {', '.join(there_are)}")
    return names
