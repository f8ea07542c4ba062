"""The folder of a reproduction: whose it is, and what `force` may remove from it."""

from __future__ import annotations

import shutil
from pathlib import Path

from varigraph.durable import check_nameable, write_json
from varigraph.errors import FileContentError, RunFolderError
from varigraph.experiments.reproduction.recipe import Recipe
from varigraph.experiments.reproduction.running import FAILURES
from varigraph.experiments.reproduction.trial_record import MODELS, TRIALS
from varigraph.untrusted import read_json

__all__ = ["RECORD", "claim_folder"]

RECORD = "record.json"
"""The record's file; its presence says that every trial is done."""

_LABEL = "reproduction.json"
_SCHEMA_VERSION = 1


def claim_folder(folder: Path, recipe: Recipe, *, force: bool = False) -> None:
    """Makes sure that a folder belongs to a recipe, before anything else is put into it.

    Args:
        folder: New, empty, or of an earlier call with the same recipe.
        recipe: Whose name, and whether it is the quick version, the folder is labelled with.
        force: Trials, models and record that are there are removed.

    Raises:
        RunFolderError: It is a file, or holds something else.
        FileContentError: Its path is not UTF-8, or its label is damaged.
    """
    check_nameable(folder)
    if folder.exists() and not folder.is_dir():
        raise RunFolderError(f"{folder} is a file; a reproduction needs a folder of its own.")
    label = {"schema_version": _SCHEMA_VERSION, "recipe": recipe.name, "quick": recipe.is_quick}
    if folder.exists() and any(folder.iterdir()):
        _check_label(folder, label)
    if force:
        (folder / RECORD).unlink(missing_ok=True)
        for name in (TRIALS, MODELS, FAILURES):
            _remove(folder / name)
    if not (folder / _LABEL).exists():
        write_json(folder / _LABEL, label)


def _check_label(folder: Path, label: dict[str, object]) -> None:
    if not (folder / _LABEL).exists():
        raise RunFolderError(
            f"{folder} is neither empty nor a reproduction; choose another folder with -o FOLDER."
        )
    try:
        found = read_json(folder, _LABEL)
    except FileContentError as error:
        raise FileContentError(f"{error} Choose another folder with -o FOLDER.") from error
    if found != label:
        of = found if isinstance(found, dict) else {}
        what = f"{of.get('recipe', 'something')!s:.60}{', quick' if of.get('quick') else ''}"
        raise RunFolderError(
            f"{folder} holds another reproduction ({what}); choose another folder with -o FOLDER."
        )


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
