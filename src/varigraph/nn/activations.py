"""Activations by the name that settings and the command line use."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["ACTIVATIONS", "activation_named"]

ACTIVATIONS: MappingProxyType[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "elu": F.elu,
        "gelu": F.gelu,
        "softplus": F.softplus,
        "sigmoid": torch.sigmoid,
        "identity": lambda values: values,
    }
)
"""The activations; "identity" makes a network linear, whatever its depth."""


def activation_named(name: str) -> Callable[[Tensor], Tensor]:
    """The activation of a name.

    Raises:
        ValueError: There is none of that name.

    Example:
        >>> activation_named("relu")(torch.tensor([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"There is no activation {name!r}; there are {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[name]
