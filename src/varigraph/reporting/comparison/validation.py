"""How the validation of several runs went by epoch, for a picture of them over each other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.row_record import RowRecord
from varigraph.evaluation.row_scale import nats_of
from varigraph.models.restoring import FAULTS, reason, restored_history
from varigraph.reporting.comparison.runs import ComparedRun, data_labels
from varigraph.tensor_types import FloatArray

__all__ = ["RunCurve", "RunPanel", "validation_curves"]

_OF_LINKS = {"val_auc": "validation AUC", "val_ap": "validation AP"}
_OF_ROWS = "val_loss"


@dataclass(frozen=True, eq=False)
class RunCurve:
    """One run by epoch.

    Attributes:
        name: Of the run.
        epochs: shape (n_epochs,), those of which a value is known.
        values: Same shape.
        kept_epoch: Whose weights were kept; None if the record does not say.
    """

    name: str
    epochs: FloatArray
    values: FloatArray
    kept_epoch: int | None


@dataclass(frozen=True, eq=False)
class RunPanel:
    """Curves that measure the same.

    Attributes:
        title: What they are of, with the unit.
        curves: One a run.
    """

    title: str
    curves: tuple[RunCurve, ...]


def validation_curves(runs: Sequence[ComparedRun]) -> list[RunPanel]:
    """The validation of runs by epoch: AUC and AP of links, the loss of rows.

    Losses of different objectives, likelihoods or data are not of the same thing, and have panels of their
    own.

    Raises:
        FileContentError: A run is a record without its folder, or none of them was validated.
        RunFolderError: The history of a run is missing or damaged.
    """
    panels: dict[str, list[RunCurve]] = {}
    for run in runs:
        history = _history(run)
        for key, title in _titles(run, runs).items():
            known = [one for one in history if key in one]
            if known:
                epochs, values = (np.array([one[name] for one in known]) for name in ("epoch", key))
                kept = run.record.counts.get("best_epoch")
                panels.setdefault(title, []).append(RunCurve(run.name, epochs, values, kept))
    if not panels:
        raise FileContentError("None of the runs has a validation part, so there is no curve to draw.")
    return [RunPanel(title, tuple(curves)) for title, curves in panels.items()]


def _history(run: ComparedRun) -> Sequence[Mapping[str, float]]:
    folder = run.path.parent if run.path.name == "record.json" else run.path
    if run.n_epochs is None or not folder.is_dir() or not (folder / "config.json").exists():
        raise FileContentError(f"{run.path} is a record without curves by epoch; give run folders.")
    try:
        history = restored_history(folder, "metrics.jsonl", n_epochs=run.n_epochs)
        if any("epoch" not in one for one in history):
            raise ValueError("a line states no epoch")
    except FAULTS as error:
        raise RunFolderError(f"{folder / 'metrics.jsonl'} holds no curves: {reason(error)}") from error
    return history


def _titles(run: ComparedRun, runs: Sequence[ComparedRun]) -> dict[str, str]:
    """What its curves are called, by their keys in the history."""
    labels = data_labels(runs)
    data = f" on {labels[run.data_fingerprint]}" if len(labels) > 1 else ""
    record = run.record
    if not isinstance(record, RowRecord):
        return {key: f"{title}{data}" for key, title in _OF_LINKS.items()}
    return {_OF_ROWS: f"validation loss, nats per row ({_objective(record)}; {nats_of(record)}{data})"}


def _objective(record: RowRecord) -> str:
    """Its objective with the arguments that change what is minimised."""
    objective = record.settings.get("objective", "loss")
    if not isinstance(objective, Mapping):
        return str(objective)
    told = {name: value for name, value in objective.items() if name not in ("name", "warmup_epochs")}
    changed = [f"{name} {json.dumps(value)}" for name, value in told.items() if value not in (None, 1)]
    return " ".join([str(objective.get("name")), *changed])
