"""Models from folders: nothing that is read is trusted, and nothing is executed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from varigraph.errors import DataError, RunFolderError
from varigraph.graphs.edge_split import EdgeSplit
from varigraph.graphs.graph import Graph
from varigraph.graphs.split_arrays import split_from_arrays
from varigraph.graphs.store import read_graph
from varigraph.links.documents import calibration_from_document
from varigraph.models.base import GraphAutoencoder
from varigraph.models.gae import GAE
from varigraph.models.inputs import Placement
from varigraph.models.parts import build_parts
from varigraph.models.saving import SCHEMA_VERSION
from varigraph.models.settings import part_from_settings
from varigraph.models.vgae import VGAE
from varigraph.tensor_types import IndexPairs

__all__ = ["MODELS", "load", "read_config", "read_split", "unfitted_model"]

MODELS: dict[str, type[GraphAutoencoder]] = {cls.name: cls for cls in (GAE, VGAE)}
"""Models by registered name."""


def load(folder: str | Path, *, encoder: nn.Module | None = None) -> GraphAutoencoder:
    """A fitted model from a folder that `save` or the command line wrote.

    Args:
        folder: The model's or run's folder.
        encoder: The user's own module, if the model was made with one; its code is not in the folder.

    Returns:
        A fitted `GAE` or `VGAE` whose scores equal the saved model's bit for bit.

    Raises:
        RunFolderError: The folder is not a model's, is damaged, or has another schema.
    """
    folder = Path(folder)
    config = read_config(folder)
    if "fitted" not in config:
        raise RunFolderError(
            f"The run in {folder} did not finish; resume it: varigraph fit --resume {folder}"
        )
    model = unfitted_model(config, folder, encoder=encoder)
    _restore(model, folder, config)
    return model


@dataclass(frozen=True, eq=False)
class _StoredData:
    """What a stored model was trained on, and what else it knows of."""

    message_graph: Graph
    known_graph: Graph
    held_out: IndexPairs


def _stored_data(folder: Path, *, was_refitted: bool) -> _StoredData:
    graph = _stored_graph(folder)
    nothing = np.empty((0, 2), dtype=np.int64)
    split = None if was_refitted else _split_of(folder, graph)
    if split is not None:
        return _StoredData(split.train.message_graph, split.known_graph, split.val.positives)
    message = folder / "message.safetensors"
    if not message.exists():
        return _StoredData(graph, graph, nothing)
    tensors = {name: tensor.numpy() for name, tensor in _read_tensors(message).items()}
    return _StoredData(graph.with_edges(tensors["edges"], tensors.get("weights")), graph, nothing)


def _restore(model: GraphAutoencoder, folder: Path, config: dict[str, Any]) -> None:
    try:
        fitted = config["fitted"]
        was_refitted = bool(fitted.get("refit"))
        data = _stored_data(folder, was_refitted=was_refitted)
        message_graph = data.message_graph
        if fitted["message_graph_fingerprint"] != message_graph.fingerprint:
            raise ValueError("graph/ is not the graph that the model was trained on")
        place = Placement(torch.device("cpu"), getattr(torch, model.dtype))
        model.module_ = build_parts(model, message_graph, place, seed=0)
        model.module_.load_state_dict(_read_tensors(folder / "model.safetensors"))
        model.module_.eval()
        model.posterior_ = {
            name: tensor.numpy() for name, tensor in _read_tensors(folder / "posterior.safetensors").items()
        }
        model.embedding_ = model.posterior_["mean"]
        model.message_graph_, model.known_graph_ = message_graph, data.known_graph
        model.held_out_ = data.held_out
        model.seed_, model.n_threads_ = int(fitted["seed"]), int(fitted["n_threads"])
        model.n_epochs_, model.best_epoch_ = int(fitted["n_epochs"]), int(fitted["best_epoch"])
        lines = (folder / ("refit.jsonl" if was_refitted else "metrics.jsonl")).read_text().splitlines()
        model.history_ = [json.loads(line) for line in lines]
        if len(model.history_) != model.n_epochs_:
            raise ValueError(f"its history has {len(model.history_)} lines for {model.n_epochs_} epochs")
        _check_posterior(model, message_graph)
        calibration = folder / "calibration.json"
        if calibration.exists():  # in folders of schema 1 there is none
            model.calibration_ = calibration_from_document(json.loads(calibration.read_text()))
    except RunFolderError:
        raise
    except (AttributeError, KeyError, OSError, OverflowError, RuntimeError, TypeError, ValueError) as error:
        raise RunFolderError(f"The model in {folder} cannot be restored: {error}") from error


def unfitted_model(
    config: dict[str, Any], folder: Path, *, encoder: nn.Module | None = None
) -> GraphAutoencoder:
    """The estimator that a config describes, before `fit`."""
    try:
        settings = {
            name: part_from_settings(name, value)
            for name, value in config["settings"].items()
            if not _is_user_module(name, value)
        }
        if len(settings) < len(config["settings"]):
            if encoder is None:
                wanted = config["settings"]["encoder"].get("class", "module")
                raise RunFolderError(
                    f"The model in {folder} has an encoder of your own ({wanted}), whose code is not stored; "
                    "pass an instance: load(folder, encoder=module)."
                )
            settings["encoder"] = encoder
        return MODELS[config["model"]](**settings)
    except RunFolderError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RunFolderError(
            f"{folder / 'config.json'} describes no model of this version: {error}"
        ) from error


def read_config(folder: Path) -> dict[str, Any]:
    """The checked document `config.json`.

    Raises:
        RunFolderError: It is missing, no JSON object, or of another schema.
    """
    path = folder / "config.json"
    try:
        config: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunFolderError(f"{folder} is no run folder: there is no config.json in it.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RunFolderError(f"{path} cannot be read: {error}") from error
    found = config.get("schema_version") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(found, int) or not 1 <= found <= SCHEMA_VERSION:
        raise RunFolderError(
            f"{path} has schema version {found!r}; this version reads 1 to {SCHEMA_VERSION}. Read it with "
            "the version of varigraph that wrote it."
        )
    return config


def read_split(folder: Path) -> EdgeSplit | None:
    """The split of a run folder; None for a folder without one.

    Raises:
        RunFolderError: The split or its graph is damaged.
    """
    if not (folder / "split.safetensors").exists():
        return None
    return _split_of(folder, _stored_graph(folder))


def _split_of(folder: Path, graph: Graph) -> EdgeSplit | None:
    path = folder / "split.safetensors"
    if not path.exists():
        return None
    tensors = _read_tensors(path)
    try:
        return split_from_arrays(graph, {name: tensor.numpy() for name, tensor in tensors.items()})
    except (IndexError, TypeError, ValueError) as error:
        raise RunFolderError(f"{path} holds no split of the graph beside it: {error}") from error


def _stored_graph(folder: Path) -> Graph:
    try:
        return read_graph(folder / "graph")
    except DataError as error:
        raise RunFolderError(f"The graph of {folder} cannot be read: {error}") from error


def _check_posterior(model: GraphAutoencoder, graph: Graph) -> None:
    arrays = model.posterior_.values()
    found = {(str(array.dtype), array.shape) for array in arrays}
    fits = len(arrays) == model.posterior.n_parameters and len(found) == 1 and model.embedding_.ndim == 2
    if not fits or len(model.embedding_) != graph.n_nodes or str(model.embedding_.dtype) != model.dtype:
        raise ValueError(f"the posterior holds {sorted(found)} for {graph.n_nodes} nodes in {model.dtype}")
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("the posterior holds a NaN or an infinity")


def _is_user_module(name: str, value: Any) -> bool:
    return name == "encoder" and isinstance(value, dict) and value.get("name") == "module"


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        tensors: dict[str, Tensor] = load_file(path)
        return tensors
    except (OSError, SafetensorError, ValueError) as error:
        raise RunFolderError(f"{path} cannot be read: {error}") from error
