"""One way from what users give as a seed to generators, and child seeds that are pure functions."""

from __future__ import annotations

import contextlib
import operator
import secrets
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from varigraph.tensor_types import RandomState

if TYPE_CHECKING:
    import torch

__all__ = ["child_seed", "keyed_global_generators", "numpy_generator", "resolve_seed", "torch_generator"]

# Two fits in two threads would otherwise seed the one global generator under each other's feet.
_GLOBAL_GENERATORS = threading.RLock()

_SEED_BITS = 63  # the largest seed that both numpy and torch.Generator.manual_seed take


def resolve_seed(random_state: RandomState) -> int:
    """Turns what a user gives into one integer, so that it can be written down and used again.

    Args:
        random_state: An integer in [0, 2⁶³) is returned as it is; a generator, or numpy's older
            `RandomState`, is asked for one number (and moves on); None takes one from the operating system.

    Returns:
        An integer in [0, 2⁶³).

    Raises:
        ValueError: The integer is out of that range.
        TypeError: It is of another type, such as a float.

    Example:
        >>> resolve_seed(7)
        7
    """
    if random_state is None:
        return secrets.randbits(_SEED_BITS)
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**_SEED_BITS))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**_SEED_BITS, dtype=np.int64))
    try:
        seed = operator.index(random_state)
    except TypeError:
        kind = type(random_state).__name__
        raise TypeError(
            f"random_state must be an integer, a numpy Generator or None, got a {kind}."
        ) from None
    if not 0 <= seed < 2**_SEED_BITS:
        raise ValueError(f"random_state must be an integer below 2**63 and of 0 or more, got {seed}.")
    return seed


def child_seed(seed: int, *keys: int) -> int:
    """The seed of one use of randomness, as a pure function of (seed, keys).

    Nothing is consumed, so a training run that was interrupted at epoch 37 draws at epoch 38 what it
    would have drawn anyway.

    Args:
        seed: The root seed.
        *keys: What the numbers are for, such as (epoch,) or (epoch, step).

    Returns:
        An integer in [0, 2⁶³), different for different keys.
    """
    words = np.random.SeedSequence(seed, spawn_key=keys).generate_state(2, np.uint32)
    return (int(words[0]) << 31) ^ int(words[1])


def numpy_generator(seed: int, *keys: int) -> np.random.Generator:
    """A numpy generator for one use, keyed as in `child_seed`."""
    return np.random.default_rng(child_seed(seed, *keys))


def torch_generator(seed: int, *keys: int, device: str = "cpu") -> torch.Generator:
    """A torch generator for one use, keyed as in `child_seed`; the global generator is not touched."""
    import torch

    return torch.Generator(device=device).manual_seed(child_seed(seed, *keys))


@contextlib.contextmanager
def keyed_global_generators(seed: int, *, gpus: Iterable[torch.device] = ()) -> Iterator[None]:
    """Seeds torch's global generators for code that draws from no other, and puts them back as they were.

    A user's module does so, for its dropout and its starting weights. One thread at a time is let in.

    Args:
        seed: In [0, 2⁶³).
        gpus: CUDA devices to seed beside the CPU.
    """
    import torch

    devices = sorted(set(gpus), key=str)
    with _GLOBAL_GENERATORS, torch.random.fork_rng(devices=devices):
        # Not torch.manual_seed, which would seed every GPU of the machine and leave it so.
        torch.default_generator.manual_seed(seed)
        for gpu in devices:
            with torch.cuda.device(gpu):
                torch.cuda.manual_seed(seed)
        yield
