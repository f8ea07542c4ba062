"""Parts by their registered names, or copies of those that the user made."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping
from typing import Any, TypeVar

__all__ = ["named_part"]

Part = TypeVar("Part")


def named_part(
    given: Any, family: Mapping[str, type[Part]], base: type[Part], *, what: str, **defaults: Any
) -> Part:
    """A part by its registered name, or a copy of the one given.

    Args:
        given: A name, or an instance of `base`.
        family: The registry.
        base: The family's base class.
        what: What the part is called in messages.
        **defaults: Constructor arguments for a part made by name; those it does not have are left out.

    Raises:
        ValueError: The name is not registered.
        TypeError: It is neither.
    """
    if isinstance(given, str):
        if given not in family:
            raise ValueError(f"There is no {what} {given!r}; there are {', '.join(family)}.")
        accepted = inspect.signature(family[given]).parameters
        return family[given](**{name: value for name, value in defaults.items() if name in accepted})
    if isinstance(given, base):
        return copy.deepcopy(given)
    raise TypeError(
        f"{what} must be one of {', '.join(family)} or an instance of {base.__name__}, got {given!r}."
    )
