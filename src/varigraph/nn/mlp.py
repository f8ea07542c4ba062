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

__all__ = ["MLP", "seeded_linear"]

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

    def forward(self, inputs: Tensor) -> Tensor:
        """From (…, widths[0]) to (…, widths[-1])."""
        if self.activation in _FUSED:
            parameters = [p for layer in self.layers for p in (layer.weight, layer.bias)]
            rows = inputs.reshape(-1, inputs.shape[-1])
            fused: Tensor = _FusedLayers.apply(self.activation, rows, *parameters)
            return fused if inputs.ndim == 2 else fused.view(*inputs.shape[:-1], fused.shape[-1])
        hidden = inputs
        for layer in self.layers[:-1]:
            hidden = self._activate(layer(hidden))
        outputs: Tensor = self.layers[-1](hidden)
        return outputs


class _FusedLayers(torch.autograd.Function):
    """All layers in one node of the graph, which halves what a step costs beside its matrix products."""

    @staticmethod
    def forward(ctx: Any, activation: str, rows: Tensor, *parameters: Tensor) -> Tensor:
        activate, _ = _FUSED[activation]
        values = [rows]
        n_layers = len(parameters) // 2
        for at in range(n_layers):
            weight, bias = parameters[2 * at], parameters[2 * at + 1]
            value = torch.addmm(bias, values[-1], weight.t())
            values.append(value if at == n_layers - 1 else activate(value))
        ctx.activation = activation
        ctx.save_for_backward(*parameters[::2], *values[:-1])
        return values[-1]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        saved = ctx.saved_tensors
        n_layers = len(saved) // 2
        weights, values = saved[:n_layers], saved[n_layers:]
        _, through = _FUSED[ctx.activation]
        found: list[Tensor | None] = []
        for at in reversed(range(n_layers)):
            found += [gradient.sum(0), gradient.t().mm(values[at])]
            if at:
                gradient = through(gradient.mm(weights[at]), values[at])
        of_rows = gradient.mm(weights[0]) if ctx.needs_input_grad[1] else None
        return None, of_rows, *reversed(found)


def seeded_linear(n_inputs: int, n_outputs: int, *, generator: torch.Generator) -> nn.Linear:
    """A linear layer whose weights and offsets start from U(−1/√n_inputs, 1/√n_inputs), as torch's own do."""
    # torch's constructor would draw from the global generator. `skip_init` goes to the CPU unless told where.
    layer = nn.utils.skip_init(nn.Linear, n_inputs, n_outputs, device=torch.get_default_device())
    fan_in_uniform_(layer.weight, n_inputs, generator=generator)
    fan_in_uniform_(layer.bias, n_inputs, generator=generator)
    return layer
