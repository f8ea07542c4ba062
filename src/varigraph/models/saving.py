"""What saved models of every kind share: their folder, `config.json`, tensors and history; never a pickle."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from varigraph.durable import atomic_folder, write_text
from varigraph.errors import RunFolderError
from varigraph.models.settings import settings_of, unregistered_parts
from varigraph.training.tensor_files import write_tensor_file

__all__ = [
    "SCHEMA_VERSION",
    "TrainedModel",
    "describe_settings",
    "describe_training",
    "model_folder",
    "write_history",
    "write_tensors",
]

SCHEMA_VERSION = 3
"""Of `config.json`. 1 knew no calibration and no refit, 2 no models of rows; they are read still, later ones
are refused."""


class TrainedModel(Protocol):
    """What is written of every model."""

    seed_: int
    n_threads_: int
    n_epochs_: int
    best_epoch_: int


@contextlib.contextmanager
def model_folder(model: Any, folder: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Gives a temporary folder to write a fitted model into; on success it becomes `folder`, whole.

    Args:
        model: Its parts must be the library's own, but for an encoder.
        folder: A new or empty folder, or with `overwrite` that of a model, which is replaced as a whole.
        overwrite: Replace the model that is there.

    Raises:
        RunFolderError: The folder holds something else, or a model and `overwrite` is off.
        ValueError: The model has a part of the user's own, whose code is not stored.
    """
    folder = Path(folder)
    taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if taken and not (overwrite and (folder / "config.json").is_file()):
        raise RunFolderError(
            f"{folder} is there already and not empty; choose another, or overwrite=True to replace a model."
        )
    if own := unregistered_parts(settings_of(model)):
        raise ValueError(
            f"The model's {own[0]} is a class of your own; its code is not stored, so it cannot be saved."
        )
    with atomic_folder(folder) as temporary:
        yield temporary


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes a safetensors file, atomically.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    write_tensor_file(
        path, {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    )


def write_history(path: Path, history: Sequence[Mapping[str, float]]) -> None:
    """Writes one JSON document a line, one line an epoch."""
    write_text(path, "".join(json.dumps(line) + "\n" for line in history))


def describe_settings(model: Any) -> dict[str, Any]:
    """The document `config.json` of a model that is not fitted yet: how to build it again."""
    return {"schema_version": SCHEMA_VERSION, "model": model.name, "settings": settings_of(model)}


def describe_training(model: TrainedModel) -> dict[str, Any]:
    """What `config.json` says under "fitted" of every model; each kind adds its own."""
    return {
        "seed": model.seed_,
        "n_threads": model.n_threads_,
        "n_epochs": model.n_epochs_,
        "best_epoch": model.best_epoch_,
        "libraries": {library: version(library) for library in ("varigraph", "torch", "numpy")},
    }
