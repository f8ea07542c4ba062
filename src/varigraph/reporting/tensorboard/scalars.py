"""The scalars of every epoch: one event an epoch, none twice and none left out when a run goes on."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from varigraph.errors import RunFolderError
from varigraph.reporting.tensorboard.event_files import add_summary, event_files, last_step, new_writer

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

__all__ = ["EpochScalars", "scalar_tag"]

_SECONDS = 1.0
"""Between two writes. Many epochs of a small graph are written at once, out of the way of the others."""

_VALIDATION = "val"


class EpochScalars:
    """What the records of `history_` say, as scalars `train/loss`, …, `val/auc`, …; the step is the epoch.

    Args:
        folder: Of the event files.
        phase: The group of the training terms; validation metrics are in the group `val`.
        n_earlier: Epochs of an earlier training that this one goes on from. What that one has written stays,
            up to there.
        overwrite: A log that is in the folder gives way to that of a training from the start.

    Raises:
        RunFolderError: A training from the start finds a log in the folder.
    """

    def __init__(self, folder: Path, *, phase: str, n_earlier: int, overwrite: bool = False) -> None:
        self.folder = folder
        self.phase = phase
        earlier = event_files(folder)
        if earlier and not n_earlier:
            _make_way(folder, earlier, overwrite=overwrite)
        n_written = last_step(folder, (phase, _VALIDATION)) if earlier and n_earlier else 0
        # What was written of epochs that are trained again is forgotten; what was not is made up for.
        self._next = min(n_written, n_earlier) + 1
        self._must_forget = n_written > n_earlier
        self._waiting: list[tuple[float, Mapping[str, float]]] = []
        self._writer: SummaryWriter | None = None
        self._last_write = time.monotonic()

    @property
    def n_epochs(self) -> int:
        """Epochs that are written or about to be."""
        return self._next - 1 + len(self._waiting)

    def catch_up(self, history: Sequence[Mapping[str, float]]) -> None:
        """Takes the records that are new since the last call; writes them when the time has come.

        Args:
            history: A record an epoch, from the first on.
        """
        now = time.time()
        self._waiting += [(now, record) for record in history[self.n_epochs :]]
        if time.monotonic() - self._last_write >= _SECONDS:
            self.write()

    def write(self) -> None:
        """Writes what is waiting."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        if self._writer is None and (self._waiting or self._must_forget):
            self._writer = new_writer(self.folder, purge_step=self._next)
            self._must_forget = False
        for moment, record in self._waiting:
            values = [Summary.Value(tag=tag, simple_value=value) for tag, value in self._tagged(record)]
            if values:
                # One event for all scalars of an epoch costs a fifth of what `add_scalar` for each does.
                add_summary(self._writer, Summary(value=values), step=self._next, moment=moment)
            self._next += 1
        self._waiting.clear()
        self._last_write = time.monotonic()

    def close(self) -> None:
        """Writes what is waiting, and closes the file; once is enough, and twice does no harm."""
        self.write()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _tagged(self, record: Mapping[str, float]) -> list[tuple[str, float]]:
        return [(scalar_tag(name, self.phase), value) for name, value in record.items() if name != "epoch"]


def scalar_tag(name: str, phase: str = "train") -> str:
    """What a number of an epoch's record is called.

    Example:
        >>> scalar_tag("loss"), scalar_tag("val_auc")
        ('train/loss', 'val/auc')
    """
    metric = name.removeprefix("val_")
    return f"{phase if metric == name else _VALIDATION}/{metric}"


def _make_way(folder: Path, earlier: Sequence[Path], *, overwrite: bool) -> None:
    if not overwrite:
        raise RunFolderError(
            f"{folder} holds the log of another training; choose another folder, or say overwrite=True."
        )
    for path in earlier:
        path.unlink(missing_ok=True)
