"""Facts that every record of a run holds: when it was, and which versions of libraries it ran on."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib import metadata

__all__ = ["library_versions", "utc_now"]

_RECORDED_LIBRARIES = ("varigraph", "torch", "numpy", "scipy", "scikit-learn", "torch_geometric")


def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that results depend on; nothing is imported for it."""
    versions = {"python": platform.python_version()}
    for name in _RECORDED_LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def utc_now() -> str:
    """The time in UTC as ISO 8601 has it, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
