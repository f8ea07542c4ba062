"""Training progress: a live line on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn

from varigraph.cli.console import err, say
from varigraph.training import EpochReport, TrainingState

__all__ = ["TrainingProgress"]

_LINES_WITHOUT_A_TERMINAL = 5
_ROOM_FOR_A_BAR = 120  # columns; the words alone take 80 to 100


class TrainingProgress:
    """A callback with epoch, loss terms and validation AUC; a context manager around the fit."""

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        self.label = label
        self.quiet = quiet
        bar = [BarColumn(bar_width=20)] if err.width >= _ROOM_FOR_A_BAR else []
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            *bar,
            TextColumn("{task.fields[numbers]}", markup=False),
            console=err,
            transient=True,
            disable=quiet or not err.is_terminal,
        )
        self._task = self._bar.add_task(label, total=None, numbers="")
        self._last: EpochReport | None = None
        self._is_written = True

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """Shows the epoch."""
        self._bar.update(
            self._task, completed=report.epoch, total=report.max_epochs, numbers=describe(report)
        )
        every = max(1, report.max_epochs // _LINES_WITHOUT_A_TERMINAL)
        self._last, self._is_written = report, False
        if report.epoch % every == 0:
            self._write()

    def on_end(self, state: TrainingState) -> None:
        """Writes the last epoch, unless a terminal showed it."""
        self._write()

    def _write(self) -> None:
        if not (self._is_written or self._last is None or self.quiet or err.is_terminal):
            say(f"{self.label}: {describe(self._last)}")
            self._is_written = True

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


def describe(report: EpochReport) -> str:
    """The epoch and its numbers in one line; a term that is zero by definition (a GAE's KL) is left out."""
    terms = {name: value for name, value in report.terms.items() if name != "elbo" and value != 0}
    shown = [f"epoch {report.epoch}/{report.max_epochs}", *(f"{k} {v:.4g}" for k, v in terms.items())]
    if "auc" in report.validation:
        shown.append(f"val AUC {100 * report.validation['auc']:.2f}")
    return "  ".join(shown)
