"""Run folders: which may be used, what is laid down before training, and what a finished one says."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from varigraph.durable import atomic_folder, check_nameable, write_json
from varigraph.errors import DivergenceError, RunFolderError
from varigraph.evaluation.link_prediction import LinkEvaluation
from varigraph.evaluation.records import RunRecord
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.models.graphs.saving import write_data
from varigraph.models.graphs.stored_data import read_split
from varigraph.models.restoring import read_config
from varigraph.training import Callback, EpochReport, TrainingState
from varigraph.untrusted import file_inside

__all__ = [
    "CHECKPOINT",
    "REFIT_CHECKPOINT",
    "FirstEpoch",
    "check_plan",
    "check_run_folder_is_free",
    "dropped_without_an_epoch",
    "lay_down",
    "new_run_folder",
    "recorded_evaluation",
]

CHECKPOINT = "checkpoint.safetensors"
"""The state of the training that is evaluated."""

REFIT_CHECKPOINT = "refit-checkpoint.safetensors"
"""The state of the training on all edges that follows it."""


def check_run_folder_is_free(folder: Path, *, force: bool = False) -> None:
    """Refuses a folder that a new run cannot have.

    Args:
        folder: Where the run is to go.
        force: A run or model that is there may be replaced; anything else may not.

    Raises:
        RunFolderError: It is a file, or not empty.
        FileContentError: Its path is not UTF-8.
    """
    check_nameable(folder)
    if folder.exists() and not folder.is_dir():
        raise RunFolderError(f"{folder} is a file; a run needs a folder of its own. Choose another name.")
    if not (folder.exists() and any(folder.iterdir())):
        return
    is_run = (folder / "config.json").is_file()
    if force and is_run:
        return
    if force:
        raise RunFolderError(
            f"{folder} is neither empty nor a run, so it is not replaced; choose another folder."
        )
    unfinished = is_run and not (folder / "record.json").exists()
    also = f", or go on with the run in it: varigraph fit --resume {folder}" if unfinished else ""
    how = ", or --force to replace the run in it" if is_run else ""
    raise RunFolderError(f"{folder} is not empty; choose another folder{how}{also}.")


@contextlib.contextmanager
def new_run_folder(folder: Path, *, force: bool = False) -> Iterator[Path]:
    """Gives a temporary folder for what a run starts with; on success it becomes `folder`, whole.

    Args:
        folder: Where the run is to go.
        force: A run that is there is replaced.

    Raises:
        OSError: Without `force`, the folder is no longer empty.
    """
    with atomic_folder(folder) as temporary:
        yield temporary
        if not force:
            # Not what another process has put there meanwhile: of a folder that is not empty this fails.
            with contextlib.suppress(FileNotFoundError):
                folder.rmdir()


def lay_down(
    folder: Path, graph: Graph, split: EdgeSplit, config: dict[str, Any], *, force: bool = False
) -> None:
    """Writes data, split and settings, all or none: with less a folder could be neither resumed nor used.

    Raises:
        OSError: Without `force`, the folder is no longer empty.
    """
    with new_run_folder(folder, force=force) as temporary:
        write_data(temporary, graph, split)
        write_json(temporary / "config.json", config)


class FirstEpoch:
    """A callback that knows whether an epoch was finished."""

    def __init__(self) -> None:
        self.is_over = False

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """One was."""
        self.is_over = True

    def on_end(self, state: TrainingState) -> None:
        """Says nothing of epochs: training may have failed in the first."""

    @contextlib.contextmanager
    def told_first(self, watch: AbstractContextManager[Sequence[Callback]]) -> Iterator[Sequence[Callback]]:
        """What `watch` opens, and this one before it."""
        with watch as callbacks:
            yield [self, *callbacks]


@contextlib.contextmanager
def dropped_without_an_epoch(folder: Path) -> Iterator[FirstEpoch]:
    """Removes what was laid down if training fails for good in its first epoch: resumed, it would fail again.

    What comes from outside, such as Ctrl-C or a full disk, leaves the folder to be resumed.

    Args:
        folder: Just laid down; what others put into it meanwhile stays.
    """
    own, first = [*folder.iterdir(), folder / CHECKPOINT], FirstEpoch()
    try:
        yield first
    except (DivergenceError, TypeError, ValueError):
        if not first.is_over:
            for path in own:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # it is not empty
                folder.rmdir()
        raise


def check_plan(config: Mapping[str, Any], split: EdgeSplit, folder: Path) -> None:
    """Checks what a stored run says beside its model, before it is trained by it.

    Raises:
        RunFolderError: A value is of another kind, or there is nothing to score.
    """
    is_right = {
        "protocol": lambda value: isinstance(value, str) and value != "",
        "preset": lambda value: value is None or (isinstance(value, str) and value != ""),
        "refit": lambda value: isinstance(value, bool),
    }
    wrong = [name for name, check in is_right.items() if name in config and not check(config[name])]
    if wrong:
        raise RunFolderError(f"{folder / 'config.json'} says {repr(config[wrong[0]])[:40]} for {wrong[0]}.")
    for part in (split.val, split.test):
        if not (part.n_positives and part.n_negatives):
            raise RunFolderError(f"{folder / 'split.safetensors'} has no pairs for the {part.name} part.")


def recorded_evaluation(folder: Path) -> LinkEvaluation:
    """The scores that a finished run was given on its test part, as its record has them.

    Nothing is scored again: a model that was trained on all edges has seen the test part since.

    Raises:
        RunFolderError: There is no split, so no test part, or no readable record.
        FileContentError: The record is damaged.
    """
    if "fitted" not in read_config(folder):
        raise RunFolderError(
            f"The run in {folder} did not finish; resume it: varigraph fit --resume {folder}"
        )
    split = read_split(folder)
    if split is None:
        raise RunFolderError(f"{folder} is a saved model without a split, so it has no test part to score.")
    record = RunRecord.read(file_inside(folder, "record.json"))
    if "test" not in record.metrics:
        raise RunFolderError(f"The record in {folder} says nothing of a test part.")
    return LinkEvaluation(
        model=record.model,
        metrics={record.model: record.metrics["test"], **record.heuristics.get("test", {})},
        part="test",
        n_positives=split.test.n_positives,
        n_negatives=split.test.negatives.shape[-2],
        negatives="own" if split.test.has_own_negatives else "shared",
        ties=record.ties,  # type: ignore[arg-type]  # the record has checked it
        n_message_edges={
            "model": split.train.message_graph.n_edges,
            "part": split.test.message_graph.n_edges,
        },
    )
