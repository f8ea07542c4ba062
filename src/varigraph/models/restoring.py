"""What stored models of every kind share: their files, each checked before anything of its size is made."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from varigraph.errors import FileContentError, RunFolderError
from varigraph.models.saving import SCHEMA_VERSION
from varigraph.untrusted import file_inside, read_json

__all__ = [
    "FAULTS",
    "check_alike",
    "check_finished",
    "check_finite",
    "no_model",
    "reason",
    "read_config",
    "read_tensors",
    "restored_history",
    "restoring",
    "whole",
]

FAULTS = (
    *(AttributeError, IndexError, KeyError, MemoryError, OSError, OverflowError, RecursionError),
    *(RuntimeError, TypeError, ValueError),
)
"""What comes of values that are not what they should be, where they are used before they can be checked."""

_LONGEST_REASON = 300  # letters; a value that is quoted may be of any length


def read_config(folder: Path) -> dict[str, Any]:
    """The checked document `config.json`.

    Raises:
        RunFolderError: It is missing, no JSON object, or of another schema.
    """
    path = folder / "config.json"
    if not path.exists():
        raise RunFolderError(f"{folder} is no run folder: there is no config.json in it.")
    try:
        config: Any = read_json(folder, path.name)
    except FileContentError as error:
        raise RunFolderError(str(error)) from error
    found = config.get("schema_version") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(found, int) or not 1 <= found <= SCHEMA_VERSION:
        raise RunFolderError(
            f"{path} has schema version {repr(found)[:40]}; this version reads 1 to {SCHEMA_VERSION}. Read "
            "it with the version of varigraph that wrote it."
        )
    return config


def check_finished(config: Mapping[str, Any], folder: Path) -> None:
    """Checks that a model is there, and not only what it is to become.

    Raises:
        RunFolderError: Its training did not come to an end.
    """
    if "fitted" not in config:
        raise RunFolderError(
            f"The run in {folder} did not finish; resume it: varigraph fit --resume {folder}"
        )


@contextlib.contextmanager
def restoring(folder: Path) -> Iterator[None]:
    """Turns whatever a damaged folder makes go wrong into one sentence about it.

    Raises:
        RunFolderError: The block failed; the message names the folder.
    """
    try:
        yield
    except RunFolderError:
        raise
    except FAULTS as error:
        raise RunFolderError(f"The model in {folder} cannot be restored: {reason(error)}") from error


def no_model(folder: Path, error: BaseException) -> RunFolderError:
    """What to raise when the settings of a folder make no estimator."""
    return RunFolderError(
        f"{folder / 'config.json'} describes no model that can be made here: {reason(error)}"
    )


def reason(error: BaseException) -> str:
    """In words, on one line: of a missing key the bare name says too little."""
    if isinstance(error, KeyError):
        return f"config.json does not state {error}"
    if isinstance(error, RecursionError):
        return "a file is nested too deeply"
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= _LONGEST_REASON else words[:_LONGEST_REASON] + " …"


def read_tensors(folder: Path, name: str) -> dict[str, Tensor]:
    """The tensors of a safetensors file.

    Raises:
        RunFolderError: It is missing, no file of the folder, or damaged; the message names it.
    """
    path = file_inside(folder, name)
    try:
        tensors: dict[str, Tensor] = load_file(path)
        return tensors
    except (OSError, SafetensorError, ValueError) as error:
        raise RunFolderError(f"{path} cannot be read: {error}") from error


def restored_history(folder: Path, name: str, *, n_epochs: int) -> list[dict[str, float]]:
    """One record an epoch.

    Raises:
        ValueError: They are no records of numbers, or not as many as there were epochs.
        OSError: The file cannot be read.
    """
    lines = file_inside(folder, name).read_text(encoding="utf-8").splitlines()
    if len(lines) != n_epochs:
        raise ValueError(f"its history has {len(lines)} lines for {n_epochs} epochs")
    history: list[Any] = [json.loads(line) for line in lines]
    if not all(isinstance(one, dict) and all(map(_is_number, one.values())) for one in history):
        raise ValueError(f"{name} holds a line that is no record of numbers")
    return history


def whole(document: Mapping[str, Any], key: str) -> int:
    """A whole number of 0 or more that fits 63 bits.

    Raises:
        ValueError: It is missing, or something else.
    """
    value = document.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError(f"{key} is no whole number of 0 or more")
    return value


def check_alike(
    found: Mapping[str, Tensor], wanted: Mapping[str, Tensor], *, name: str = "model.safetensors"
) -> None:
    """Checks that stored weights have the names, shapes and types that a built model has.

    Args:
        found: The stored ones.
        wanted: Those of the built model.
        name: Of the file, for messages.

    Raises:
        ValueError: They have not.
    """
    if missing := sorted(wanted.keys() - found.keys()):
        raise ValueError(f"{name} lacks {', '.join(missing[:3])}")
    if unknown := sorted(found.keys() - wanted.keys()):
        raise ValueError(f"{name} holds {', '.join(unknown[:3])}, which the settings make none of")
    for weight, tensor in found.items():
        if (tensor.shape, tensor.dtype) != (wanted[weight].shape, wanted[weight].dtype):
            raise ValueError(
                f"{weight} in {name} is {_described(tensor)}, but the settings make it "
                f"{_described(wanted[weight])}"
            )


def check_finite(weights: Mapping[str, Tensor]) -> None:
    """Checks that no weight is a NaN or an infinity.

    Raises:
        ValueError: One is.
    """
    if not all(bool(tensor.isfinite().all()) for tensor in weights.values()):
        raise ValueError("its weights hold a NaN or an infinity")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _described(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"
