"""`TomlTable`: a table of a TOML file; its keys are taken one by one and complained about by full name."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

__all__ = ["TomlTable"]


class TomlTable:
    """Keys and values of one table, until they are taken.

    Args:
        values: As `tomllib` gives them; not changed.
        name: Full name of the table, such as "axes.method.gae"; empty for the whole file.

    Example:
        >>> table = TomlTable({"seeds": [0, 1]}, "quick")
        >>> table.numbers("seeds")
        (0, 1)
        >>> table.end()
    """

    def __init__(self, values: Mapping[str, Any], name: str = "") -> None:
        self._left = dict(values)
        self.name = name

    def full(self, key: str) -> str:
        """The full name of a key."""
        return f"{self.name}.{key}" if self.name else key

    def has(self, key: str) -> bool:
        """Whether a key is there and not yet taken."""
        return key in self._left

    def holds_text(self, key: str) -> bool:
        """Whether the value of a key that is not yet taken is text."""
        return isinstance(self._left.get(key), str)

    def refuse(self, key: str, what: str) -> NoReturn:
        """Complains about a key.

        Raises:
            ValueError: Always.
        """
        raise ValueError(f"{self.full(key)} {what}.")

    def text(self, key: str, default: str | None = None) -> str:
        """Text that is not empty; the default if the key is missing and there is one."""
        value = self._take(key, default)
        if value is not default and not (isinstance(value, str) and value.strip()):
            self.refuse(key, f"must be text, got {value!r}")
        return str(value).strip()

    def number(self, key: str, *, least: float | None = None) -> float:
        """A finite number."""
        value = self._take(key, None)
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not is_number or (least is not None and value < least):
            bound = "" if least is None else f" of {least:g} or more"
            self.refuse(key, f"must be a number{bound}, got {value!r}")
        return float(value)

    def whole(self, key: str) -> int:
        """A whole number of 0 or more."""
        value = self._take(key, None)
        if not _is_count(value):
            self.refuse(key, f"must be a whole number of 0 or more, got {value!r}")
        return int(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """Different whole numbers of 0 or more, at least one."""
        values = self._take(key, None)
        if not isinstance(values, list) or not values or not all(map(_is_count, values)):
            self.refuse(key, f"must be a list of whole numbers of 0 or more, got {values!r}")
        if len(set(values)) < len(values):
            self.refuse(key, "names a number twice")
        return tuple(values)

    def texts(self, key: str) -> tuple[str, ...]:
        """Different texts, at least one."""
        values = self._take(key, None)
        if not isinstance(values, list) or not values or not all(isinstance(one, str) for one in values):
            self.refuse(key, f"must be a list of names, got {values!r}")
        if len(set(values)) < len(values):
            self.refuse(key, "names something twice")
        return tuple(values)

    def table(self, key: str, *, optional: bool = False) -> TomlTable:
        """A table; an empty one if it is missing and optional."""
        value = self._take(key, {} if optional else None)
        if not isinstance(value, Mapping):
            self.refuse(key, f"must be a table, got {value!r}")
        return TomlTable(value, self.full(key))

    def tables(self, key: str) -> Iterator[TomlTable]:
        """An array of tables, named by their position from 1; none if the key is missing."""
        values = self._take(key, [])
        if not isinstance(values, list) or not all(isinstance(one, Mapping) for one in values):
            self.refuse(key, f"must be tables, each under [[{self.full(key)}]], got {values!r}")
        for number, one in enumerate(values, start=1):
            yield TomlTable(one, f"{self.full(key)}[{number}]")

    def names(self) -> list[str]:
        """The keys that are not yet taken, in the order of the file."""
        return list(self._left)

    def settings(self) -> dict[str, Any]:
        """Everything that is not yet taken, as settings for a task: what a JSON document can hold."""
        left, self._left = self._left, {}
        for key, value in left.items():
            try:
                json.dumps(value, allow_nan=False)
            except (TypeError, ValueError):
                self.refuse(key, f"must be something that JSON can hold, got {value!r}")
        return left

    def end(self) -> None:
        """Refuses keys that nobody has taken.

        Raises:
            ValueError: There is one.
        """
        if self._left:
            self.refuse(next(iter(self._left)), "is no key of a recipe; is it misspelt")

    def _take(self, key: str, default: Any) -> Any:
        if key not in self._left and default is None:
            self.refuse(key, "is missing")
        return self._left.pop(key, default)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
