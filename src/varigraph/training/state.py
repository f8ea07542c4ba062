"""`TrainingState`: everything that a training run is, between two epochs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["TrainingState"]


@dataclass
class TrainingState:
    """Where a run stands. Random numbers are keyed by (seed, epoch), so no generator's state is part of it.

    Attributes:
        module: What is trained.
        optimizer: Over the module's parameters.
        identity: What the run is (data, settings, seed) in one string; a checkpoint of another is refused.
        epoch: Finished epochs.
        best_epoch: The last epoch with the highest validation score; 0 before the first one.
        best_score: That score.
        best_weights: The module's tensors at that epoch.
        history: One record a finished epoch: `epoch`, the loss terms that were computed, and `val_…` metrics.
        is_whole: False while the weights have moved and the rest has not; such a state is not written.
    """

    module: nn.Module
    optimizer: torch.optim.Optimizer
    identity: str = ""
    epoch: int = 0
    best_epoch: int = 0
    best_score: float = -float("inf")
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    is_whole: bool = True

    def note_best(self, score: float) -> None:
        """Keeps the weights if `score` is as high as any before.

        Of equal scores the later epoch wins: a handful of validation pairs reaches its best score by luck
        within a few epochs, long before the model has learnt anything.
        """
        if score >= self.best_score:
            self.best_epoch, self.best_score = self.epoch, score
            self.best_weights = {name: t.detach().clone() for name, t in self.module.state_dict().items()}

    def restore_best(self) -> None:
        """Puts the best weights back into the module; without any, leaves it as it is."""
        if self.best_weights:
            self.module.load_state_dict(self.best_weights)

    def set_rate(self, factor: float) -> None:
        """Sets the learning rate of every group to `factor` times the one that it was made with."""
        for group in self.optimizer.param_groups:
            group["lr"] = factor * group.setdefault("initial_lr", group["lr"])

    def snapshot(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """The module's and the optimizer's tensors as they stand, for `go_back_to`."""
        weights = {name: tensor.detach().clone() for name, tensor in self.module.state_dict().items()}
        return weights, copy.deepcopy(self.optimizer.state_dict())

    def go_back_to(self, snapshot: tuple[dict[str, Tensor], dict[str, Any]]) -> None:
        """Undoes the steps since `snapshot`, after which the state is whole again."""
        weights, optimizer = snapshot
        self.module.load_state_dict(weights)
        self.optimizer.load_state_dict(optimizer)
        self.is_whole = True

    def tensors(self) -> dict[str, Tensor]:
        """Every tensor of the state under a flat name: module.*, best.*, optimizer.*."""
        named = {f"module.{name}": t for name, t in self.module.state_dict().items()}
        named |= {f"best.{name}": t for name, t in self.best_weights.items()}
        for parameter, slots in self.optimizer.state_dict()["state"].items():
            named |= {f"optimizer.{parameter}.{slot}": t for slot, t in slots.items()}
        # safetensors refuses tensors that share memory.
        return {name: tensor.detach().clone().contiguous() for name, tensor in named.items()}

    def numbers(self) -> dict[str, Any]:
        """Everything else, as JSON."""
        score = None if self.best_epoch == 0 else self.best_score
        return {
            "identity": self.identity,
            "epoch": self.epoch,
            "best_epoch": self.best_epoch,
            "best_score": score,
            "history": self.history,
        }

    def restore(self, tensors: Mapping[str, Tensor], numbers: Mapping[str, Any]) -> None:
        """Takes back what `tensors` and `numbers` gave.

        Raises:
            KeyError: Something is missing.
            ValueError: Tensors do not fit the module, or are not finite.
        """
        weights, own = _under("module.", tensors), self.module.state_dict()
        _check_weights(weights, own)
        self.module.load_state_dict(weights)
        self.best_weights = _under("best.", tensors)
        if self.best_weights:
            _check_weights(self.best_weights, own)
        slots: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _under("optimizer.", tensors).items():
            parameter, slot = name.split(".", 1)
            slots.setdefault(int(parameter), {})[slot] = tensor
        _check_slots(slots, self.module, self.optimizer)
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": slots})
        self.epoch = int(numbers["epoch"])
        self.best_epoch = int(numbers["best_epoch"])
        self.best_score = -float("inf") if numbers["best_score"] is None else float(numbers["best_score"])
        self.history = list(numbers["history"])
        if not all(isinstance(record, dict) for record in self.history):
            raise ValueError("its history holds something that is no record")
        if not 0 <= self.best_epoch <= self.epoch == len(self.history):
            raise ValueError(
                f"it has {len(self.history)} records for {self.epoch} epochs, of which {self.best_epoch} was "
                "the best"
            )


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def _check_weights(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    if missing := sorted(wanted.keys() - found.keys()):
        raise ValueError(f"it lacks {', '.join(missing[:3])}")
    if unknown := sorted(found.keys() - wanted.keys()):
        raise ValueError(f"it has {', '.join(unknown[:3])}, which the model has not")
    for name, tensor in found.items():
        if (tensor.shape, tensor.dtype) != (wanted[name].shape, wanted[name].dtype):
            raise ValueError(
                f"{name} is {tensor.dtype} of shape {tuple(tensor.shape)}, not {wanted[name].dtype} of shape "
                f"{tuple(wanted[name].shape)}"
            )
        if not bool(tensor.isfinite().all()):
            raise ValueError(f"{name} holds a NaN or an infinity")


def _check_slots(
    slots: Mapping[int, Mapping[str, Tensor]], module: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """Fused optimizers trust their tensors: one that is shorter than its parameter is read past its end."""
    parameters, names = dict(enumerate(module.parameters())), _slot_names(optimizer)
    missing = optimizer.state_dict()["state"].keys() - slots.keys()
    if missing:
        raise ValueError(f"the optimizer knows nothing of the parameters {sorted(missing)}")
    for number, named in slots.items():
        if number not in parameters:
            raise ValueError(f"the optimizer has a parameter {number}, the model only {len(parameters)}")
        if named.keys() != names:
            raise ValueError(f"optimizer.{number} has {sorted(named)} where {sorted(names)} are wanted")
        for slot, tensor in named.items():
            parameter = parameters[number]
            wanted = (torch.Size(), torch.float32) if slot == "step" else (parameter.shape, parameter.dtype)
            if (tensor.shape, tensor.dtype) != wanted:
                raise ValueError(
                    f"optimizer.{number}.{slot} is {tensor.dtype} of shape {tuple(tensor.shape)}"
                )
            if not bool(tensor.isfinite().all()):
                raise ValueError(f"optimizer.{number}.{slot} holds a NaN or an infinity")


def _slot_names(optimizer: torch.optim.Optimizer) -> set[str]:
    """What an optimizer of this kind keeps of a parameter: some keep nothing before their first step."""
    parameter = nn.Parameter(torch.zeros(1))
    parameter.grad = torch.zeros(1)
    make: Any = type(optimizer)
    probe = make([parameter], lr=1.0)
    probe.step()
    return set(probe.state[parameter])
