"""Models from folders: nothing that is read is trusted, and nothing is executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from varigraph.errors import DataError, FileContentError, RunFolderError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.arrays import split_from_arrays
from varigraph.graphs.splits.edge_split import EdgeSplit, as_pairs
from varigraph.graphs.store import read_graph
from varigraph.links.documents import calibration_from_document
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.models.graphs.gae import GAE
from varigraph.models.graphs.vgae import VGAE
from varigraph.models.restoring import (
    check_shapes,
    read_tensors,
    restored_history,
    restored_module,
    restored_posterior,
    whole,
)
from varigraph.models.saving import SCHEMA_VERSION
from varigraph.models.settings import check_settings, part_from_settings
from varigraph.seeding import resolve_seed
from varigraph.tensor_types import IndexPairs
from varigraph.training import resolve_device
from varigraph.untrusted import file_inside, read_json

__all__ = ["MODELS", "check_trainable", "load", "read_config", "read_split", "unfitted_model"]

MODELS: dict[str, type[GraphAutoencoder]] = {cls.name: cls for cls in (GAE, VGAE)}
"""Models by registered name."""

_LONGEST_REASON = 300  # letters; a value that is quoted may be of any length

# What comes of values that are not what they should be, where they are used before they can be checked.
_FAULTS = (
    *(AttributeError, IndexError, KeyError, MemoryError, OSError, OverflowError, RecursionError),
    *(RuntimeError, TypeError, ValueError),
)


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
    try:
        _restore(model, folder, config, is_users_own=encoder is not None)
    except RunFolderError:
        raise
    except _FAULTS as error:
        raise RunFolderError(f"The model in {folder} cannot be restored: {_reason(error)}") from error
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
    tensors = {name: tensor.numpy() for name, tensor in read_tensors(folder, message.name).items()}
    message_graph = graph.with_edges(tensors["edges"], tensors.get("weights"))
    held_out = as_pairs(tensors["held_out"], "held_out")
    if held_out.ndim != 2 or not graph.has_edges(held_out).all():
        raise ValueError("held_out holds what is no edge of graph/")
    return _StoredData(message_graph, graph, held_out)


def _restore(model: GraphAutoencoder, folder: Path, config: dict[str, Any], *, is_users_own: bool) -> None:
    fitted = config["fitted"]
    was_refitted = bool(fitted.get("refit"))
    data = _stored_data(folder, was_refitted=was_refitted)
    graph = data.message_graph
    if fitted["message_graph_fingerprint"] != graph.fingerprint:
        raise ValueError("graph/ is not the graph that the model was trained on")
    model.message_graph_, model.known_graph_, model.held_out_ = graph, data.known_graph, data.held_out
    model.seed_, model.n_threads_ = whole(fitted, "seed"), whole(fitted, "n_threads")
    model.n_epochs_, model.best_epoch_ = whole(fitted, "n_epochs"), whole(fitted, "best_epoch")
    history = "refit.jsonl" if was_refitted else "metrics.jsonl"
    model.history_ = restored_history(folder, history, n_epochs=model.n_epochs_)
    model.posterior_ = restored_posterior(model, graph, folder)
    model.embedding_ = model.posterior_["mean"]
    model.module_ = restored_module(model, graph, folder, is_users_own=is_users_own)
    # Schema 1 had none, and of a complete graph there is nothing to calibrate for.
    if config["schema_version"] > 1 and graph.n_edges < graph.n_pairs:
        model.calibration_ = calibration_from_document(read_json(folder, "calibration.json"))


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
        model = MODELS[config["model"]](**settings)
        check_settings(model)
        return model
    except RunFolderError:
        raise
    except _FAULTS as error:
        raise _no_model(folder, error) from error


def check_trainable(model: GraphAutoencoder, graph: Graph, folder: Path) -> None:
    """Checks that an estimator of `unfitted_model` can be fitted here: its parts, its seed and its device.

    Raises:
        RunFolderError: It cannot; the message names the folder.
    """
    try:
        resolve_seed(model.random_state)
        resolve_device(model.device)
        check_shapes(model, graph)
    except _FAULTS as error:
        raise _no_model(folder, error) from error


def _no_model(folder: Path, error: BaseException) -> RunFolderError:
    return RunFolderError(
        f"{folder / 'config.json'} describes no model that can be made here: {_reason(error)}"
    )


def read_config(folder: Path) -> dict[str, Any]:
    """The checked document `config.json`.

    Raises:
        RunFolderError: It is missing, no JSON object, or of another schema.
    """
    path = folder / "config.json"
    if not path.exists():
        raise RunFolderError(f"{folder} is no run folder: there is no config.json in it.")
    try:
        config: Any = read_json(folder, path.name)
    except FileContentError as error:
        raise RunFolderError(str(error)) from error
    found = config.get("schema_version") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(found, int) or not 1 <= found <= SCHEMA_VERSION:
        raise RunFolderError(
            f"{path} has schema version {repr(found)[:40]}; this version reads 1 to {SCHEMA_VERSION}. Read "
            "it with the version of varigraph that wrote it."
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
    tensors = read_tensors(folder, path.name)
    try:
        arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
        _check_split_arrays(arrays, graph.n_nodes)
        return split_from_arrays(graph, arrays)
    except _FAULTS as error:
        raise RunFolderError(f"{path} holds no split of the graph beside it: {_reason(error)}") from error


def _check_split_arrays(arrays: Mapping[str, NDArray[Any]], n_nodes: int) -> None:
    """Positions may be wrong in a user's own split, which is for `verify` to report; here they are damage."""
    for name, array in arrays.items():
        if array.dtype != (np.float64 if name.endswith("weights") else np.int64):
            raise ValueError(f"{name} holds {array.dtype}")
        if name.endswith(("tives", "edges")) and array.size and not 0 <= array.min() <= array.max() < n_nodes:
            raise ValueError(f"{name} holds positions that are not in 0 … {n_nodes - 1}")


def _stored_graph(folder: Path) -> Graph:
    try:
        file_inside(folder, "graph/graph.json")  # or the graph's own folder would be taken for its bounds
        return read_graph(folder / "graph")
    except DataError as error:
        raise RunFolderError(f"The graph of {folder} cannot be read: {error}") from error


def _is_user_module(name: str, value: Any) -> bool:
    return name == "encoder" and isinstance(value, dict) and value.get("name") == "module"


def _reason(error: BaseException) -> str:
    """In words, on one line: of a missing key the bare name says too little."""
    if isinstance(error, KeyError):
        return f"config.json does not state {error}"
    if isinstance(error, RecursionError):
        return "a file is nested too deeply"
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= _LONGEST_REASON else words[:_LONGEST_REASON] + " …"
