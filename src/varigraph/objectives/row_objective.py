"""What an objective over rows is given, and the weight prior that turns maximum likelihood into MAP."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import torch
from torch import Tensor, nn

from varigraph.decoders import RowDecoder
from varigraph.distributions import Prior
from varigraph.encoders import RowEncoder
from varigraph.objectives.base import ObjectiveTerms

__all__ = ["RowObjective", "RowParts", "RowStep", "minus_log_weight_prior"]


@dataclass(frozen=True, eq=False)
class RowParts:
    """What an objective over rows binds.

    Attributes:
        encoder: q(z | x).
        decoder: p(x | z).
        prior: p(z).
    """

    encoder: RowEncoder
    decoder: RowDecoder
    prior: Prior

    @cached_property
    def weights(self) -> tuple[list[nn.Parameter], list[nn.Parameter], list[nn.Parameter]]:
        """Those of the encoder, the decoder's body and its likelihood, each in order, looked up once."""
        of_likelihood = list(self.decoder.likelihood.parameters())
        others = {id(weight) for weight in of_likelihood}
        of_body = [weight for weight in self.decoder.parameters() if id(weight) not in others]
        return list(self.encoder.parameters()), of_body, of_likelihood


@dataclass(frozen=True, eq=False)
class RowStep:
    """Where in training an evaluation takes place.

    Attributes:
        generator: For every draw of the step.
        epoch: 1 for the first; what warms up looks at it.
        n_rows: Rows of the whole training set, which a prior of the weights is shared among.
        may_skip_autograd: Whether `ObjectiveTerms.backward` will be called in place of `loss.backward`, so
            that an objective that knows its gradient may give it without a graph.
    """

    generator: torch.Generator
    epoch: int = 1
    n_rows: int = 1
    may_skip_autograd: bool = False


@dataclass(frozen=True, kw_only=True)
class RowObjective:
    """Base of the objectives over rows. Terms are means over the rows of a batch, in nats a row.

    Without a weight prior the loss is that of maximum likelihood, argmax_θ Σ_i log p(x_i | θ). With one it
    is that of the maximum a posteriori, argmax_θ Σ_i log p(x_i | θ) + log p(θ), θ ~ N(0, σ²) for every
    weight, divided by the number of rows. The encoder's weights count too, as in weight decay, though those
    of a VAE are no parameters of its model; a learned log σ of the likelihood is left alone.

    Attributes:
        weight_prior_std: σ of the normal prior on the weights; None for maximum likelihood.
        needs_density: Whether q(z | x) must have a density, which a point has not.

    References:
        Kingma & Welling (2014), appendix F, and its experiments (section 5: MAP with p(θ) = N(0, I)).
    """

    weight_prior_std: float | None = None
    needs_density: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.weight_prior_std is not None and not 0 < self.weight_prior_std < math.inf:
            raise ValueError(
                f"weight_prior_std must be None or a number above 0, got {self.weight_prior_std}."
            )

    def __call__(self, parts: RowParts, rows: Tensor, step: RowStep) -> ObjectiveTerms:
        """One stochastic evaluation on a batch.

        Args:
            parts: Encoder, decoder and prior.
            rows: shape (n_rows, n_features).
            step: The generator, the epoch and the size of the training set.
        """
        terms = self.terms(parts, rows, step)
        if self.weight_prior_std is None:
            return terms
        of_encoder, of_decoder, _ = parts.weights
        weights, std, gradients = [*of_encoder, *of_decoder], self.weight_prior_std, terms.gradients
        with torch.set_grad_enabled(gradients is None and torch.is_grad_enabled()):
            penalty = minus_log_weight_prior(weights, std=std) / step.n_rows
        if gradients is not None:
            gradients = _with_weight_prior(gradients, weights, std=std, n_rows=step.n_rows)
        return ObjectiveTerms(terms.loss + penalty, terms.reconstruction, terms.kl, terms.elbo, gradients)

    def terms(self, parts: RowParts, rows: Tensor, step: RowStep) -> ObjectiveTerms:
        """The terms without the weight prior."""
        raise NotImplementedError


def minus_log_weight_prior(weights: Sequence[Tensor], *, std: float) -> Tensor:
    """−log N(θ; 0, std²) over all weights, up to the constant that no weight changes: a scalar.

    Example:
        >>> minus_log_weight_prior([torch.tensor([3.0, 4.0])], std=5.0).item()
        0.5
    """
    return torch.stack([weight.square().sum() for weight in weights]).sum() / (2 * std**2)


def _with_weight_prior(
    gradients: Sequence[tuple[Tensor, Tensor]], weights: Sequence[Tensor], *, std: float, n_rows: int
) -> tuple[tuple[Tensor, Tensor], ...]:
    """Gradients that came without autograd, with θ/(std² n_rows) added to those of `weights`."""
    chosen = {id(weight) for weight in weights}
    share = 1 / (std**2 * n_rows)
    with torch.no_grad():
        return tuple(
            (weight, gradient.add_(weight, alpha=share) if id(weight) in chosen else gradient)
            for weight, gradient in gradients
        )
