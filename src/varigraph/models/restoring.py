"""What a model has learnt, from its files: each checked before anything of the stated size is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from varigraph.errors import RunFolderError
from varigraph.graphs.graph import Graph
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.models.graphs.inputs import Placement
from varigraph.models.graphs.parts import Autoencoder, build_parts
from varigraph.tensor_types import FloatArray
from varigraph.untrusted import file_inside

__all__ = [
    "check_shapes",
    "read_tensors",
    "restored_history",
    "restored_module",
    "restored_posterior",
    "whole",
]


def read_tensors(folder: Path, name: str) -> dict[str, Tensor]:
    """The tensors of a safetensors file.

    Raises:
        RunFolderError: It is missing, no file of the folder, or damaged; the message names it.
    """
    path = file_inside(folder, name)
    try:
        tensors: dict[str, Tensor] = load_file(path)
        return tensors
    except (OSError, SafetensorError, ValueError) as error:
        raise RunFolderError(f"{path} cannot be read: {error}") from error


def check_shapes(model: GraphAutoencoder, graph: Graph, tensors: Mapping[str, Tensor] | None = None) -> None:
    """Checks that the settings build a model at all, and one of these tensors; no weight is made for it.

    Args:
        model: With settings of the library's own parts alone.
        graph: What it is for.
        tensors: Weights that must fit.

    Raises:
        ValueError: The settings build nothing, or the tensors are others.
    """
    with torch.device("meta"):
        module = build_parts(model, graph, Placement(torch.device("meta"), _dtype(model)), seed=0)
    if tensors is not None:
        _check_alike(tensors, module.state_dict())


def restored_module(
    model: GraphAutoencoder, graph: Graph, folder: Path, *, is_users_own: bool
) -> Autoencoder:
    """The built parts with their learnt weights.

    Args:
        model: Not fitted.
        graph: What it was trained on.
        folder: Holds `model.safetensors`.
        is_users_own: The encoder is a module that the user has brought.

    Raises:
        RunFolderError: The file is damaged.
        ValueError: The weights are not those of such a model, or not finite.
    """
    weights = read_tensors(folder, "model.safetensors")
    if not is_users_own:  # whose code may not know of tensors without memory
        check_shapes(model, graph, weights)
    module = build_parts(model, graph, Placement(torch.device("cpu"), _dtype(model)), seed=0)
    _check_alike(weights, module.state_dict())
    if not all(bool(tensor.isfinite().all()) for tensor in weights.values()):
        raise ValueError("its weights hold a NaN or an infinity")
    module.load_state_dict(weights)
    return module.eval()


def restored_posterior(model: GraphAutoencoder, graph: Graph, folder: Path) -> dict[str, FloatArray]:
    """The parameters of q(z), a row a node.

    Raises:
        RunFolderError: The file is damaged.
        ValueError: They are not those of this model on this graph, or not finite.
    """
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


def restored_history(folder: Path, name: str, *, n_epochs: int) -> list[dict[str, float]]:
    """One record an epoch.

    Raises:
        ValueError: They are no records of numbers, or not as many as there were epochs.
        OSError: The file cannot be read.
    """
    lines = file_inside(folder, name).read_text(encoding="utf-8").splitlines()
    if len(lines) != n_epochs:
        raise ValueError(f"its history has {len(lines)} lines for {n_epochs} epochs")
    history: list[Any] = [json.loads(line) for line in lines]
    if not all(isinstance(one, dict) and all(map(_is_number, one.values())) for one in history):
        raise ValueError(f"{name} holds a line that is no record of numbers")
    return history


def whole(document: Mapping[str, Any], key: str) -> int:
    """A whole number of 0 or more that fits 63 bits.

    Raises:
        ValueError: It is missing, or something else.
    """
    value = document.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError(f"{key} is no whole number of 0 or more")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _dtype(model: GraphAutoencoder) -> torch.dtype:
    dtype: torch.dtype = getattr(torch, model.dtype)
    return dtype


def _check_alike(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    if found.keys() != wanted.keys():
        raise ValueError(f"model.safetensors holds {sorted(found)}, not {sorted(wanted)}")
    for name, tensor in found.items():
        if (tensor.shape, tensor.dtype) != (wanted[name].shape, wanted[name].dtype):
            raise ValueError(
                f"{name} in model.safetensors is {_described(tensor)}, but the settings make it "
                f"{_described(wanted[name])}"
            )


def _described(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"
