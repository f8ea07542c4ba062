"""Progress of a reproduction: a live line on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import Progress, TextColumn, TimeElapsedColumn

from varigraph.cli.console import err, say

if TYPE_CHECKING:
    from varigraph.experiments.reproduction.course import Course

__all__ = ["TrialProgress", "describe_course"]

_LINES_WITHOUT_A_TERMINAL = 20


class TrialProgress:
    """Watches a reproduction: trials and cells done, and the time left; a context manager around it."""

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        self.label = label
        self.quiet = quiet
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=err,
            transient=True,
            disable=quiet or not err.is_terminal,
        )
        self._task = self._bar.add_task(label, total=None)
        self._written = -1
        self.has_begun = False

    def __call__(self, course: Course) -> None:
        """Shows how far it has come."""
        self.has_begun = True
        told = f"{self.label}: {describe_course(course)}"
        self._bar.update(self._task, description=told)
        # By weight, for the dearest trials come first: counted, they would be silent for long.
        step = int(course.share * _LINES_WITHOUT_A_TERMINAL)
        if not (self.quiet or err.is_terminal) and step != self._written:
            say(told)
            self._written = step

    def news(self, sentence: str) -> None:
        """Says what has happened, above the live line."""
        if not self.quiet:
            say(f"{self.label}: {sentence}")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()


def describe_course(course: Course) -> str:
    """How far it has come, in one line, as in "trials 37/180 · cells 4/18 · about 12 min left"."""
    parts = [
        f"trials {course.n_trials_done}/{course.n_trials}",
        f"cells {course.n_cells_done}/{course.n_cells}",
    ]
    if course.n_failed:
        parts.append(f"{course.n_failed} failed")
    if course.n_trials_done + course.n_failed < course.n_trials:
        parts.append(_left(course.seconds_left))
    return " · ".join(parts)


def _left(seconds: float | None) -> str:
    if seconds is None:
        return "time left unknown"
    if seconds < 90:
        return f"about {max(1, round(seconds))} s left"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min left"
    return f"about {seconds / 3600:.1f} h left"
