"""Training progress: a live line on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from varigraph.cli.console import err
from varigraph.training import EpochReport, TrainingState

__all__ = ["TrainingProgress"]

_LINES_WITHOUT_A_TERMINAL = 5


class TrainingProgress:
    """A callback with epoch, loss terms and validation AUC; a context manager around the fit."""

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        self.label = label
        self.quiet = quiet
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[numbers]}"),
            console=err,
            transient=True,
            disable=quiet or not err.is_terminal,
        )
        self._task = self._bar.add_task(label, total=None, numbers="")

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """Shows the epoch."""
        numbers = describe(report)
        self._bar.update(self._task, completed=report.epoch, total=report.max_epochs, numbers=numbers)
        every = max(1, report.max_epochs // _LINES_WITHOUT_A_TERMINAL)
        if not self.quiet and not err.is_terminal and report.epoch % every == 0:
            err.print(f"{self.label}: epoch {report.epoch}/{report.max_epochs}  {numbers}")

    def on_end(self, state: TrainingState) -> None:
        """Nothing: leaving the context takes the line away."""

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
    """The epoch's numbers in one line; a term that is zero by definition (the KL of a GAE) is left out."""
    terms = {name: value for name, value in report.terms.items() if name != "elbo" and value != 0}
    shown = [f"{name} {value:.4g}" for name, value in terms.items()]
    if "auc" in report.validation:
        shown.append(f"val AUC {100 * report.validation['auc']:.2f}")
    return "  ".join(shown)
