"""`MLP`: fully connected layers of any widths, with one hand-written backward for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from varigraph.nn.activations import activation_named
from varigraph.nn.initialisation import fan_in_uniform_

__all__ = ["MLP", "layer_gradients", "layer_values", "seeded_linear"]

_aten = torch.ops.aten

# The activations whose derivative follows from their value, each as (in place, gradient through it).
_FUSED: MappingProxyType[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor, Tensor], Tensor]]] = (
    MappingProxyType(
        {
            "relu": (torch.relu_, lambda gradient, value: _aten.threshold_backward(gradient, value, 0)),
            "tanh": (torch.tanh_, _aten.tanh_backward),
            "sigmoid": (torch.sigmoid_, _aten.sigmoid_backward),
            "identity": (lambda values: values, lambda gradient, value: gradient),
        }
    )
)


class MLP(nn.Module):
    """W_L f(… f(W_1 x + b_1) …) + b_L: an activation between layers, none after the last.

    Args:
        widths: Of the inputs, of each hidden layer, of the outputs; two or more.
        activation: f, a name in `ACTIVATIONS`.
        generator: Where the starting weights come from.

    Example:
        >>> network = MLP((784, 128, 32, 40), activation="relu", generator=torch.Generator())
        >>> network(torch.zeros(5, 784)).shape
        torch.Size([5, 40])
    """

    def __init__(self, widths: Sequence[int], *, activation: str, generator: torch.Generator) -> None:
        super().__init__()
        self.activation = activation
        self.layers = nn.ModuleList([seeded_linear(i, o, generator=generator) for i, o in pairwise(widths)])
        self._activate = activation_named(activation)

    @property
    def is_fused(self) -> bool:
        """Whether the backward is written by hand: if the activation's derivative follows from its value."""
        return self.activation in _FUSED

    def forward(self, inputs: Tensor) -> Tensor:
        """From (…, widths[0]) to (…, widths[-1])."""
        if self.is_fused:
            rows = inputs.reshape(-1, inputs.shape[-1])
            fused: Tensor = _FusedLayers.apply(self.activation, rows, *self.parameters())
            return fused if inputs.ndim == 2 else fused.view(*inputs.shape[:-1], fused.shape[-1])
        hidden = inputs
        for layer in self.layers[:-1]:
            hidden = self._activate(layer(hidden))
        outputs: Tensor = self.layers[-1](hidden)
        return outputs


class _FusedLayers(torch.autograd.Function):
    """All layers in one node of autograd's graph: fewer tensors and nodes beside the matrix products."""

    @staticmethod
    def forward(ctx: Any, activation: str, rows: Tensor, *parameters: Tensor) -> Tensor:
        values = layer_values(activation, rows, parameters)
        ctx.activation = activation
        ctx.save_for_backward(*parameters, *values[:-1])
        return values[-1]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        n_layers = len(ctx.saved_tensors) // 3
        parameters, values = ctx.saved_tensors[: 2 * n_layers], ctx.saved_tensors[2 * n_layers :]
        of_rows, of_parameters = layer_gradients(
            ctx.activation, gradient, parameters, values, of_rows_too=ctx.needs_input_grad[1]
        )
        return None, of_rows, *of_parameters


def layer_values(activation: str, rows: Tensor, parameters: Sequence[Tensor]) -> list[Tensor]:
    """What goes into each layer, and what comes out of the last, without autograd.

    Args:
        activation: One of those that `MLP.is_fused` is true of.
        rows: shape (n_rows, n_inputs).
        parameters: Weight and offset of each layer, in order.
    """
    activate, _ = _FUSED[activation]
    values = [rows]
    n_layers = len(parameters) // 2
    for at in range(n_layers):
        value = torch.addmm(parameters[2 * at + 1], values[-1], parameters[2 * at].t())
        values.append(value if at == n_layers - 1 else activate(value))
    return values


def layer_gradients(
    activation: str,
    gradient: Tensor,
    parameters: Sequence[Tensor],
    values: Sequence[Tensor],
    *,
    of_rows_too: bool,
    scale: float = 1.0,
) -> tuple[Tensor | None, list[Tensor]]:
    """The gradients of the rows, if wanted, and of each parameter in order.

    Args:
        activation: As in `layer_values`.
        gradient: Of the outputs, shape (n_rows, n_outputs).
        parameters: Weight and offset of each layer.
        values: What went into each layer.
        of_rows_too: Whether somebody asks for the gradient of the rows.
        scale: What `gradient` is to be multiplied by, which a matrix product does by the way.
    """
    _, through = _FUSED[activation]
    found: list[Tensor] = []
    for at in reversed(range(len(parameters) // 2)):
        weight = parameters[2 * at]
        of_bias = gradient.sum(0)
        found += [of_bias if scale == 1 else of_bias.mul_(scale)]
        found += [_scaled_product(gradient.t(), values[at], scale)]
        if at or of_rows_too:
            gradient = _scaled_product(gradient, weight, scale)
        if at:
            gradient = through(gradient, values[at])
        scale = 1.0  # the gradient of the layers below has it
    found.reverse()
    return (gradient if of_rows_too else None), found


def _scaled_product(left: Tensor, right: Tensor, scale: float) -> Tensor:
    if scale == 1:
        return left.mm(right)
    return torch.addmm(right[0, 0], left, right, beta=0, alpha=scale)


def seeded_linear(n_inputs: int, n_outputs: int, *, generator: torch.Generator) -> nn.Linear:
    """A linear layer whose weights and offsets start from U(−1/√n_inputs, 1/√n_inputs), as torch's own do."""
    # torch's constructor would draw from the global generator. `skip_init` goes to the CPU unless told where.
    layer: nn.Linear = nn.utils.skip_init(nn.Linear, n_inputs, n_outputs, device=torch.get_default_device())
    fan_in_uniform_(layer.weight, n_inputs, generator=generator)
    fan_in_uniform_(layer.bias, n_inputs, generator=generator)
    return layer
