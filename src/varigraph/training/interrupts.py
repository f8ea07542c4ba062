"""Ctrl-C that waits for the end of an epoch, so that the state it leaves is whole."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

__all__ = ["deferred_interrupt"]


@contextlib.contextmanager
def deferred_interrupt() -> Iterator[Callable[[], bool]]:
    """Gives a function that tells whether Ctrl-C was pressed; a second Ctrl-C interrupts at once.

    Outside the main thread, where Python delivers no signals, and under a handler that is not Python's own,
    nothing is changed.
    """
    pressed = False

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            signal.default_int_handler(number, frame)
        pressed = True

    mine = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if mine:
        signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield lambda: pressed
    finally:
        if mine:
            signal.signal(signal.SIGINT, signal.default_int_handler)
