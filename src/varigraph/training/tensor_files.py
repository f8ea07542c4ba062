"""The one way in which tensors are written to a file: atomically, with the system's errors as such."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from varigraph.durable import atomic_file

__all__ = ["write_tensor_file"]

_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")


def write_tensor_file(
    path: str | Path, tensors: Mapping[str, Tensor], *, metadata: Mapping[str, str] | None = None
) -> None:
    """Writes a safetensors file; a reader sees the old file or the whole new one.

    Args:
        path: The file.
        tensors: By name, on the CPU, contiguous, none sharing memory with another.
        metadata: What else the head of the file says.

    Raises:
        OSError: The disk is full, or the folder cannot be written to; `path` is as it was.
    """
    with atomic_file(path) as temporary:
        try:
            save_file(dict(tensors), temporary, metadata=None if metadata is None else dict(metadata))
        except SafetensorError as error:
            # The library tells what the system said in words alone, in a class of its own.
            raise _as_os_error(error, path) from error


def _as_os_error(error: SafetensorError, path: str | Path) -> OSError:
    number = _SYSTEM_ERROR.search(str(error))
    if number is None:
        return OSError(f"{path} cannot be written: {error}")
    return OSError(int(number[1]), os.strerror(int(number[1])), str(path))
