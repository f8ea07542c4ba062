"""What a model of rows has learnt, from its folder."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.base import clone
from torch import Tensor

from varigraph.models.restoring import (
    FAULTS,
    check_alike,
    check_finite,
    no_model,
    read_tensors,
    restored_history,
    whole,
)
from varigraph.models.rows.anomaly import AnomalyDetector
from varigraph.models.rows.base import RowAutoencoder
from varigraph.models.rows.network import RowNetwork, assembled_network
from varigraph.models.rows.row_settings import check_row_settings
from varigraph.models.rows.vae import VAE
from varigraph.seeding import resolve_seed
from varigraph.training import resolve_device

__all__ = ["check_row_model_is_trainable", "restore_detector", "restore_row_model"]


def restore_row_model(
    model: RowAutoencoder, folder: Path, fitted: Mapping[str, Any], *, is_users_own: bool
) -> None:
    """Gives an estimator what it had learnt.

    Args:
        model: As its settings make it, not fitted; changed in place.
        folder: Of a saved model or a finished run.
        fitted: What its `config.json` says under "fitted".
        is_users_own: The encoder is one that the user has brought.

    Raises:
        RunFolderError: A file is damaged; the message names it.
        ValueError: A file holds something else than belongs to the model (or another of `restoring.FAULTS`).
    """
    weights = read_tensors(folder, "model.safetensors")
    n_features = whole(fitted, "n_features")
    for name in ("shift", "scale"):
        if weights[name].shape != (n_features,) or weights[name].dtype != getattr(torch, model.dtype):
            raise ValueError(f"{name} in model.safetensors is not one {model.dtype} a column")
    _take_counts(model, fitted)
    _take_columns(model, fitted)
    model.notes_ = _sentences(fitted)
    model.row_notes_, model.training_notes_ = list(model.notes_), []
    model.history_ = restored_history(folder, "metrics.jsonl", n_epochs=model.n_epochs_)
    model.module_ = _restored_network(model, weights, is_users_own=is_users_own)
    if isinstance(model, VAE):
        model.kl_per_dimension_, model.active_units_ = _units(model, fitted)


def restore_detector(
    detector: AnomalyDetector, folder: Path, fitted: Mapping[str, Any], *, is_users_own: bool
) -> None:
    """Gives an anomaly detector its fitted model and its offset; arguments and errors as above."""
    offset = fitted["offset"]
    if isinstance(offset, bool) or not isinstance(offset, int | float) or not math.isfinite(offset):
        raise ValueError("offset is no number")
    own = {name: value for name, value in fitted.items() if name != "feature_names"}
    detector.model_ = clone(detector.model)
    restore_row_model(detector.model_, folder, own, is_users_own=is_users_own)
    detector.offset_ = float(offset)
    _take_columns(detector, fitted)


def check_row_model_is_trainable(
    model: RowAutoencoder, n_features: int, folder: Path, *, checkpoint: str
) -> None:
    """Checks that an estimator of `unfitted_row_model` can be fitted here: its parts, seed and device.

    Args:
        model: Not fitted.
        n_features: Columns of the rows.
        folder: Of the run.
        checkpoint: Name of the file that the fit goes on from. If it is there, its weights must have the
            shapes that the settings make; no weight is made before that is known.

    Raises:
        RunFolderError: It cannot; the message names the folder.
    """
    weights = _checkpoint_weights(folder, checkpoint)
    try:
        check_row_settings(model)
        resolve_seed(model.random_state)
        resolve_device(model.device)
        model.built_objective()
        module = _without_memory(model, torch.zeros(n_features), torch.ones(n_features))
        if weights is None:
            _check_room(module)
        else:
            check_alike(weights, module.state_dict(), name=checkpoint)
    except FAULTS as error:
        raise no_model(folder, error) from error


def _checkpoint_weights(folder: Path, name: str) -> dict[str, Tensor] | None:
    if not (folder / name).exists():
        return None
    tensors = read_tensors(folder, name)
    return {key.removeprefix("module."): one for key, one in tensors.items() if key.startswith("module.")}


def _check_room(module: RowNetwork) -> None:
    """Checks that weights that no file bears out fit into this machine, before they are made."""
    if not hasattr(os, "sysconf"):  # as on Windows
        return
    n_bytes = sum(weight.numel() * weight.element_size() for weight in module.parameters())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if n_bytes > memory:
        raise ValueError(
            f"its weights take {n_bytes / 1e9:,.0f} GB, and this machine has {memory / 1e9:,.0f}"
        )


def _take_counts(model: RowAutoencoder, fitted: Mapping[str, Any]) -> None:
    model.seed_, n_threads = whole(fitted, "seed"), whole(fitted, "n_threads")
    model.n_epochs_, model.best_epoch_ = whole(fitted, "n_epochs"), whole(fitted, "best_epoch")
    if not n_threads or model.best_epoch_ > model.n_epochs_:
        raise ValueError("n_threads or best_epoch is out of its range")
    # Scores are computed with as many threads as in training, for the same bits; never with thousands.
    model.n_threads_ = min(n_threads, os.cpu_count() or 1)


def _take_columns(estimator: RowAutoencoder | AnomalyDetector, fitted: Mapping[str, Any]) -> None:
    estimator.n_features_in_ = whole(fitted, "n_features")
    names = fitted.get("feature_names")
    if names is None:
        return
    if not isinstance(names, list) or len(names) != estimator.n_features_in_ or not _are_texts(names):
        raise ValueError("feature_names are not one name a column")
    estimator.feature_names_in_ = np.array(names, dtype=object)


def _sentences(fitted: Mapping[str, Any]) -> list[str]:
    notes = fitted["notes"]
    if not isinstance(notes, list) or not _are_texts(notes):
        raise ValueError("notes are no sentences")
    return notes


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _restored_network(model: RowAutoencoder, weights: dict[str, Tensor], *, is_users_own: bool) -> RowNetwork:
    shift, scale = weights["shift"], weights["scale"]
    if not is_users_own:  # whose code may not know of tensors without memory
        check_alike(weights, _without_memory(model, shift, scale).state_dict())
    network = _network(model, shift, scale)
    check_alike(weights, network.state_dict())
    check_finite(weights)
    if not bool((scale > 0).all()):
        raise ValueError("it divides columns by a scale that is not above 0")
    network.load_state_dict(weights)
    return network.eval()


def _without_memory(model: RowAutoencoder, shift: Tensor, scale: Tensor) -> RowNetwork:
    """The network that the settings make, of tensors that have a shape alone."""
    with torch.device("meta"):
        return _network(model, shift, scale)


def _network(model: RowAutoencoder, shift: Tensor, scale: Tensor) -> RowNetwork:
    # Every value that is drawn or taken from the rows here is overwritten by a learnt one.
    return assembled_network(
        model,
        shift,
        scale,
        inputs=torch.zeros(1, len(shift)),
        generator=torch.Generator().manual_seed(0),
        dtype=getattr(torch, model.dtype),
    )


def _units(model: VAE, fitted: Mapping[str, Any]) -> tuple[Any, int]:
    kl, n_active = fitted["kl_per_dimension"], whole(fitted, "active_units")
    array = np.array(kl, dtype=model.dtype)
    if array.shape != (model.latent_dim,) or not np.isfinite(array).all() or n_active > model.latent_dim:
        raise ValueError("kl_per_dimension or active_units is not that of its latent dimensions")
    return array, n_active
