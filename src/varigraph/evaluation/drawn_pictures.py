"""Which pictures in a folder were drawn by us, so that they may be replaced, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath

from varigraph.durable import write_json
from varigraph.errors import FileContentError, RunFolderError
from varigraph.untrusted import read_json

__all__ = ["note_drawn", "remove_drawn"]

_LIST = "pictures.json"
_SCHEMA_VERSION = 1


def note_drawn(folder: Path, names: Iterable[str]) -> None:
    """Writes down the names of the pictures that were drawn into a folder."""
    write_json(folder / _LIST, {"schema_version": _SCHEMA_VERSION, "pictures": list(names)})


def remove_drawn(folder: Path) -> None:
    """Removes the pictures that `note_drawn` names, and what it wrote.

    A list that is damaged, or that names something that is no picture beside it, removes nothing of that.
    """
    if not (folder / _LIST).exists():
        return
    try:
        document = read_json(folder, _LIST)
    except (FileContentError, RunFolderError):
        document = None
    names = document.get("pictures") if isinstance(document, dict) else None
    for name in names if isinstance(names, list) else ():
        if isinstance(name, str) and PurePath(name).name == name and name.endswith(".png"):
            (folder / name).unlink(missing_ok=True)
    (folder / _LIST).unlink(missing_ok=True)
