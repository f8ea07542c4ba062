"""Names of runs in tables: no more of each path than tells it from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

__all__ = ["short_names"]


def short_names(paths: Sequence[Path]) -> list[str]:
    """The shortest ends of paths that are all different.

    The ending .json is left out, and so is the file's name where it is that of a run folder's record.

    Args:
        paths: Of run folders and record files.

    Example:
        >>> short_names([Path("runs/cora-gae"), Path("old/cora-gae"), Path("runs/cora-vgae/record.json")])
        ['runs/cora-gae', 'old/cora-gae', 'cora-vgae']
    """
    told = [_told_parts(path) for path in paths]
    lengths = [1] * len(told)
    while True:
        names = ["/".join(parts[-length:]) for parts, length in zip(told, lengths, strict=True)]
        counts = Counter(names)
        grown = [
            min(length + (counts[name] > 1), len(parts))
            for name, length, parts in zip(names, lengths, told, strict=True)
        ]
        if grown == lengths:
            break
        lengths = grown
    # Such as a folder and a file whose names differ in the ending alone.
    return [str(path) if counts[name] > 1 else name for name, path in zip(names, paths, strict=True)]


def _told_parts(path: Path) -> tuple[str, ...]:
    parts = path.absolute().parts
    if path.name == "record.json" and len(parts) > 2:
        return parts[1:-1]
    return (*parts[1:-1], parts[-1].removesuffix(".json"))
