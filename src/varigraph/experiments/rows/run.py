"""One run of a row model in one folder: train, score the test part once, write it all down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from varigraph.durable import write_json
from varigraph.errors import DataError, RunFolderError
from varigraph.evaluation.row_evaluation import RowEvaluation
from varigraph.evaluation.row_record import RowRecord
from varigraph.experiments.rows.row_facts import row_record
from varigraph.experiments.rows.row_source import RowSource
from varigraph.experiments.rows.run_folder import check_row_plan, lay_down_rows, read_row_split
from varigraph.experiments.rows.training import check_split, evaluate_on_test, fit_on_split
from varigraph.experiments.run_folder import (
    CHECKPOINT,
    check_run_folder_is_free,
    dropped_without_an_epoch,
)
from varigraph.experiments.timings import timed
from varigraph.models.loading import unfitted_row_model
from varigraph.models.restoring import no_model, read_config
from varigraph.models.rows.base import RowAutoencoder
from varigraph.models.rows.restoring import check_row_model_is_trainable
from varigraph.models.rows.saving import describe_fitted_rows, write_row_weights
from varigraph.models.saving import describe_settings
from varigraph.rows import Rows, RowSplit
from varigraph.seeding import resolve_seed
from varigraph.tables import embedding_columns
from varigraph.tables.writing import write_table
from varigraph.training import Callback, Checkpointing

__all__ = ["RowRunPlan", "RowRunResult", "RowWatch", "resume_row_run", "start_row_run"]

RowWatch: TypeAlias = Callable[[], AbstractContextManager[Sequence[Callback]]]
"""Opens what is told of every epoch of the one training of a run."""


@dataclass(frozen=True, kw_only=True)
class RowRunPlan:
    """What a run is beside model, rows and split.

    Attributes:
        source: What `datasets.load_rows` reads the rows from: a data set's name or a path, which is written
            down as an absolute one. None for rows that were made in memory, which a resumed run must be
            given again.
        reading: The options of `load_rows` that the rows were read with; plain JSON values.
        preset: What the settings started from, for the record.
    """

    source: str | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)
    preset: str | None = None


@dataclass(frozen=True, eq=False)
class RowRunResult:
    """What a finished run came to.

    Attributes:
        folder: Where everything was written.
        model: Trained on the train part; what the folder holds.
        evaluation: Of the test part, scored once.
        record: The run's facts, as in `record.json`.
    """

    folder: Path
    model: RowAutoencoder
    evaluation: RowEvaluation
    record: RowRecord


def start_row_run(
    model: RowAutoencoder,
    rows: Rows,
    split: RowSplit,
    folder: str | Path,
    *,
    plan: RowRunPlan = RowRunPlan(),
    force: bool = False,
    watch: RowWatch = lambda: nullcontext(()),
) -> RowRunResult:
    """Trains `model` on the train part, with the validation part held out, and scores the test part once.

    Split and settings are written before training starts, and a checkpoint every few seconds, so a run that
    was stopped, in whatever way, can be resumed with `resume_row_run`. The rows themselves are not stored;
    `config.json` says where they come from and what their fingerprint is. A run whose training fails before
    an epoch is over leaves no folder.

    Args:
        model: Not fitted; its `random_state` is resolved and written down, and its `image_shape`, if it has
            none, is that of the rows.
        rows: All rows.
        split: Of those rows.
        folder: New or empty.
        plan: What else the run is; written down too.
        force: A run that is in the folder is replaced, before training starts.
        watch: Opens what is told of every epoch.

    Raises:
        RunFolderError: The folder is a file or not empty.
        SplitError: There is nothing to train on or to score.
        DivergenceError: The loss is not finite in the first epoch, or what the trained model makes of the
            test part is not.
        OSError: The place cannot be written to, or the disk is full.
    """
    folder = Path(folder)
    check_split(split)
    check_run_folder_is_free(folder, force=force)
    model.set_params(random_state=resolve_seed(model.random_state))
    if model.image_shape is None and rows.image_shape is not None:
        model.set_params(image_shape=rows.image_shape)
    config = describe_settings(model) | {
        "dataset": rows.name,
        "preset": plan.preset,
        "protocol": split.protocol or "given",
        "data": RowSource.of(rows, plan.source, plan.reading).to_dict(),
    }
    lay_down_rows(folder, split, config, force=force)
    with dropped_without_an_epoch(folder) as first:
        return _finish(
            model, rows, split, folder, config, watch=lambda: first.told_first(watch()), is_resumed=False
        )


def resume_row_run(
    folder: str | Path, *, rows: Rows | None = None, watch: RowWatch = lambda: nullcontext(())
) -> RowRunResult:
    """Goes on with a run that was stopped, to the same weights, bit for bit, as if it had not been.

    Args:
        folder: Of the run.
        rows: The rows, for a run that knows no source to read them from; by default they are read again.
        watch: Opens what is told of every epoch.

    Raises:
        RunFolderError: The folder holds no run, a finished one, one whose encoder is a user's module, or the
            rows can no longer be read or are not those that it was started with.
        DivergenceError: The weights that training led to make nothing finite of the test part.
    """
    folder = Path(folder)
    config = read_config(folder)
    if (folder / "record.json").exists():
        raise RunFolderError(f"The run in {folder} is finished; there is nothing to resume.")
    split = read_row_split(folder)
    if split is None:
        raise RunFolderError(f"{folder} has no split.safetensors, so it is a saved model and not a run.")
    model, source = unfitted_row_model(config, folder), RowSource.of_config(config, folder)
    if rows is None:
        rows = source.read(folder)
    source.check(rows, folder)
    check_row_plan(config, split, rows, folder)
    check_row_model_is_trainable(model, rows.n_features, folder, checkpoint=CHECKPOINT)
    try:
        return _finish(model, rows, split, folder, config, watch=watch, is_resumed=True)
    except DataError:
        raise
    except ValueError as error:  # settings and rows that do not go together
        raise no_model(folder, error) from error


def _finish(
    model: RowAutoencoder,
    rows: Rows,
    split: RowSplit,
    folder: Path,
    config: dict[str, Any],
    *,
    watch: RowWatch,
    is_resumed: bool,
) -> RowRunResult:
    timings: dict[str, float] = {}
    suffix = "_after_resuming" if is_resumed else ""  # what came before was not timed
    checkpoint = folder / CHECKPOINT
    with timed(timings, f"fit{suffix}"), watch() as callbacks:
        fit_on_split(
            model,
            rows,
            split,
            callbacks=[*callbacks, Checkpointing(checkpoint)],
            resume_from=checkpoint if checkpoint.exists() else None,
        )
    with timed(timings, "evaluation"):
        evaluation = evaluate_on_test(model, rows, split)
    _write(model, rows, folder, config)
    record = row_record([evaluation], [model], rows, [split], preset=config.get("preset"), timings=timings)
    record.write(folder / "record.json")  # last: its presence says that the run is finished
    return RowRunResult(folder, model, evaluation, record)


def _write(model: RowAutoencoder, rows: Rows, folder: Path, config: dict[str, Any]) -> None:
    write_row_weights(model, folder)
    write_table(folder / "embeddings.parquet", embedding_columns(rows.ids, model.transform(rows.values)))
    write_json(folder / "config.json", config | {"fitted": describe_fitted_rows(model)})
