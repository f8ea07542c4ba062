"""`IndependentBernoulli`: rows of zeros and ones by their logits, with one log-probability a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from varigraph.distributions.bernoulli import Bernoulli
from varigraph.distributions.noise import bernoulli_draw

__all__ = ["IndependentBernoulli"]

_MAX_FACTORS = 112
"""How many factors of ½ … 1 may be multiplied before a logarithm is taken: 2⁻¹¹² is still a normal float32
(the smallest is 2⁻¹²⁶), and 112 divides the 784 pixels of the usual image."""

_SMALL_ENTRIES = 2**15
"""Up to so many logits torch's own cross-entropy wins: twice the arithmetic, but fewer calls."""

_TILE_ENTRIES = 2**17
"""Logits worked on at a time: with their scratch space they stay in a core's second-level cache."""


@dataclass(frozen=True, eq=False)
class IndependentBernoulli:
    """Rows of independent Bernoulli variables: p(x) = Π_d σ(l_d)^x_d (1 − σ(l_d))^(1 − x_d).

    Where `Bernoulli` gives one log-probability an entry, this gives one a row.

    Attributes:
        logits: l = log p/(1 − p), shape (…, n_features), float32 or float64.

    References:
        Kingma & Welling (2014), *Auto-Encoding Variational Bayes*, appendix C.1 (Bernoulli MLP as decoder).

    Example:
        >>> IndependentBernoulli(torch.zeros(2, 3)).log_prob(torch.ones(2, 3)).tolist()
        [-2.079441547393799, -2.079441547393799]
    """

    logits: Tensor

    @property
    def mean(self) -> Tensor:
        """The probability of a one, in [0, 1], shape of `logits`."""
        return torch.sigmoid(self.logits)

    def log_prob(self, value: Tensor) -> Tensor:
        """Σ_d x_d l_d − softplus(l_d), in nats, one value a row, shape (…,).

        Minus the binary cross-entropy, summed over the last dimension. Finite for every finite logit. A row
        is exact up to the rounding of a sum of n_features numbers of size 1.

        Args:
            value: x in [0, 1], shape (…, n_features); broadcasts over leading dimensions, so that values
                (n_rows, n_features) meet logits (n_samples, n_rows, n_features). Values between 0 and 1
                weigh the log-probabilities of both outcomes.
        """
        logits, value = self.logits, value.to(self.logits.dtype)
        if value.requires_grad:
            return Bernoulli(logits).log_prob(value).sum(dim=-1)
        if value.shape != logits.shape:  # autograd sums the gradient of an expanded view
            logits = logits.expand(torch.broadcast_shapes(value.shape, logits.shape))
        if logits.numel() <= _SMALL_ENTRIES:
            value = value.expand_as(logits)
            return -F.binary_cross_entropy_with_logits(logits, value, reduction="none").sum(dim=-1)
        if not (torch.is_grad_enabled() and logits.requires_grad):
            return _tiled(logits, value, None)
        log_prob: Tensor = _RowLogProb.apply(logits, value)
        return log_prob

    def total_and_gradient(self, value: Tensor) -> tuple[Tensor, Tensor]:
        """The sum of `log_prob` over all rows, and its derivative by the logits, x − σ(l), without autograd.

        For those who carry the gradient on by hand. Fewer passes over the entries than one sum a row takes.

        Args:
            value: x in [0, 1], in the shape of the logits.
        """
        logits = self.logits
        with torch.no_grad():
            sigmoid = torch.sigmoid(logits)
            work = torch.sub(1, sigmoid)
            torch.maximum(work, sigmoid, out=work)
            groups = work.view(-1, _largest_divisor(logits.shape[-1]))
            total = torch.dot(value.reshape(-1), logits.reshape(-1)).sub_(torch.relu(logits).sum())
            total.add_(groups.prod(dim=-1).log_().sum())
            return total, torch.sub(value, sigmoid, out=sigmoid)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """Zeros and ones without a gradient, in shape and dtype of `logits`."""
        with torch.no_grad():
            return bernoulli_draw(self.mean, generator)


class _RowLogProb(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits: Tensor, value: Tensor) -> Tensor:
        residual = torch.empty_like(logits)
        ctx.save_for_backward(residual)
        return _tiled(logits, value, residual)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        # `once_differentiable` says the same, and takes 10 µs a step to do it.
        if torch.is_grad_enabled():
            raise RuntimeError("IndependentBernoulli.log_prob has first derivatives only.")
        (residual,) = ctx.saved_tensors
        return residual * gradient.unsqueeze(-1), None


def _tiled(logits: Tensor, value: Tensor, residual: Tensor | None) -> Tensor:
    """`_row_log_prob` over slices of the first dimension that fit the cache; fills `residual` if given."""
    if logits.numel() <= _TILE_ENTRIES or logits.dim() == 1:
        return _row_log_prob(logits, value, torch.empty_like(logits) if residual is None else residual)
    step = max(1, _TILE_ENTRIES // logits[0].numel())
    is_shared = value.dim() < logits.dim() or len(value) == 1
    parts = []
    for start in range(0, len(logits), step):
        part = slice(start, start + step)
        scratch = torch.empty_like(logits[part]) if residual is None else residual[part]
        parts.append(_row_log_prob(logits[part], value if is_shared else value[part], scratch))
    return torch.cat(parts)


def _row_log_prob(logits: Tensor, value: Tensor, residual: Tensor) -> Tensor:
    """Σ_d x_d l_d − softplus(l_d), and x − σ(l), its gradient, written into `residual`.

    Exponentials are the dear part. One pass of them serves both: softplus(l) = max(l, 0) − log m with
    m = max(σ(l), 1 − σ(l)), and the m of many entries are multiplied before one logarithm is taken.
    """
    sigmoid = torch.sigmoid(logits, out=residual)
    work = torch.relu(logits)
    penalty = torch.addcmul(work, value, logits, value=-1, out=work).sum(dim=-1)
    torch.sub(1, sigmoid, out=work)
    torch.maximum(work, sigmoid, out=work)
    torch.sub(value, sigmoid, out=residual)
    groups = work.view(*penalty.shape, -1, _largest_divisor(logits.shape[-1]))
    return groups.prod(dim=-1).log_().sum(dim=-1).sub_(penalty)


@lru_cache
def _largest_divisor(n_features: int) -> int:
    """The largest divisor of `n_features` up to `_MAX_FACTORS`."""
    return next(n for n in range(min(n_features, _MAX_FACTORS), 0, -1) if n_features % n == 0)
