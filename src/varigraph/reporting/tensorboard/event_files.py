"""TensorBoard's event files: how one is opened, what earlier ones hold, how one replaces another."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from varigraph.errors import MissingExtraError

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

__all__ = ["add_summary", "event_files", "last_step", "new_writer", "replacing_writer", "require_tensorboard"]

_PATTERN = "events.out.tfevents.*"
_MANY = 10_000
"""Events that may wait to be written; the writer's own 10 would hold training up."""


def require_tensorboard() -> None:
    """Checks that TensorBoard is there, without importing it.

    Raises:
        MissingExtraError: It is not installed.
    """
    # Its writer makes pictures with Pillow, which older versions do not bring.
    for package, wanted in (("tensorboard", "tensorboard"), ("PIL", "pillow")):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(
                f"Logs for TensorBoard need {wanted}, which is not installed: python -m pip install {wanted}"
            )


def event_files(folder: Path, suffix: str = "") -> list[Path]:
    """The event files right in a folder, in the order in which they are read: by time."""
    return sorted(folder.glob(f"{_PATTERN}{suffix}"))


def new_writer(folder: Path, *, purge_step: int | None = None, suffix: str = "") -> SummaryWriter:
    """A writer with an event file of its own.

    Args:
        folder: Made if it is not there.
        purge_step: Readers forget what earlier files of the folder say from this step on.
        suffix: Of the file's name.
    """
    from torch.utils.tensorboard import SummaryWriter

    if purge_step is not None:
        _wait_for_a_later_name(folder)
    return SummaryWriter(str(folder), purge_step=purge_step, max_queue=_MANY, filename_suffix=suffix)


def add_summary(writer: Any, summary: Any, *, step: int = 0, moment: float | None = None) -> None:
    """Adds a `Summary` message as it is, for what the writer has no method of its own.

    Args:
        writer: A `SummaryWriter`.
        summary: The message.
        step: Of the event.
        moment: When it happened, in seconds as `time.time()` gives them; None for now.
    """
    writer.file_writer.add_summary(summary, step, moment)


@contextlib.contextmanager
def replacing_writer(folder: Path, suffix: str) -> Iterator[SummaryWriter]:
    """A writer whose event file replaces those of the same suffix."""
    earlier = event_files(folder, suffix)
    writer = new_writer(folder, suffix=suffix)
    try:
        yield writer
    finally:
        writer.close()
    for path in earlier:
        path.unlink(missing_ok=True)


def last_step(folder: Path, groups: tuple[str, ...]) -> int:
    """The last step of the scalars of some groups that the folder's event files tell of; 0 without any."""
    from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator

    reader = EventAccumulator(str(folder), size_guidance={SCALARS: 0})
    with _without_word_of_restarts():
        reader.Reload()
    tags = [tag for tag in reader.Tags()[SCALARS] if tag.partition("/")[0] in groups]
    return max((event.step for tag in tags for event in reader.Scalars(tag)), default=0)


@contextlib.contextmanager
def _without_word_of_restarts() -> Iterator[None]:
    """TensorBoard warns of what a resumed training made it forget, which is just what was wanted."""
    from tensorboard.util import tb_logging

    def is_other(record: logging.LogRecord) -> bool:
        return "out of order event.step" not in record.getMessage()

    logger = tb_logging.get_logger()
    logger.addFilter(is_other)
    try:
        yield
    finally:
        logger.removeFilter(is_other)


def _wait_for_a_later_name(folder: Path) -> None:
    """Names hold the second; of two of one second it is chance which is read first."""
    seconds = [path.name.removeprefix(_PATTERN[:-1]).partition(".")[0] for path in event_files(folder)]
    newest = max((int(one) for one in seconds if one.isdecimal()), default=0)
    while newest - 1 <= int(time.time()) <= newest:
        time.sleep(0.02)
