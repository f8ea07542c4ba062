"""Fitted models of graphs as folders: weights, posterior, calibration, and the graph itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from varigraph.durable import write_json
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.arrays import split_to_arrays
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.graphs.store import write_graph
from varigraph.links.calibration import Calibration
from varigraph.links.documents import calibration_to_document
from varigraph.models.saving import (
    TrainedModel,
    describe_settings,
    describe_training,
    model_folder,
    write_history,
    write_tensors,
)
from varigraph.tensor_types import FloatArray, IndexPairs

__all__ = ["FittedGraphModel", "describe_fitted", "save_model", "write_data", "write_weights"]


class FittedGraphModel(TrainedModel, Protocol):
    """What is written of a model of graphs."""

    name: str
    module_: nn.Module
    posterior_: dict[str, FloatArray]
    message_graph_: Graph
    known_graph_: Graph
    held_out_: IndexPairs
    calibration_: Calibration
    history_: list[dict[str, float]]


def save_model(model: FittedGraphModel, folder: str | Path, *, overwrite: bool = False) -> None:
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
    with model_folder(model, folder, overwrite=overwrite) as temporary:
        write_data(temporary, model.known_graph_)
        if model.known_graph_ is not model.message_graph_:
            write_tensors(temporary / "message.safetensors", _message_tensors(model))
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
        write_tensors(folder / "split.safetensors", arrays)


def write_weights(model: FittedGraphModel, folder: Path) -> None:
    """Writes what was learnt: weights, posterior and calibration."""
    write_tensors(folder / "model.safetensors", model.module_.state_dict())
    posterior = {name: torch.from_numpy(array) for name, array in model.posterior_.items()}
    write_tensors(folder / "posterior.safetensors", posterior)
    if model.message_graph_.n_edges < model.message_graph_.n_pairs:  # else there is no pair to calibrate for
        write_json(folder / "calibration.json", calibration_to_document(model.calibration_))


def describe_fitted(model: FittedGraphModel) -> dict[str, Any]:
    """What `config.json` says under "fitted"."""
    return describe_training(model) | {"message_graph_fingerprint": model.message_graph_.fingerprint}


def _message_tensors(model: FittedGraphModel) -> dict[str, Tensor]:
    graph = model.message_graph_
    tensors = {"edges": torch.from_numpy(graph.edges), "held_out": torch.from_numpy(model.held_out_)}
    if graph.weights is not None:
        tensors["weights"] = torch.from_numpy(graph.weights)
    return tensors
