"""Training progress: a live line on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column

from varigraph.cli.console import err, say
from varigraph.training import EpochReport, TrainingState

__all__ = ["TrainingProgress"]

_LINES_WITHOUT_A_TERMINAL = 5
_ROOM_FOR_A_BAR = 120  # columns; the words alone take up to 80


class TrainingProgress:
    """A callback with epoch, loss terms and validation AUC or loss; a context manager around the fit.

    A term that was not computed in an epoch is shown as it was last known.
    """

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        self.label = label
        self.quiet = quiet
        bar = [BarColumn(bar_width=20)] if err.width >= _ROOM_FOR_A_BAR else []
        words = Column(no_wrap=True, overflow="ellipsis")  # what does not fit is the end of the numbers
        self._bar = Progress(
            *bar,
            TextColumn("{task.description}{task.fields[numbers]}", markup=False, table_column=words),
            console=err,
            transient=True,
            disable=quiet or not err.is_terminal,
        )
        self._task = self._bar.add_task(label, total=None, numbers="")
        self._known: dict[str, float] = {}
        self._last: EpochReport | None = None
        self._is_written = True

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """Shows the epoch."""
        self._known |= report.terms
        report = replace(report, terms=dict(self._known))
        numbers = f" {report.epoch}/{report.max_epochs}  {describe(report)}"
        self._bar.update(self._task, completed=report.epoch, total=report.max_epochs, numbers=numbers)
        every = max(1, report.max_epochs // _LINES_WITHOUT_A_TERMINAL)
        self._last, self._is_written = report, False
        if report.epoch % every == 0:
            self._write()

    def on_end(self, state: TrainingState) -> None:
        """Writes the last epoch, unless a terminal showed it."""
        self._write()

    def _write(self) -> None:
        if not (self._is_written or self._last is None or self.quiet or err.is_terminal):
            say(f"{self.label}: epoch {self._last.epoch}/{self._last.max_epochs}  {describe(self._last)}")
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
    """The epoch's numbers in one line of at most 80 columns, label included, unless the label is long.

    A term that is zero by definition (the KL of a GAE) is left out, and then what is left is the loss.
    """
    terms = {name: value for name, value in report.terms.items() if name != "elbo" and value != 0}
    if len(terms) == 2:
        terms.pop("reconstruction", None)
    shown = [f"{name} {value:.3g}" for name, value in terms.items()]
    if "auc" in report.validation:
        shown.insert(0, f"val AUC {100 * report.validation['auc']:.2f}")
    if "loss" in report.validation:
        shown.insert(0, f"val loss {report.validation['loss']:.4g}")
    return "  ".join(shown)
