"""What becomes of errors: one sentence on standard error and an exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from varigraph.errors import DataError, VarigraphError

__all__ = ["exit_code", "sentence"]

_ERROR = 1
_BAD_DATA = 3
_INTERRUPTED = 130  # what shells report for a program ended by Ctrl-C

_LONGEST_WORD, _LONGEST_SENTENCE = 200, 1500  # letters; a value that is quoted may be of any length

_ADVICE = {
    errno.ENOSPC: "make room, then try again",
    errno.EDQUOT: "make room, then try again",
    errno.EACCES: "choose a place that you may read and write",
    errno.EPERM: "choose a place that you may read and write",
    errno.EROFS: "choose a place that you may write to",
    errno.ENOTDIR: "a part of that path is a file; choose another place",
    errno.EISDIR: "give the name of a file",
    errno.EEXIST: "it is in the way; choose another place",
    errno.ENOENT: "choose a place that exists and can be written to",
}


def exit_code(error: BaseException) -> int | None:
    """The exit code for an error; None for one that nobody foresaw, whose traceback is wanted.

    Ctrl-C while a library is being imported can come out of the import as another error that it caused.
    """
    if isinstance(error, DataError):
        return _BAD_DATA
    if isinstance(error, VarigraphError | OSError) or _lacks_memory(error):
        return _ERROR
    return _INTERRUPTED if _was_interrupted(error) else None


def sentence(error: BaseException) -> str:
    """What to tell about an error; nothing about Ctrl-C, which its sender knows of."""
    if isinstance(error, OSError) and not isinstance(error, VarigraphError):
        return _os_sentence(error)
    if _lacks_memory(error):
        return _memory_sentence(error)
    return "" if _was_interrupted(error) else f"Error: {_shortened(str(error))}"


def _shortened(text: str) -> str:
    """Text in which no quoted value drowns the words around it; the end stays, since advice stands there."""
    text = re.sub(rf"[^\s'\";]{{{_LONGEST_WORD},}}", lambda word: word[0][: _LONGEST_WORD // 4] + "…", text)
    if len(text) <= _LONGEST_SENTENCE:
        return text
    half = _LONGEST_SENTENCE // 2
    return f"{text[:half]} … {text[-half:]}"


def _os_sentence(error: OSError) -> str:
    if error.errno is None:
        return f"Error: {error}"
    place = _place(error)
    advice = _ADVICE.get(error.errno)
    return f"Error: {place}{error.strerror}" + (f"; {advice}." if advice else ".")


def _lacks_memory(error: BaseException) -> bool:
    if isinstance(error, RuntimeError):  # torch has no class for it on the CPU
        return re.search(r"can't allocate memory|out of memory", str(error)) is not None
    return isinstance(error, MemoryError)


def _memory_sentence(error: BaseException) -> str:
    size = re.search(r"Unable to allocate ([\d.]+ \w+)", str(error))
    # numpy writes a whole number of them as "512. GiB"
    wanted = (
        f"{size[1].replace('. ', ' ')} are needed at once"
        if size
        else "what was asked for needs more than there is"
    )
    return f"Error: There is not enough memory: {wanted}; ask for less, or use a machine with more."


def _place(error: OSError) -> str:
    """The file or folder, as the user knows it."""
    # Of a rename the second name is the one that the user gave; the first is a temporary file of ours.
    place = error.filename2 or error.filename
    if not isinstance(place, str | os.PathLike):
        return ""
    path = Path(place)
    for one in (path, *path.parents):  # a temporary file, or one in a temporary folder
        if one.name.startswith(".") and not one.exists():
            path = one.parent
    return f"{path}: "


def _was_interrupted(error: BaseException | None) -> bool:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
