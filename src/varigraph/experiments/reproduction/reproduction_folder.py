"""The folder of a reproduction: whose it is, who is at work in it, and what `force` may remove from it."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from varigraph.durable import check_nameable, write_json
from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.drawn_pictures import remove_drawn
from varigraph.experiments.reproduction.recipe import Recipe
from varigraph.experiments.reproduction.running import FAILURES
from varigraph.experiments.reproduction.trial_record import MODELS, TRIALS
from varigraph.untrusted import read_json

__all__ = ["RECORD", "claim_folder", "clear_folder", "working_alone"]

RECORD = "record.json"
"""The record's file; its presence says that every trial is done."""

_LABEL, _LOCK = "reproduction.json", "at-work.lock"
_SCHEMA_VERSION = 1
_SHIPPED = "shipped"
_LONGEST = 200  # letters of what a label or a lock says


def claim_folder(folder: Path, recipe: Recipe) -> None:
    """Makes sure that a folder belongs to a recipe, before anything else is put into it.

    Args:
        folder: New, empty, or of an earlier call with the same recipe.
        recipe: Whose name and file, and whether it is the quick version, the folder is labelled with.

    Raises:
        RunFolderError: It is a file, or holds something else.
        FileContentError: Its path is not UTF-8, or its label is damaged.
    """
    check_nameable(folder)
    if folder.exists() and not folder.is_dir():
        raise RunFolderError(f"{folder} is a file; a reproduction needs a folder of its own.")
    label = {
        "schema_version": _SCHEMA_VERSION,
        "recipe": recipe.name,
        "quick": recipe.is_quick,
        "file": recipe.file or _SHIPPED,
    }
    if folder.exists() and any(folder.iterdir()):
        _check_label(folder, label)
    if not (folder / _LABEL).exists():
        write_json(folder / _LABEL, label)


def clear_folder(folder: Path) -> None:
    """Removes trials, models, failures, pictures and record of a reproduction, and nothing else."""
    (folder / RECORD).unlink(missing_ok=True)
    remove_drawn(folder)
    for name in (TRIALS, MODELS, FAILURES):
        _remove(folder / name)


@contextlib.contextmanager
def working_alone(folder: Path) -> Iterator[None]:
    """Keeps other processes out of a folder; when this one ends, however it ends, they may come in.

    Systems and file systems that cannot lock let everybody in.

    Raises:
        RunFolderError: Another process is at work in the folder.
    """
    try:
        import fcntl
    except ImportError:  # not POSIX
        yield
        return
    # Opened for appending: what the other one has written is read before it is replaced.
    with (folder / _LOCK).open("a+", encoding="utf-8", errors="replace") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            who = " ".join(lock.read(_LONGEST).split()) or "another process"
            raise RunFolderError(
                f"{who} is at work in {folder}; wait until it has ended, or choose another folder with "
                "-o FOLDER."
            ) from error
        except OSError:
            yield
            return
        lock.truncate(0)
        lock.write(f"Process {os.getpid()} on {platform.node() or 'this machine'}")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _check_label(folder: Path, label: dict[str, object]) -> None:
    if not (folder / _LABEL).exists():
        raise RunFolderError(
            f"{folder} is neither empty nor a reproduction; choose another folder with -o FOLDER."
        )
    try:
        found = read_json(folder, _LABEL)
    except FileContentError as error:
        raise FileContentError(f"{error} Choose another folder with -o FOLDER.") from error
    of = found if isinstance(found, dict) else {}
    if {**label, **of} != label:  # earlier labels named no file
        raise RunFolderError(f"{folder} holds {_whose(of, label)}; choose another folder with -o FOLDER.")


def _whose(found: dict[str, object], label: dict[str, object]) -> str:
    """What a folder holds, beside what it was to hold."""
    name = f"{found.get('recipe', 'something')!s:.60}"
    if name != label["recipe"]:
        return f"another reproduction ({name}{', quick' if found.get('quick') else ''})"
    file = f"{found.get('file', _SHIPPED)!s:.{_LONGEST}}"
    if file != label["file"] and "file" in found:
        origin = "that comes with varigraph" if file == _SHIPPED else f"in {file}"
        return f"the reproduction of another recipe of that name, the one {origin}"
    if found.get("quick") == label["quick"]:
        return f"another reproduction ({name})"
    return (
        f"the quick version of {name}, not the whole"
        if found.get("quick")
        else (f"the whole of {name}, not its quick version")
    )


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
