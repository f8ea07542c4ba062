"""What an objective is given, and the terms that it gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal

import torch
from torch import Tensor

from varigraph.decoders import Decoder
from varigraph.distributions import Delta, Distribution, Posterior, kl_divergence

__all__ = ["GraphTarget", "Objective", "ObjectiveTerms"]


@dataclass(frozen=True, eq=False)
class ObjectiveTerms:
    """One evaluation of an objective: scalar tensors.

    Attributes:
        loss: What is minimised: reconstruction + beta · kl.
        reconstruction: The data term, in the units of the objective.
        kl: The divergence term before beta, in the same units; 0 for a point posterior.
        elbo: The evidence lower bound in nats, for objectives that are one; None otherwise, and always for
            a point posterior or weighted edges.
        gradients: Weights with the loss's gradient, from objectives that computed both at once; None leaves
            it to autograd.
        may_lack_value: Whether a NaN says that a term was not computed, as the target allowed.
    """

    loss: Tensor
    reconstruction: Tensor
    kl: Tensor
    elbo: Tensor | None = None
    gradients: tuple[tuple[Tensor, Tensor], ...] | None = None
    may_lack_value: bool = False

    def backward(self) -> None:
        """Adds the loss's gradient to the weights': by autograd, or as it was computed with the loss."""
        if self.gradients is None:
            self.loss.backward()
            return
        for weight, gradient in self.gradients:
            weight.grad = gradient if weight.grad is None else weight.grad + gradient

    def in_other_units(self, log_scale: float) -> ObjectiveTerms:
        """The terms of rows that were divided by scales first, as those of the rows before.

        Args:
            log_scale: The sum of the scales' logarithms, which a row's log-density loses.
        """
        elbo = None if self.elbo is None else self.elbo - log_scale
        reconstruction = self.reconstruction + log_scale
        return replace(self, loss=self.loss + log_scale, reconstruction=reconstruction, elbo=elbo)

    def as_floats(self) -> dict[str, float]:
        """The terms as numbers, `elbo` only where there is one, and none that was not computed."""
        named = {"loss": self.loss, "reconstruction": self.reconstruction, "kl": self.kl, "elbo": self.elbo}
        numbers = {name: float(term.detach()) for name, term in named.items() if term is not None}
        if self.may_lack_value:
            return {name: number for name, number in numbers.items() if not math.isnan(number)}
        return numbers


@dataclass(frozen=True, eq=False)
class GraphTarget:
    """What is to be reconstructed.

    Attributes:
        n_nodes: N.
        edges: Each edge of the graph once, shape (n_edges, 2), int64.
        edge_weights: How much each edge counts as a positive pair, shape (n_edges,), positive, of mean 1;
            None for 1 throughout.
        may_skip_value: Whether only the gradient is wanted, so that a term whose value costs extra may be
            NaN.
    """

    n_nodes: int
    edges: Tensor
    edge_weights: Tensor | None = None
    may_skip_value: bool = False

    @property
    def n_edges(self) -> int:
        """E, the number of unordered edges."""
        return len(self.edges)

    @cached_property
    def edge_keys(self) -> Tensor:
        """One ascending integer an edge, lower position · N + higher, shape (n_edges,)."""
        return self.keys_of(self.edges).sort().values

    def keys_of(self, pairs: Tensor) -> Tensor:
        """The keys of pairs in either order, shape (n_pairs,)."""
        return pairs.amin(dim=1) * self.n_nodes + pairs.amax(dim=1)

    def are_edges(self, pairs: Tensor) -> Tensor:
        """Whether each pair is an edge, in either order, shape (n_pairs,), boolean."""
        keys = self.keys_of(pairs)
        at = torch.searchsorted(self.edge_keys, keys).clamp(max=self.n_edges - 1)
        return self.edge_keys[at] == keys


@dataclass(frozen=True, kw_only=True)
class Objective:
    """Base of the family. An objective has settings and no state.

    Where the target has edge weights, each edge's log-likelihood as a positive pair is multiplied by its
    weight; pairs that are no edges, or stand for none, count once as ever. The weights have mean 1, so edges
    and the rest keep their shares.

    Attributes:
        beta: Weight of the divergence on top of the objective's own scale; 1 is the paper's.
        default_offset: The offset that the inner-product decoder gets when the user names none.
        visits_all_pairs: Whether one evaluation costs N² rather than E.
    """

    beta: float = 1.0
    default_offset: ClassVar[Literal["learned"] | None] = None
    visits_all_pairs: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 0 <= self.beta < math.inf:
            raise ValueError(f"beta must be a number of 0 or more, got {self.beta}.")

    def __call__(
        self,
        posterior: Posterior,
        prior: Distribution,
        decoder: Decoder,
        target: GraphTarget,
        *,
        generator: torch.Generator,
    ) -> ObjectiveTerms:
        """One stochastic evaluation.

        Args:
            posterior: q(z | inputs), one row a node.
            prior: p(z).
            decoder: p(A | z).
            target: The graph.
            generator: For the draw of z, and for sampled pairs.
        """
        z = posterior.rsample(generator)
        reconstruction = self.reconstruction(z, decoder, target, generator=generator)
        kl = kl_divergence(posterior, prior, z).sum() * self.kl_scale(target.n_nodes)
        loss = reconstruction + self.beta * kl
        # At a point there is a log-likelihood given z, but no bound of the one without z; and a sum in which
        # edges count more or less than once is the log-likelihood of no graph.
        is_bound = self.is_bound and not isinstance(posterior, Delta) and target.edge_weights is None
        elbo = -loss if is_bound else None
        return ObjectiveTerms(loss, reconstruction, kl, elbo, may_lack_value=target.may_skip_value)

    @property
    def is_bound(self) -> bool:
        """Whether minus the loss bounds the log-likelihood: under a density, of a graph without weights."""
        return False

    def reconstruction(
        self, z: Tensor, decoder: Decoder, target: GraphTarget, *, generator: torch.Generator
    ) -> Tensor:
        """The data term at a draw z, shape (n_nodes, n_latent); a scalar."""
        raise NotImplementedError

    def prior_log_odds(self, n_nodes: int, n_edges: int) -> float:
        """The log-odds of an edge among the pairs as the objective weighs them.

        A logit learnt under it states odds against this: less it, plus the log-odds of another base rate, is
        the logit at that base rate. 0 here, as for every objective that gives edges half of the weight.

        Args:
            n_nodes: N.
            n_edges: E, unordered.
        """
        return 0.0

    def kl_scale(self, n_nodes: int) -> float:
        """What one nat of KL(q ‖ p), summed over nodes, counts in the units of the data term."""
        raise NotImplementedError
