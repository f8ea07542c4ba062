"""`ModuleEncoder`: a user's PyG-style module, `module(x, edge_index)`, as an encoder."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor, nn

from varigraph.distributions import Delta, Posterior
from varigraph.encoders.base import Encoder, GraphInputs
from varigraph.seeding import keyed_global_generators

__all__ = ["ModuleEncoder", "check_resettable", "takes_edge_weight"]


class ModuleEncoder(Encoder):
    """Wraps a module whose `forward(x, edge_index)` returns z, or (μ, log σ) for a VGAE.

    `x` is dense, (n_nodes, n_features); the identity matrix when the graph has no features.
    `edge_index` has both directions of every message edge. If `forward` has a parameter `edge_weight` and
    the graph has weights, they are passed. The latent dimension is whatever the module returns; for a VGAE
    it must be the model's `latent_dim`, because the prior has that many.

    Args:
        module: Never changed: `fit` works on a deep copy whose weights it resets.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def build(
        self,
        n_inputs: int,
        n_latent: int,
        *,
        posterior: type[Posterior],
        generator: torch.Generator,
    ) -> None:
        """Resets weights through the modules' own `reset_parameters`; see `check_resettable`."""
        self.posterior = posterior
        self.n_latent = n_latent
        # The modules' own resets draw from the global generator; it is put back as it was.
        with keyed_global_generators(int(torch.randint(2**62, (1,), generator=generator))):
            for child in self.module.modules():
                reset = getattr(child, "reset_parameters", None)
                if callable(reset):
                    reset()

    def outputs(self, inputs: GraphInputs) -> Tensor:
        """Shape (n_nodes, posterior.n_parameters · n_latent).

        Raises:
            ValueError: The module's output does not fit the model.
        """
        return self._checked(self.module_output(inputs), inputs.n_nodes)

    def module_output(self, inputs: GraphInputs) -> Any:
        """What the module itself returns, whatever that is."""
        keywords = {}
        if inputs.edge_weight is not None and takes_edge_weight(self.module):
            keywords["edge_weight"] = inputs.edge_weight
        return self.module(inputs.dense_features, inputs.edge_index, **keywords)

    def _checked(self, output: Any, n_nodes: int) -> Tensor:
        parts: list[Any] = list(output) if isinstance(output, tuple | list) else [output]
        are_tensors = all(isinstance(one, Tensor) for one in parts)
        if len(parts) != self.posterior.n_parameters or not are_tensors:
            wanted = "z alone (a GAE)" if self.posterior is Delta else "the tuple (mean, log_std) (a VGAE)"
            found = f"{len(parts)} tensor(s)" if are_tensors else f"a {type(output).__name__}"
            raise ValueError(f"The encoder module returned {found}; it must return {wanted}.")
        shapes = {tuple(part.shape) for part in parts}
        if len(shapes) > 1 or parts[0].ndim != 2 or len(parts[0]) != n_nodes:
            raise ValueError(f"The encoder module must return ({n_nodes}, n_latent), got {sorted(shapes)}.")
        width = parts[0].shape[1]
        if self.posterior is not Delta and width != self.n_latent:
            raise ValueError(
                f"The encoder module returned {width} latent dimensions, but the prior has {self.n_latent}; "
                f"make the model with latent_dim={width}."
            )
        return torch.cat(parts, dim=1)


def takes_edge_weight(module: nn.Module) -> bool:
    """Whether the `forward` of a user's module has a parameter `edge_weight`."""
    return "edge_weight" in inspect.signature(module.forward).parameters


def check_resettable(encoder: Any) -> None:
    """Refuses a user's module that `ModuleEncoder.build` would not reset as a whole; others pass.

    Raises:
        ValueError: A parameter belongs to no module with `reset_parameters`, so a fit would go on from
            trained weights.
    """
    module = encoder.module if isinstance(encoder, ModuleEncoder) else encoder
    if isinstance(module, Encoder) or not isinstance(module, nn.Module):
        return
    if orphans := _parameters_without_reset(module):
        raise ValueError(
            f"The encoder's parameters {', '.join(orphans)} belong to no module with a "
            "reset_parameters() method, so they cannot be reset for an honest repeat. Add one."
        )


def _parameters_without_reset(module: nn.Module, prefix: str = "") -> list[str]:
    if hasattr(module, "reset_parameters"):
        return []
    own = [prefix + name for name, _ in module.named_parameters(recurse=False)]
    below = [_parameters_without_reset(child, f"{prefix}{name}.") for name, child in module.named_children()]
    return own + [name for names in below for name in names]
