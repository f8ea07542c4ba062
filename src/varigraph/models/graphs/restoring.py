"""What a model of graphs has learnt, from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from varigraph.graphs.graph import Graph
from varigraph.links.documents import calibration_from_document
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.models.graphs.inputs import Placement
from varigraph.models.graphs.parts import Autoencoder, build_parts
from varigraph.models.graphs.stored_data import read_stored_data
from varigraph.models.restoring import (
    FAULTS,
    check_alike,
    check_finite,
    no_model,
    read_tensors,
    restored_history,
    whole,
)
from varigraph.seeding import resolve_seed
from varigraph.tensor_types import FloatArray
from varigraph.training import resolve_device
from varigraph.untrusted import read_json

__all__ = ["check_trainable", "restore_graph_model"]


def restore_graph_model(
    model: GraphAutoencoder, folder: Path, config: dict[str, Any], *, is_users_own: bool
) -> None:
    """Gives an estimator what it had learnt.

    Args:
        model: As its settings make it, not fitted; changed in place.
        folder: Of a saved model or a finished run.
        config: The folder's.
        is_users_own: The encoder is a module that the user has brought.

    Raises:
        RunFolderError: A file is damaged; the message names it.
        ValueError: A file holds something else than belongs to the model (or another of `restoring.FAULTS`).
    """
    fitted = config["fitted"]
    was_refitted = bool(fitted.get("refit"))
    data = read_stored_data(folder, was_refitted=was_refitted)
    graph = data.message_graph
    if fitted["message_graph_fingerprint"] != graph.fingerprint:
        raise ValueError("graph/ is not the graph that the model was trained on")
    model.message_graph_, model.known_graph_, model.held_out_ = graph, data.known_graph, data.held_out
    model.seed_, model.n_threads_ = whole(fitted, "seed"), whole(fitted, "n_threads")
    model.n_epochs_, model.best_epoch_ = whole(fitted, "n_epochs"), whole(fitted, "best_epoch")
    history = "refit.jsonl" if was_refitted else "metrics.jsonl"
    model.history_ = restored_history(folder, history, n_epochs=model.n_epochs_)
    model.posterior_ = _restored_posterior(model, graph, folder)
    model.embedding_ = model.posterior_["mean"]
    model.module_ = _restored_module(model, graph, folder, is_users_own=is_users_own)
    # Schema 1 had none, and of a complete graph there is nothing to calibrate for.
    if config["schema_version"] > 1 and graph.n_edges < graph.n_pairs:
        model.calibration_ = calibration_from_document(read_json(folder, "calibration.json"))


def check_trainable(model: GraphAutoencoder, graph: Graph, folder: Path) -> None:
    """Checks that an estimator of `unfitted_model` can be fitted here: its parts, its seed and its device.

    Raises:
        RunFolderError: It cannot; the message names the folder.
    """
    try:
        resolve_seed(model.random_state)
        resolve_device(model.device)
        _check_shapes(model, graph)
    except FAULTS as error:
        raise no_model(folder, error) from error


def _check_shapes(model: GraphAutoencoder, graph: Graph, tensors: Mapping[str, Tensor] | None = None) -> None:
    """Checks that the settings build a model at all, and one of these tensors; no weight is made for it."""
    with torch.device("meta"):
        module = build_parts(model, graph, Placement(torch.device("meta"), _dtype(model)), seed=0)
    if tensors is not None:
        check_alike(tensors, module.state_dict())


def _restored_module(
    model: GraphAutoencoder, graph: Graph, folder: Path, *, is_users_own: bool
) -> Autoencoder:
    weights = read_tensors(folder, "model.safetensors")
    if not is_users_own:  # whose code may not know of tensors without memory
        _check_shapes(model, graph, weights)
    module = build_parts(model, graph, Placement(torch.device("cpu"), _dtype(model)), seed=0)
    check_alike(weights, module.state_dict())
    check_finite(weights)
    module.load_state_dict(weights)
    return module.eval()


def _restored_posterior(model: GraphAutoencoder, graph: Graph, folder: Path) -> dict[str, FloatArray]:
    """The parameters of q(z), a row a node."""
    tensors = read_tensors(folder, "posterior.safetensors")
    found = {(str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape)) for tensor in tensors.values()}
    names = set(model.posterior.from_outputs(torch.zeros(1, model.posterior.n_parameters)).tensors())
    dtype, shape = min(found, default=("", ()))
    fits = tensors.keys() == names and len(found) == 1 and len(shape) == 2 and dtype == model.dtype
    if not fits or shape[0] != graph.n_nodes or not shape[1]:
        raise ValueError(
            f"the posterior holds {sorted(tensors)} as {sorted(found)} for {graph.n_nodes} nodes in "
            f"{model.dtype}"
        )
    arrays: dict[str, FloatArray] = {name: tensor.numpy() for name, tensor in tensors.items()}
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError("the posterior holds a NaN or an infinity")
    return arrays


def _dtype(model: GraphAutoencoder) -> torch.dtype:
    dtype: torch.dtype = getattr(torch, model.dtype)
    return dtype
