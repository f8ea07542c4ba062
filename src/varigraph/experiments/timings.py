"""How long the phases of an experiment take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["timed"]


@contextmanager
def timed(timings: dict[str, float], phase: str) -> Iterator[None]:
    """Notes the seconds that a block took.

    Example:
        >>> timings = {}
        >>> with timed(timings, "fit"):
        ...     pass
        >>> timings["fit"] < 1
        True
    """
    started = time.perf_counter()
    yield
    timings[phase] = time.perf_counter() - started
