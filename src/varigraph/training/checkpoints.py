"""Checkpoints: the whole training state in one safetensors file, written atomically."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from varigraph.errors import RunFolderError
from varigraph.training.callbacks import EpochReport
from varigraph.training.state import TrainingState
from varigraph.training.tensor_files import write_tensor_file

__all__ = ["Checkpointing", "read_checkpoint", "write_checkpoint"]

_SCHEMA = 1


class Checkpointing:
    """A callback that writes a checkpoint every few seconds and at the end.

    Args:
        path: The file, `….safetensors`.
        every_seconds: The least time between two writes; 0 writes after every epoch.
    """

    def __init__(self, path: str | Path, *, every_seconds: float = 2.0) -> None:
        self.path = Path(path)
        self.every_seconds = every_seconds
        self._last_write = time.monotonic()

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """Writes when the time has come."""
        if time.monotonic() - self._last_write >= self.every_seconds:
            self.on_end(state)
            self._last_write = time.monotonic()

    def on_end(self, state: TrainingState) -> None:
        """Writes the state as it stands."""
        write_checkpoint(self.path, state)


def write_checkpoint(path: Path, state: TrainingState) -> None:
    """Writes `state` to one file; a reader sees the old checkpoint or the whole new one.

    Raises:
        OSError: The disk is full, or the folder cannot be written to; an old checkpoint stays.
    """
    document = {"schema": _SCHEMA, **state.numbers()}
    tensors = {name: tensor.cpu() for name, tensor in state.tensors().items()}
    write_tensor_file(path, tensors, metadata={"state": json.dumps(document)})


def read_checkpoint(path: str | Path, state: TrainingState) -> None:
    """Brings `state` to where the file's run stood.

    Args:
        path: A file that `Checkpointing` wrote.
        state: A fresh state of the same module, optimizer and identity; changed in place.

    Raises:
        RunFolderError: The file is missing, damaged, or belongs to another run.
    """
    try:
        with safe_open(path, framework="pt") as file:
            document: dict[str, Any] = json.loads((file.metadata() or {})["state"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        if not isinstance(document, dict):
            raise ValueError("its state is no JSON object")
    except (OSError, SafetensorError, KeyError, RecursionError, ValueError) as error:
        raise RunFolderError(f"{path} is no checkpoint that can be read: {error}") from error
    if document.get("schema") != _SCHEMA or document.get("identity") != state.identity:
        raise RunFolderError(
            f"{path} belongs to a run with other data, settings or seed; resume with those that it was "
            "started with."
        )
    try:
        state.restore(tensors, document)
    except (AttributeError, KeyError, OverflowError, RuntimeError, TypeError, ValueError) as error:
        raise RunFolderError(f"{path} does not fit the model that is to be resumed: {error}") from error
