"""Optimizers for many small steps: torch's fused kernels without what surrounds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

__all__ = ["LeanAdam"]


class LeanAdam(torch.optim.Adam):
    """torch's fused Adam, bit for bit, with less around it, which small networks feel.

    torch's own `step` checks every setting, opens a profiler range and groups the weights by device anew at
    each call. State and settings are torch's, so are checkpoints.

    Args:
        params: As torch's; all weights of a group on one device and of one precision.
        lr: The learning rate.

    References:
        Kingma & Ba (2015), *Adam: a method for stochastic optimization*, algorithm 1.
    """

    def __init__(self, params: Any, *, lr: float) -> None:
        super().__init__(params, lr=lr, fused=True)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step with the gradients as they stand; weights without one stay.

        Raises:
            ValueError: There is a closure, which this optimizer does not call.
        """
        if closure is not None:
            raise ValueError("LeanAdam takes no closure; compute the gradients before the step.")
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            if not weights:
                continue
            steps, means, squares = zip(*[self._state_of(weight) for weight in weights], strict=True)
            torch._foreach_add_(steps, 1)
            beta1, beta2 = group["betas"]
            torch._fused_adam_(
                weights,
                [weight.grad for weight in weights],
                means,
                squares,
                [],
                steps,
                lr=group["lr"],
                beta1=beta1,
                beta2=beta2,
                weight_decay=group["weight_decay"],
                eps=group["eps"],
                amsgrad=False,
                maximize=False,
            )

    step.hooked = True  # type: ignore[attr-defined]  # or torch would wrap it in a profiler range

    def _state_of(self, weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Steps taken, and the running means of the gradient and of its square."""
        state: dict[str, torch.Tensor] = self.state[weight]
        if not state:
            state["step"] = torch.zeros((), device=weight.device)
            state["exp_avg"] = torch.zeros_like(weight)
            state["exp_avg_sq"] = torch.zeros_like(weight)
        return state["step"], state["exp_avg"], state["exp_avg_sq"]
