"""`DiagonalNormal`: independent normals, by mean and log standard deviation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

__all__ = ["MAX_LOG_STD", "DiagonalNormal"]

MAX_LOG_STD = 10.0
"""Cap of log σ in `from_outputs`: e¹⁰ ≈ 22,000 prior standard deviations. Without one, a large learning
rate can overflow exp(2 log σ) in float32 and the run ends in NaN (PyG caps at the same value)."""

_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True, eq=False)
class DiagonalNormal:
    """N(mean, diag(exp(log_std)²)), one a row.

    `log_std` is log σ, not log σ²: Kipf & Welling (2016) parameterise so, Kingma & Welling (2014) by log σ².

    Attributes:
        mean: μ, shape (n_rows, n_latent).
        log_std: log σ, same shape.

    References:
        Kingma & Welling (2014), *Auto-Encoding Variational Bayes*, section 2.4 (reparameterisation).

    Example:
        >>> q = DiagonalNormal(torch.zeros(2, 3), torch.zeros(2, 3))
        >>> q.log_prob(torch.zeros(2, 3)).tolist()
        [-2.7568154335021973, -2.7568154335021973]
    """

    mean: Tensor
    log_std: Tensor
    n_parameters: ClassVar[int] = 2

    @classmethod
    def from_outputs(cls, outputs: Tensor) -> DiagonalNormal:
        """Reads (n_rows, 2 · n_latent): the means, then the log σ, capped at `MAX_LOG_STD`."""
        mean, log_std = outputs.chunk(2, dim=-1)
        return cls(mean, log_std.clamp(max=MAX_LOG_STD))

    @property
    def std(self) -> Tensor:
        """σ, shape (n_rows, n_latent)."""
        return self.log_std.exp()

    def log_prob(self, value: Tensor) -> Tensor:
        """Σ_d log N(value_d; μ_d, σ_d²) in nats, shape (n_rows,)."""
        scaled = (value - self.mean) * torch.exp(-self.log_std)
        return (-0.5 * scaled.square() - self.log_std - _HALF_LOG_TWO_PI).sum(dim=-1)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw without a gradient, shape (n_rows, n_latent)."""
        with torch.no_grad():
            return self.rsample(generator)

    def rsample(self, generator: torch.Generator | None = None) -> Tensor:
        """μ + σ ⊙ ε with ε ~ N(0, I): gradients reach μ and log σ (equation 10 of the reference)."""
        # A generator draws on its own device only; one of the CPU gives every device the same numbers.
        source = self.mean.device if generator is None else generator.device
        noise = torch.empty_like(self.mean, device=source).normal_(generator=generator)
        return torch.addcmul(self.mean, self.std, noise.to(self.mean.device))

    def tensors(self) -> dict[str, Tensor]:
        """`mean` and `log_std`."""
        return {"mean": self.mean, "log_std": self.log_std}
