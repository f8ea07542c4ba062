"""`Trial`: one cell of a recipe's table with one seed, computed on its own and kept in a file of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Trial", "trial_key"]


@dataclass(frozen=True)
class Trial:
    """What is to be computed for one cell and one seed.

    Attributes:
        key: Names its files; unique in the recipe.
        coordinates: For each axis the name of one of its values.
        seed: Decides everything that is drawn.
        settings: Handed to the task.
        weight: Its cost relative to the other trials.
        task: Who computes it; a name in `TASKS`.
        metrics: Those that the outcome must have.
    """

    key: str
    coordinates: dict[str, str]
    seed: int
    settings: dict[str, Any]
    weight: float = 1.0
    task: str = ""
    metrics: tuple[str, ...] = ()


def trial_key(names: Iterable[str], seed: int) -> str:
    """The key of a trial: names of axis values and the seed, in letters that a file's name may have.

    Example:
        >>> trial_key(["vgae*", "cora"], 3)
        'vgae%2a.cora.seed3'
    """
    return ".".join([*map(_file_name, names), f"seed{seed}"])


def _file_name(name: str) -> str:
    return "".join(
        one if one.isascii() and (one.isalnum() or one in "-_") else f"%{ord(one):02x}" for one in name
    )
