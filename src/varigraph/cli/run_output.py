"""Where `fit` leaves its run, and what is said when training is broken off."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from varigraph.cli.console import say
from varigraph.cli.run_log import RunLog, check_log

if TYPE_CHECKING:
    from varigraph.training import Callback

__all__ = ["RunOutput", "resumable", "watched"]


@dataclass(frozen=True, kw_only=True)
class RunOutput:
    """Where a new run goes, and how much is said meanwhile.

    Attributes:
        folder: As the user said, or None for a new one under runs/.
        seed: Of split and training.
        force: A run that is in the folder is replaced.
        quiet: Say nothing but errors.
        tensorboard: A log for TensorBoard is wanted.
    """

    folder: Path | None
    seed: int
    force: bool
    quiet: bool
    tensorboard: bool

    @classmethod
    def of(cls, context: typer.Context) -> RunOutput:
        """What the verb was told; a folder that cannot be had is refused, before any data are read.

        Raises:
            MissingExtraError: A log is wanted that cannot be written.
            RunFolderError: The folder is a file or not empty.
        """
        from varigraph.experiments.run_folder import check_run_folder_is_free

        told = context.params
        check_log(is_wanted=told["tensorboard"])
        if told["output"] is not None:
            check_run_folder_is_free(told["output"], force=told["force"])
        return cls(
            folder=told["output"],
            seed=told["seed"],
            force=told["force"],
            quiet=told["quiet"],
            tensorboard=told["tensorboard"],
        )

    def place(self, name: str) -> Path:
        """The folder; without one runs/NAME, or runs/NAME-2, …: made now, so that no other run takes it."""
        return self.folder or _new_folder(name)

    def log(self, folder: Path) -> RunLog:
        """The log of the new run in a folder."""
        return RunLog(folder / "tensorboard" if self.tensorboard else None)


@contextlib.contextmanager
def watched(label: str, *, quiet: bool, log: Sequence[Callback] = ()) -> Iterator[list[Callback]]:
    """Shows the progress of one training, and tells its log."""
    from varigraph.cli.training_progress import TrainingProgress

    with TrainingProgress(label, quiet=quiet) as progress:
        yield [progress, *log]


@contextlib.contextmanager
def resumable(folder: Path) -> Iterator[None]:
    """When training is broken off, says how to go on."""
    try:
        yield
    except (KeyboardInterrupt, OSError) as error:
        if (folder / "config.json").exists() and not (folder / "record.json").exists():
            what = "Interrupted" if isinstance(error, KeyboardInterrupt) else "Broken off"
            how = shlex.join(["varigraph", "fit", "--resume", str(folder)])
            say(f"\n{what}. Go on with: {how}", style="yellow")
        raise


def _new_folder(name: str) -> Path:
    folder, number = Path("runs") / name, 1
    while True:
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            number += 1
            folder = Path("runs") / f"{name}-{number}"
