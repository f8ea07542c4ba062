"""`DiagonalNormal`: independent normals, by mean and log standard deviation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from varigraph.distributions.noise import standard_normal_like

__all__ = ["HALF_LOG_TWO_PI", "MAX_LOG_STD", "DiagonalNormal"]

MAX_LOG_STD = 10.0
"""Cap of log σ in `from_outputs`: e¹⁰ ≈ 22,000 prior standard deviations. Without one, a large learning
rate can overflow exp(2 log σ) in float32 and the run ends in NaN (PyG caps at the same value)."""

HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
"""Minus the log-density of N(0, 1) at 0."""


@dataclass(frozen=True, eq=False)
class DiagonalNormal:
    """N(mean, diag(exp(log_std)²)), one a row; further leading dimensions broadcast.

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
        """Σ_d log N(value_d; μ_d, σ_d²) in nats: (…, n_rows) for values (…, n_rows, n_latent)."""
        scaled = (value - self.mean) * torch.exp(-self.log_std)
        return (-0.5 * scaled.square() - self.log_std - HALF_LOG_TWO_PI).sum(dim=-1)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw without a gradient, shape (n_rows, n_latent)."""
        with torch.no_grad():
            return self.rsample(generator)

    def rsample(self, generator: torch.Generator | None = None) -> Tensor:
        """μ + σ ⊙ ε with ε ~ N(0, I): gradients reach μ and log σ (equation 10 of the reference)."""
        return torch.addcmul(self.mean, self.std, standard_normal_like(self.mean, generator))

    def sample_with_kl(self, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """One draw z and KL(N(μ, σ²) ‖ N(0, I)) = Σ_d ½(σ_d² + μ_d² − 1) − log σ_d, with shared arithmetic.

        What `rsample` and `kl_divergence` to the standard normal give, from the same random numbers and with
        the same gradients, in fewer and cheaper steps: a small network spends more on many small tensors
        than on its products.

        Returns:
            z, shape (n_rows, n_latent), and the divergence in nats, ≥ 0, shape (n_rows,).

        References:
            Kingma & Welling (2014), *Auto-Encoding Variational Bayes*, appendix B (the closed form).
        """
        noise = standard_normal_like(self.mean, generator)
        z, kl = _SampleWithKL.apply(self.mean, self.log_std, noise)
        return z, kl

    def tensors(self) -> dict[str, Tensor]:
        """`mean` and `log_std`."""
        return {"mean": self.mean, "log_std": self.log_std}


class _SampleWithKL(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, mean: Tensor, log_std: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        std = log_std.exp()
        ctx.save_for_backward(mean, std, noise)
        twice = (std * std).sub_(1).addcmul_(mean, mean).sub_(log_std, alpha=2)
        return torch.addcmul(mean, std, noise), twice.sum(dim=-1).mul_(0.5)

    @staticmethod
    def backward(ctx: Any, of_z: Tensor, of_kl: Tensor) -> tuple[Tensor, Tensor, None]:
        """∂z/∂μ = 1, ∂z/∂log σ = σ ε; ∂KL/∂μ = μ, ∂KL/∂log σ = σ² − 1."""
        # `once_differentiable` says the same, and takes 10 µs a step to do it.
        if torch.is_grad_enabled():
            raise RuntimeError("DiagonalNormal.sample_with_kl has first derivatives only.")
        mean, std, noise = ctx.saved_tensors
        weight = of_kl.unsqueeze(-1)
        of_log_std = (of_z * noise).addcmul_(weight, std).mul_(std).sub_(weight)
        return torch.addcmul(of_z, weight, mean), of_log_std, None
