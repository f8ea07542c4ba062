"""`JSONRecord`: a frozen set of facts that is checked whole, and that is one JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

from varigraph.durable import write_text
from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.documents import json_ready, nan_for_null
from varigraph.evaluation.field_checks import FieldCheck
from varigraph.untrusted import parse_json

__all__ = ["JSONRecord"]


@dataclass(frozen=True, eq=False, kw_only=True)
class JSONRecord:
    """Base of the records: checks, comparison, and the way to JSON and back; fields are the subclass's.

    Construction checks every field and copies it into plain Python values. A subclass is a dataclass of the
    same settings, has a field `schema_version`, and states the following.

    Attributes:
        field_checks: For each field a check of its JSON value, and what the value must be, in words.
        newest_version: The schema of records that this version writes.
        added_fields: Fields by the schema that brought them; records of an older one have their defaults.
        may_be_nan: Fields whose leaves are numbers, so that null stands for NaN.

    Raises:
        ValueError: Fields hold the wrong thing; the message has a sentence for each.
    """

    field_checks: ClassVar[Mapping[str, FieldCheck]]
    newest_version: ClassVar[int]
    added_fields: ClassVar[Mapping[int, tuple[str, ...]]]
    may_be_nan: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        problems = []
        for name, (is_right, what) in self.field_checks.items():
            try:
                value = json_ready(getattr(self, name), where=name)
            except ValueError as error:
                problems.append(str(error))
                continue
            if not is_right(value):
                problems.append(f"{name} must be {what}, got {_shortened(value)}.")
            object.__setattr__(self, name, nan_for_null(value) if name in self.may_be_nan else value)
        if problems:
            raise ValueError("This is no run record: " + " ".join(problems))

    def __eq__(self, other: object) -> bool:
        # By document, so that a NaN in a record equals itself when it is read again.
        return type(other) is type(self) and self.to_json() == other.to_json()

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
        if not isinstance(version, int) or not 1 <= version <= cls.newest_version:
            readable = "1" if cls.newest_version == 1 else f"1 to {cls.newest_version}"
            raise RunFolderError(
                f"The record has schema version {_shortened(version)}; this version of varigraph reads "
                f"{readable}. Read it with the version that wrote it."
            )
        known = {one.name for one in fields(cls)}
        later = {name for since, names in cls.added_fields.items() if since > version for name in names}
        problems = [f"{name} is missing." for name in sorted(known - later - document.keys())]
        problems += [f"{name!r} is no field of a record." for name in sorted(document.keys() - known)]
        if problems:
            raise FileContentError("This is no run record: " + " ".join(problems))
        try:
            return cls(**{**document, "schema_version": cls.newest_version})
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
