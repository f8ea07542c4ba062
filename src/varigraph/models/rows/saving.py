"""Fitted models of rows as folders: settings, weights, history; none of the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from sklearn.utils.validation import check_is_fitted
from torch import nn

from varigraph.durable import write_json
from varigraph.models.saving import (
    TrainedModel,
    describe_settings,
    describe_training,
    model_folder,
    write_history,
    write_tensors,
)

__all__ = ["FittedRowModel", "describe_fitted_rows", "save_detector", "save_row_model", "write_row_weights"]


class FittedRowModel(TrainedModel, Protocol):
    """What is written of a model of rows; of a VAE `kl_per_dimension_` and `active_units_` as well."""

    name: str
    module_: nn.Module
    n_features_in_: int
    notes_: list[str]
    history_: list[dict[str, float]]


class _Detector(Protocol):
    name: str
    model_: FittedRowModel
    offset_: float


def save_row_model(model: FittedRowModel, folder: str | Path, *, overwrite: bool = False) -> None:
    """Writes a fitted model: `config.json`, `model.safetensors` and `metrics.jsonl`.

    Args:
        model: Fitted.
        folder: A new or empty folder, or with `overwrite` that of a model, which is replaced as a whole.
        overwrite: Replace the model that is there.

    Raises:
        NotFittedError: The model is not fitted.
        RunFolderError: The folder holds something else, or a model and `overwrite` is off.
        ValueError: The model has a part of the user's own that is no encoder; its code is not stored.
    """
    check_is_fitted(model, "module_")
    _save(model, model, describe_fitted_rows(model), folder, overwrite=overwrite)


def save_detector(detector: _Detector, folder: str | Path, *, overwrite: bool = False) -> None:
    """Writes a fitted `AnomalyDetector`: the files of its model, and the offset in `config.json`.

    Args:
        detector: Fitted.
        folder: As for `save_row_model`.
        overwrite: As there.

    Raises:
        NotFittedError, RunFolderError, ValueError: As there.
    """
    check_is_fitted(detector, "offset_")
    # Its model has seen an array: the names of columns are the detector's to know.
    fitted = describe_fitted_rows(detector.model_) | {"offset": detector.offset_} | _feature_names(detector)
    _save(detector, detector.model_, fitted, folder, overwrite=overwrite)


def _save(
    estimator: Any, model: FittedRowModel, fitted: dict[str, Any], folder: str | Path, *, overwrite: bool
) -> None:
    with model_folder(estimator, folder, overwrite=overwrite) as temporary:
        write_row_weights(model, temporary)
        write_json(temporary / "config.json", describe_settings(estimator) | {"fitted": fitted})


def write_row_weights(model: FittedRowModel, folder: Path) -> None:
    """Writes what was learnt, and the history of learning it."""
    write_tensors(folder / "model.safetensors", model.module_.state_dict())
    write_history(folder / "metrics.jsonl", model.history_)


def describe_fitted_rows(model: FittedRowModel) -> dict[str, Any]:
    """What `config.json` says under "fitted"."""
    fitted = describe_training(model) | {"n_features": model.n_features_in_, "notes": model.notes_}
    if hasattr(model, "kl_per_dimension_"):
        fitted |= {
            "kl_per_dimension": model.kl_per_dimension_.tolist(),
            "active_units": int(model.active_units_),  # type: ignore[attr-defined]  # goes with the other
        }
    return fitted | _feature_names(model)


def _feature_names(estimator: Any) -> dict[str, list[str]]:
    names = getattr(estimator, "feature_names_in_", None)
    return {} if names is None else {"feature_names": [str(name) for name in names]}
