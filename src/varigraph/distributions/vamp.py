"""`VampPrior`: a mixture of the posteriors of learned pseudo-inputs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from varigraph.distributions.mixture import NormalMixture
from varigraph.distributions.normal import DiagonalNormal
from varigraph.distributions.priors import Prior

__all__ = ["VampPrior"]

_UNBOUNDED = torch.finfo(torch.float32).max


class VampPrior(Prior):
    """p(z) = (1/K) Σ_k q(z | u_k), the mixture of the posteriors of K learned pseudo-inputs u_k.

    The prior that maximises the bound is the mean of all rows' posteriors; this is one of that form with K
    terms. It owns the pseudo-inputs alone: the encoder that makes components of them is passed at every call
    and learns through them too. Each step encodes K rows more than the batch has.

    Pseudo-inputs look like the encoder's inputs: rows after scaling, n_inputs numbers each. Where the rows
    that they start from all lie in [0, 1], as intensities do, they are kept there.

    Args:
        n_components: K.

    References:
        Tomczak & Welling (2018), *VAE with a VampPrior*.

    Example:
        >>> prior = VampPrior(n_components=2)
        >>> prior.build(3, generator=torch.Generator().manual_seed(0), inputs=torch.eye(4))
        >>> prior(lambda u: DiagonalNormal(u[:, :3], u[:, 1:])).mean.shape
        torch.Size([1, 3])
    """

    pseudo_inputs: nn.Parameter
    lowest: Tensor
    highest: Tensor

    def __init__(self, n_components: int = 500) -> None:
        super().__init__()
        if n_components < 1:
            raise ValueError(f"n_components must be 1 or more, got {n_components}.")
        self.n_components = n_components
        # Stored with the pseudo-inputs, since a loaded model does not see the rows that decided them; and
        # finite, since an infinity among stored numbers counts as damage.
        self.register_buffer("lowest", torch.tensor(-_UNBOUNDED))
        self.register_buffer("highest", torch.tensor(_UNBOUNDED))

    def extra_repr(self) -> str:
        """The settings, for `repr`."""
        return f"{self.n_components}"

    def build(self, n_latent: int, *, generator: torch.Generator, inputs: Tensor | None = None) -> None:
        """Starts the pseudo-inputs from random rows of `inputs`, each taken at most once if there are enough.

        Rows taken twice stay twins: they give the prior nothing but weight.

        Raises:
            ValueError: There are no inputs.
        """
        if inputs is None or not len(inputs):
            raise ValueError(
                "A VampPrior starts from rows of the encoder's inputs: pass build(inputs=...). It is a prior "
                "for models of rows; a graph's nodes have none apart from the graph."
            )
        n_rows = len(inputs)
        # Tensors that have a shape alone are never to take memory, and decide nothing.
        place = inputs.device if inputs.is_meta else generator.device
        if n_rows >= self.n_components:
            chosen = torch.randperm(n_rows, generator=generator, device=place)[: self.n_components]
        else:
            chosen = torch.randint(n_rows, (self.n_components,), generator=generator, device=place)
        is_bounded = ((inputs >= 0) & (inputs <= 1)).all()
        self.lowest = torch.where(is_bounded, 0.0, -_UNBOUNDED)
        self.highest = torch.where(is_bounded, 1.0, _UNBOUNDED)
        self.pseudo_inputs = nn.Parameter(inputs.detach()[chosen.to(inputs.device)].clone())

    def forward(self, encoder: nn.Module | None = None) -> NormalMixture:
        """The mixture as pseudo-inputs and encoder stand; gradients reach both.

        Raises:
            ValueError: There is no encoder, or its posterior has no density.
        """
        if encoder is None:
            raise ValueError("A VampPrior's components are made by the encoder: pass prior(encoder).")
        components = encoder(_Bounded.apply(self.pseudo_inputs, self.lowest, self.highest))
        if not isinstance(components, DiagonalNormal):
            raise ValueError(
                f"A VampPrior needs an encoder with normal posteriors, got {type(components).__name__}."
            )
        return NormalMixture(components.mean.new_zeros(self.n_components), components)

    def draw(
        self, n_rows: int, *, encoder: nn.Module | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        """A component a row, and a draw of it, shape (n_rows, n_latent)."""
        with torch.no_grad():
            return self.forward(encoder).sample(generator, n_rows=n_rows)


class _Bounded(torch.autograd.Function):
    """Clamping whose gradient still passes where it leads back inside.

    Plain clamping has none outside: a pseudo-input that starts at 0, as most pixels do, and is pushed below
    it once would stay there for good.
    """

    @staticmethod
    def forward(ctx: Any, value: Tensor, lowest: Tensor, highest: Tensor) -> Tensor:
        ctx.save_for_backward(value, lowest, highest)
        return value.clamp(lowest, highest)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        value, lowest, highest = ctx.saved_tensors
        leads_out = ((value < lowest) & (gradient > 0)) | ((value > highest) & (gradient < 0))
        return gradient.masked_fill(leads_out, 0), None, None
