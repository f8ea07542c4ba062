"""`Recipe`: an experiment of a paper as a file, with the paper's own numbers."""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from varigraph.errors import FileContentError
from varigraph.evaluation.verdicts import PublishedAs
from varigraph.experiments.reproduction.recipe_fields import recipe_fields
from varigraph.experiments.reproduction.recipe_parts import (
    AxisValue,
    Claim,
    Metric,
    Published,
    Quick,
    Remark,
)
from varigraph.experiments.reproduction.trials import Trial, trial_key

__all__ = ["RECIPES", "Recipe", "read_recipe", "recipe_names"]

RECIPES = Path(__file__).parents[1] / "recipes"
"""The folder of the recipes that come with varigraph."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """An experiment: what is computed, over which axes and seeds, and what the document says of it.

    Attributes:
        name: Stem of its file.
        file: The resolved path of its file; empty if it comes with varigraph.
        title: What is reproduced.
        source: The document, with its address.
        about: What is done, where it differs from the document and why.
        task: Who computes one trial; a name in `TASKS`.
        report: How it is shown: "table", "curves", "manifolds", "samples", "latent_space".
        seeds: One trial a cell and seed.
        metrics: What the table shows, in this order.
        axes: Values by axis; a cell is one value of each. The first axis makes the rows of a table.
        common: Settings of every trial; those of axis values win, later axes over earlier ones.
        published: Numbers of the document.
        published_as: What kind of numbers those are; None if there are none.
        remarks: Why a cell differs or is not reached.
        claims: Statements of the document that are no single number.
        minutes: How long it takes, roughly, on two cores; None if nobody has stated it.
        quick_changes: What `quick` changes.
        is_quick: Whether this is the quick version.
        settings_changed: Whether settings are others than the document's, so that no number can be compared.
    """

    name: str
    title: str
    source: str
    about: str
    task: str
    report: tuple[str, ...]
    seeds: tuple[int, ...]
    metrics: Mapping[str, Metric]
    axes: Mapping[str, Mapping[str, AxisValue]]
    common: Mapping[str, Any] = field(default_factory=dict)
    published: tuple[Published, ...] = ()
    published_as: PublishedAs | None = None
    remarks: tuple[Remark, ...] = ()
    claims: tuple[Claim, ...] = ()
    minutes: float | None = None
    quick_changes: Quick = field(default_factory=Quick)
    is_quick: bool = False
    settings_changed: bool = False
    file: str = ""

    def cells(self) -> list[dict[str, str]]:
        """The coordinates of every cell, the last axis running fastest."""
        return [dict(zip(self.axes, names, strict=True)) for names in itertools.product(*self.axes.values())]

    def trials(self) -> list[Trial]:
        """Every trial, the dearest first: those that run side by side then end at about the same time."""
        trials = [self._trial(cell, seed) for cell in self.cells() for seed in self.seeds]
        return sorted(trials, key=lambda trial: -trial.weight)

    def quick(self) -> Recipe:
        """The reduced version, marked as such; the whole experiment if the recipe states no changes."""
        changes = self.quick_changes
        if not (changes.seeds or changes.axes or changes.common):
            return self
        return replace(
            self,
            seeds=changes.seeds or self.seeds,
            axes={
                axis: {name: values[name] for name in changes.axes.get(axis, values)}
                for axis, values in self.axes.items()
            },
            minutes=changes.minutes,
            is_quick=True,
            settings_changed=bool(changes.common),
        )

    def _trial(self, cell: dict[str, str], seed: int) -> Trial:
        values = [self.axes[axis][name] for axis, name in cell.items()]
        settings = dict(self.common)
        for value in values:
            settings |= value.settings
        if self.is_quick:
            settings |= self.quick_changes.common
        weight = math.prod(value.weight for value in values)
        key = trial_key(cell.values(), seed)
        return Trial(key, cell, seed, settings, weight, self.task, tuple(self.metrics))


def recipe_names() -> list[str]:
    """The names of the recipes that come with varigraph, in order."""
    return sorted(path.stem for path in RECIPES.glob("*.toml"))


def read_recipe(name_or_path: str | Path) -> Recipe:
    """Reads a recipe.

    Args:
        name_or_path: A name of `recipe_names`, or the path of a TOML file.

    Raises:
        FileContentError: There is no such recipe, or its file is wrong; the message names file and key.
    """
    path = Path(name_or_path)
    is_own = path.suffix.casefold() == ".toml"
    if not is_own:
        path = RECIPES / f"{name_or_path}.toml"
        if str(name_or_path) not in recipe_names():
            raise FileContentError(
                f"There is no recipe {str(name_or_path)!r}; there are {', '.join(recipe_names())}. "
                "A recipe of your own is named by its file, which ends in .toml."
            )
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return Recipe(name=path.stem, file=str(path.resolve()) if is_own else "", **recipe_fields(document))
    except FileNotFoundError as error:
        raise FileContentError(f"There is no file {path}.") from error
    except (OSError, ValueError) as error:
        raise FileContentError(f"{path} is no recipe: {error}") from error
