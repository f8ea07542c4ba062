"""One run in one folder: split, train, score the test part once, write everything down."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from varigraph.durable import atomic_folder, write_json
from varigraph.errors import RunFolderError
from varigraph.evaluation.link_prediction import LinkEvaluation, evaluate_links
from varigraph.evaluation.records import RunRecord
from varigraph.experiments.link_record import link_record
from varigraph.graphs.edge_split import EdgeSplit
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import read_graph
from varigraph.models.base import GraphAutoencoder
from varigraph.models.loading import load, read_config, read_split, unfitted_model
from varigraph.models.saving import describe_fitted, describe_settings, write_data, write_weights
from varigraph.seeding import resolve_seed
from varigraph.tables.writing import write_table
from varigraph.training import Callback, Checkpointing

__all__ = [
    "RunResult",
    "check_run_folder_is_free",
    "embedding_columns",
    "evaluate_run",
    "resume_run",
    "start_run",
]

CHECKPOINT = "checkpoint.safetensors"


@dataclass(frozen=True, eq=False)
class RunResult:
    """What a finished run came to.

    Attributes:
        folder: Where everything was written.
        model: Fitted on the train part.
        evaluation: The test part, scored once.
        record: The run's facts, as in `record.json`.
    """

    folder: Path
    model: GraphAutoencoder
    evaluation: LinkEvaluation
    record: RunRecord


def start_run(
    model: GraphAutoencoder,
    graph: Graph,
    split: EdgeSplit,
    folder: str | Path,
    *,
    preset: str | None = None,
    callbacks: Sequence[Callback] = (),
) -> RunResult:
    """Trains `model` on a split of `graph` and leaves a run folder.

    Data, split and settings are written before training starts, and a checkpoint every few seconds, so a
    run that was stopped, in whatever way, can be resumed with `resume_run`.

    Args:
        model: Not fitted; its `random_state` is resolved and written down.
        graph: The whole graph.
        split: Of that graph.
        folder: New or empty.
        preset: What the settings started from, for the record.
        callbacks: Told of every epoch.

    Raises:
        RunFolderError: The folder is a file or not empty.
        OSError: The place cannot be written to, or the disk is full.
    """
    folder = Path(folder)
    check_run_folder_is_free(folder)
    model.set_params(random_state=resolve_seed(model.random_state))
    config = describe_settings(model) | {"dataset": graph.name, "preset": preset}
    _lay_down(folder, graph, split, config)
    return _finish(model, graph, split, folder, config, callbacks=callbacks, resume_from=None)


def check_run_folder_is_free(folder: Path) -> None:
    """Refuses a folder that a new run cannot have.

    Raises:
        RunFolderError: It is a file, or not empty.
    """
    if folder.exists() and not folder.is_dir():
        raise RunFolderError(f"{folder} is a file; a run needs a folder of its own. Choose another name.")
    if folder.exists() and any(folder.iterdir()):
        unfinished = (folder / "config.json").exists() and not (folder / "record.json").exists()
        also = f", or go on with the run in it: varigraph fit --resume {folder}" if unfinished else ""
        raise RunFolderError(f"{folder} is not empty; choose another folder{also}.")


def resume_run(folder: str | Path, *, callbacks: Sequence[Callback] = ()) -> RunResult:
    """Goes on with a run that was stopped, to the same weights, bit for bit, as if it had not been.

    Raises:
        RunFolderError: The folder holds no run, a finished one, or one whose encoder is a user's module.
    """
    folder = Path(folder)
    config = read_config(folder)
    if (folder / "record.json").exists():
        raise RunFolderError(f"The run in {folder} is finished; there is nothing to resume.")
    split = read_split(folder)
    if split is None:
        raise RunFolderError(f"{folder} has no split.safetensors, so it is a saved model and not a run.")
    checkpoint = folder / CHECKPOINT
    return _finish(
        unfitted_model(config, folder),
        read_graph(folder / "graph"),
        split,
        folder,
        config,
        callbacks=callbacks,
        resume_from=checkpoint if checkpoint.exists() else None,
    )


def evaluate_run(folder: str | Path) -> tuple[GraphAutoencoder, LinkEvaluation]:
    """The model of a finished run and its scores on the test part that the run was made with.

    Raises:
        RunFolderError: The folder holds no finished run.
    """
    folder = Path(folder)
    model, split = load(folder), read_split(folder)
    if split is None:
        raise RunFolderError(f"{folder} is a saved model without a split, so it has no test part to score.")
    return model, evaluate_links(model, split.test, name=read_config(folder)["model"])


def _lay_down(folder: Path, graph: Graph, split: EdgeSplit, config: dict[str, Any]) -> None:
    """Data, split and settings, all or none: a folder with less could be neither resumed nor used again."""
    with atomic_folder(folder) as temporary:
        write_data(temporary, graph, split)
        write_json(temporary / "config.json", config)
        # Not what another process has put there meanwhile: of a folder that is not empty this fails.
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()


def _finish(
    model: GraphAutoencoder,
    graph: Graph,
    split: EdgeSplit,
    folder: Path,
    config: dict[str, Any],
    *,
    callbacks: Sequence[Callback],
    resume_from: Path | None,
) -> RunResult:
    started = time.perf_counter()
    model.fit(
        split.train,
        validation=split.val,
        callbacks=[*callbacks, Checkpointing(folder / CHECKPOINT)],
        resume_from=resume_from,
    )
    seconds = time.perf_counter() - started
    evaluation = evaluate_links(model, split.test, name=config["model"])
    write_weights(model, folder)
    write_table(folder / "embeddings.parquet", embedding_columns(model))
    write_json(folder / "config.json", config | {"fitted": describe_fitted(model)})
    phase = "fit" if resume_from is None else "fit_after_resuming"  # what came before was not timed
    record = link_record(
        [evaluation], [model], graph, [split], preset=config.get("preset"), timings={phase: seconds}
    )
    record.write(folder / "record.json")  # last: its presence says that the run is finished
    return RunResult(folder, model, evaluation, record)


def embedding_columns(model: GraphAutoencoder) -> dict[str, Any]:
    """The embedding as named columns, `id` first: what goes into a file."""
    columns: dict[str, Any] = {"id": model.message_graph_.ids}
    columns |= {
        f"z{k}": np.ascontiguousarray(model.embedding_[:, k]) for k in range(model.embedding_.shape[1])
    }
    return columns
