"""Run folders of rows: what is laid down before training, and what a finished one says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from varigraph.durable import write_json
from varigraph.errors import RunFolderError
from varigraph.evaluation.row_evaluation import RowEvaluation
from varigraph.evaluation.row_record import RowRecord
from varigraph.experiments.rows.row_source import RowSource
from varigraph.experiments.run_folder import new_run_folder
from varigraph.models.restoring import FAULTS, check_finished, read_config, read_tensors, reason
from varigraph.models.saving import write_tensors
from varigraph.rows import Rows, RowSplit
from varigraph.untrusted import file_inside

__all__ = [
    "check_row_plan",
    "lay_down_rows",
    "read_row_split",
    "recorded_row_evaluation",
    "rows_of_run",
]

_PARTS = ("train", "val", "test")


def lay_down_rows(folder: Path, split: RowSplit, config: Mapping[str, Any], *, force: bool = False) -> None:
    """Writes split and settings, both or none: with less a folder could be neither resumed nor used.

    Raises:
        OSError: Without `force`, the folder is no longer empty.
    """
    tensors = {name: torch.from_numpy(getattr(split, name).copy()) for name in _PARTS}
    if split.seed is not None:
        tensors["seed"] = torch.tensor([split.seed])
    with new_run_folder(folder, force=force) as temporary:
        write_tensors(temporary / "split.safetensors", tensors)
        write_json(temporary / "config.json", config)


def read_row_split(folder: str | Path) -> RowSplit | None:
    """The split of a run folder; None for a folder without one.

    Raises:
        RunFolderError: The split is damaged.
    """
    folder = Path(folder)
    path = folder / "split.safetensors"
    if not path.exists():
        return None
    tensors, protocol = read_tensors(folder, path.name), read_config(folder).get("protocol", "")
    try:
        if not tensors.keys() - {"seed"} == set(_PARTS) or not isinstance(protocol, str):
            raise ValueError(f"it holds {sorted(tensors)}")
        arrays = {name: tensors[name].numpy() for name in _PARTS}
        seed = int(tensors["seed"]) if "seed" in tensors else None
        return RowSplit(**arrays, seed=seed, protocol=protocol)
    except FAULTS as error:
        raise RunFolderError(f"{path} holds no split of rows: {reason(error)}") from error


def check_row_plan(config: Mapping[str, Any], split: RowSplit, rows: Rows, folder: Path) -> None:
    """Checks what a stored run says beside its model, before it is trained by it.

    Raises:
        RunFolderError: A value is of another kind, a position is no row, or there is nothing to train on.
    """
    is_right = {
        "protocol": lambda value: isinstance(value, str) and value != "",
        "preset": lambda value: value is None or (isinstance(value, str) and value != ""),
        "dataset": lambda value: isinstance(value, str) and value != "",
    }
    wrong = [name for name, check in is_right.items() if not check(config.get(name))]
    if wrong:
        raise RunFolderError(
            f"{folder / 'config.json'} says {repr(config.get(wrong[0]))[:40]} for {wrong[0]}."
        )
    last = max((int(part.max()) for part in (split.train, split.val, split.test) if len(part)), default=-1)
    if last >= rows.n_rows or not (len(split.train) and len(split.test)):
        raise RunFolderError(
            f"{folder / 'split.safetensors'} holds no split of {rows.n_rows:,} rows into train and test."
        )


def rows_of_run(folder: str | Path) -> Rows:
    """The rows of a run, read again from where they came from.

    Raises:
        RunFolderError: The folder is no run of rows, the run does not say where they come from, or what is
            there can no longer be read or is no longer what it was.
    """
    folder = Path(folder)
    return RowSource.of_config(read_config(folder), folder).read(folder)


def recorded_row_evaluation(folder: str | Path) -> RowEvaluation:
    """The scores that a finished run was given on its test part, as its record has them, notes included.

    Raises:
        RunFolderError: There is no split, so no test part, or no readable record.
        FileContentError: The record is damaged.
    """
    folder = Path(folder)
    check_finished(read_config(folder), folder)
    if read_row_split(folder) is None:
        raise RunFolderError(f"{folder} is a saved model without a split, so it has no test part to score.")
    record = RowRecord.read(file_inside(folder, "record.json"))
    try:
        return _evaluation_of(record)
    except (KeyError, TypeError, ValueError) as error:
        raise RunFolderError(f"The record in {folder} lacks what a test part has: {reason(error)}") from error


def _evaluation_of(record: RowRecord) -> RowEvaluation:
    n_latent, n_samples = record.settings["latent_dim"], record.settings.get("n_samples")
    metrics = {record.model: record.metrics["test"], **record.baselines.get("test", {})}
    errors = {record.model: record.standard_errors["test"], **record.baseline_standard_errors.get("test", {})}
    if not isinstance(n_latent, int) or not isinstance(n_samples, int | None):
        raise ValueError("latent_dim or n_samples is no whole number")
    if errors.keys() != metrics.keys() or any(
        isinstance(one, dict) for each in metrics.values() for one in each.values()
    ):
        raise ValueError("its metrics are not those of one run")
    return RowEvaluation(
        model=record.model,
        metrics=metrics,
        standard_errors=errors,
        part="test",
        n_rows=record.counts["n_test"],
        n_features=record.counts["n_features"],
        n_train=record.counts["n_train"],
        n_latent=n_latent,
        n_samples=n_samples,
        notes=tuple(record.notes),
    )
