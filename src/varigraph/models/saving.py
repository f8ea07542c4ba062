"""Fitted models as folders of safetensors and JSON: never a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors.torch import save_file
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from varigraph.durable import atomic_file, atomic_folder, write_json, write_text
from varigraph.errors import RunFolderError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.arrays import split_to_arrays
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.graphs.store import write_graph
from varigraph.links.calibration import Calibration
from varigraph.links.documents import calibration_to_document
from varigraph.models.settings import settings_of, unregistered_parts
from varigraph.tensor_types import FloatArray, IndexPairs

__all__ = [
    "SCHEMA_VERSION",
    "FittedModel",
    "describe_fitted",
    "describe_settings",
    "save_model",
    "write_data",
    "write_history",
    "write_weights",
]

SCHEMA_VERSION = 2
"""Of `config.json`. 1 knew no calibration and no refit; it is read still, other versions are refused."""


class FittedModel(Protocol):
    """What is written of a model."""

    name: str
    module_: nn.Module
    posterior_: dict[str, FloatArray]
    message_graph_: Graph
    known_graph_: Graph
    held_out_: IndexPairs
    calibration_: Calibration
    history_: list[dict[str, float]]
    seed_: int
    n_threads_: int
    n_epochs_: int
    best_epoch_: int


def save_model(model: FittedModel, folder: str | Path, *, overwrite: bool = False) -> None:
    """Writes a fitted model: `config.json`, weights, posterior, calibration, `graph/`, `metrics.jsonl`.

    `graph/` holds every edge that the model knows of; where it has learnt from some of them only, those
    stand in `message.safetensors`, with those held out for validation.

    Args:
        model: Fitted.
        folder: A new or empty folder, or with `overwrite` that of a model, which is replaced as a whole.
        overwrite: Replace the model that is there.

    Raises:
        NotFittedError: The model is not fitted.
        RunFolderError: The folder holds something else, or a model and `overwrite` is off.
        ValueError: The model has a decoder, prior or objective of the user's own, whose code is not stored.
    """
    check_is_fitted(model, "embedding_")
    folder = Path(folder)
    taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if taken and not (overwrite and (folder / "config.json").is_file()):
        raise RunFolderError(
            f"{folder} is there already and not empty; choose another, or overwrite=True to replace a model."
        )
    if own := unregistered_parts(settings_of(model)):
        raise ValueError(
            f"The model's {own[0]} is a class of your own; its code is not stored, so it cannot be saved."
        )
    with atomic_folder(folder) as temporary:
        write_data(temporary, model.known_graph_)
        if model.known_graph_ is not model.message_graph_:
            _write_tensors(temporary / "message.safetensors", _message_tensors(model))
        write_weights(model, temporary)
        write_history(temporary / "metrics.jsonl", model.history_)
        config = describe_settings(model) | {"fitted": describe_fitted(model)}
        write_json(temporary / "config.json", config)


def write_data(folder: Path, graph: Graph, split: EdgeSplit | None = None) -> None:
    """Writes the graph, and the split of it that a run is about."""
    folder.mkdir(parents=True, exist_ok=True)
    write_graph(folder / "graph", graph)
    if split is not None:
        arrays = {name: torch.from_numpy(array.copy()) for name, array in split_to_arrays(split).items()}
        _write_tensors(folder / "split.safetensors", arrays)


def write_weights(model: FittedModel, folder: Path) -> None:
    """Writes what was learnt: weights, posterior and calibration."""
    _write_tensors(folder / "model.safetensors", model.module_.state_dict())
    posterior = {name: torch.from_numpy(array) for name, array in model.posterior_.items()}
    _write_tensors(folder / "posterior.safetensors", posterior)
    if model.message_graph_.n_edges < model.message_graph_.n_pairs:  # else there is no pair to calibrate for
        write_json(folder / "calibration.json", calibration_to_document(model.calibration_))


def write_history(path: Path, history: Sequence[Mapping[str, float]]) -> None:
    """Writes one JSON document a line, one line an epoch."""
    write_text(path, "".join(json.dumps(line) + "\n" for line in history))


def describe_settings(model: Any) -> dict[str, Any]:
    """The document `config.json` of a model that is not fitted yet: how to build it again."""
    return {"schema_version": SCHEMA_VERSION, "model": model.name, "settings": settings_of(model)}


def describe_fitted(model: FittedModel) -> dict[str, Any]:
    """What `config.json` says under "fitted"."""
    return {
        "seed": model.seed_,
        "n_threads": model.n_threads_,
        "n_epochs": model.n_epochs_,
        "best_epoch": model.best_epoch_,
        "message_graph_fingerprint": model.message_graph_.fingerprint,
        "libraries": {library: version(library) for library in ("varigraph", "torch", "numpy")},
    }


def _message_tensors(model: FittedModel) -> dict[str, Tensor]:
    graph = model.message_graph_
    tensors = {"edges": torch.from_numpy(graph.edges), "held_out": torch.from_numpy(model.held_out_)}
    if graph.weights is not None:
        tensors["weights"] = torch.from_numpy(graph.weights)
    return tensors


def _write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    own = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    with atomic_file(path) as temporary:
        save_file(own, temporary)
