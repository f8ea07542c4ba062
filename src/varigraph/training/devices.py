"""Which device to compute on, and with how many threads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

__all__ = ["intra_op_threads", "resolve_device", "thread_count"]

# Below this many multiply-adds a step, handing work to a second thread costs more than it saves: measured
# on two cores, where citation graphs of 3,000 nodes train faster with one thread than with two.
_WORK_WORTH_A_THREAD = 20_000_000


def resolve_device(device: str) -> torch.device:
    """The device of a name; "auto" is the GPU when there is one, else the CPU.

    Raises:
        ValueError: The device is named wrongly, or CUDA is asked for and not there.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        resolved = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device must be 'auto', 'cpu', 'cuda' or 'cuda:N', got {device!r}.") from error
    if resolved.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"device={device!r} was asked for, but torch finds no CUDA device; use 'auto'.")
    return resolved


def thread_count(work: int) -> int:
    """How many threads to use for a step of `work` multiply-adds, never more than torch is set to."""
    return max(1, min(torch.get_num_threads(), work // _WORK_WORTH_A_THREAD))


@contextlib.contextmanager
def intra_op_threads(n_threads: int) -> Iterator[None]:
    """Sets torch's thread count for a while and puts it back."""
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
