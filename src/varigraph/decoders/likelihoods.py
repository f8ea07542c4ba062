"""Likelihoods: what a decoder's outputs are parameters of, and which values it can explain."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import torch
from torch import Tensor, nn

from varigraph.distributions import DiagonalNormal, Distribution, IndependentBernoulli
from varigraph.distributions.normal import HALF_LOG_TWO_PI
from varigraph.tensor_types import FloatArray

__all__ = ["LIKELIHOODS", "BernoulliLikelihood", "GaussianLikelihood", "Likelihood", "VarianceKind"]

VarianceKind: TypeAlias = Literal["shared", "per_dimension", "fixed"]
"""Whether one σ is learned for all columns, one for each, or none."""

_LOWEST_LOG_STD = -6.0
"""Floor of a learned log σ: σ = 0.0025. A column that is predicted without any error would otherwise drive
the density to infinity."""


class Likelihood(nn.Module):
    """p(x | outputs). `build` makes the parameters once the number of columns is known."""

    allows_scaling: ClassVar[bool] = True
    """Whether columns may be brought to mean 0 and standard deviation 1 first."""

    def build(self, n_features: int) -> None:
        """Makes or resets the parameters."""

    def forward(self, outputs: Tensor) -> Distribution:
        """One distribution over rows for each of (…, n_features) outputs."""
        raise NotImplementedError

    def total_and_gradients(self, outputs: Tensor, rows: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """The sum of `forward(outputs).log_prob(rows)` with its derivatives, for a backward by hand.

        Args:
            outputs: shape (n_rows, n_features).
            rows: Same shape.

        Returns:
            The log-likelihood of all rows, a scalar; its derivative by the outputs, in their shape; and by
            each parameter of the likelihood, in order.
        """
        raise NotImplementedError

    def best_log_prob(self, rows: Tensor) -> Tensor:
        """The log-likelihood of each row under the outputs that explain it best, in nats, shape (n_rows,).

        What a model without any error would reach: that of the saturated model, from which deviance counts.
        """
        raise NotImplementedError

    def check_values(self, values: FloatArray) -> None:
        """Checks that rows have values that the likelihood can explain, shape (n_rows, n_features).

        Raises:
            ValueError: They have not.
        """

    def targets(self, rows: Tensor, *, generator: torch.Generator) -> Tensor:
        """The rows that a training step is to explain, from those of the batch."""
        return rows


class GaussianLikelihood(Likelihood):
    """N(outputs, σ²): squared error in units of σ, and for a learned σ its logarithm against it.

    With σ fixed at 1, −log p(x | z) is half the squared error plus ½ log 2π a column.

    Args:
        variance: "shared" learns one σ, "per_dimension" one a column, "fixed" keeps `std`.
        std: σ, or where its learning starts.

    References:
        Kingma & Welling (2014), appendix C.2; Rybkin, Daniilidis & Levine (2021), *Simple and effective VAE
        training with calibrated decoders* (one learned σ in place of a hand-tuned weight of the KL).
    """

    log_std: Tensor

    def __init__(self, variance: VarianceKind = "shared", *, std: float = 1.0) -> None:
        super().__init__()
        if variance not in get_args(VarianceKind):
            kinds = ", ".join(get_args(VarianceKind))
            raise ValueError(f"variance must be one of {kinds}, got {variance!r}.")
        if not 0 < std < math.inf:
            raise ValueError(f"std must be a number above 0, got {std}.")
        self.variance = variance
        self.std = std

    def extra_repr(self) -> str:
        """The settings, for `repr`."""
        return f"{self.variance!r}, std={self.std}"

    def build(self, n_features: int) -> None:
        """σ = `std` throughout."""
        size = n_features if self.variance == "per_dimension" else 1
        start = torch.full((size,), math.log(self.std))
        if self.variance == "fixed":
            self.register_buffer("log_std", start)
        else:
            self.log_std = nn.Parameter(start)

    def forward(self, outputs: Tensor) -> DiagonalNormal:
        """The normal around the outputs."""
        log_std = self.log_std if self.variance == "fixed" else self.log_std.clamp(min=_LOWEST_LOG_STD)
        return DiagonalNormal(outputs, log_std)

    def total_and_gradients(self, outputs: Tensor, rows: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """As on `Likelihood`: (x − μ)/σ² by the outputs, ((x − μ)/σ)² − 1 by log σ above its floor."""
        with torch.no_grad():
            normal = self(outputs)
            inverse = torch.exp(-normal.log_std)
            scaled = (rows - outputs).mul_(inverse)
            squares = scaled.square()
            constant = len(rows) * (normal.log_std + HALF_LOG_TWO_PI).expand(outputs.shape[-1]).sum()
            total = squares.sum().mul_(-0.5).sub_(constant)
            of_parameters: tuple[Tensor, ...] = ()
            if self.variance != "fixed":
                of_log_std = squares.sub_(1).sum(dim=0)
                of_log_std = of_log_std if self.variance == "per_dimension" else of_log_std.sum()[None]
                of_parameters = (of_log_std * (self.log_std >= _LOWEST_LOG_STD),)
            return total, scaled.mul_(inverse), of_parameters

    def best_log_prob(self, rows: Tensor) -> Tensor:
        """At a mean that is the row: −Σ_d (log σ_d + ½ log 2π)."""
        best: Tensor = self(rows).log_prob(rows)
        return best


class BernoulliLikelihood(Likelihood):
    """Zeros and ones with the outputs as logits.

    Values between 0 and 1 are taken as they are: the cross-entropy is then no log-likelihood of anything
    binary, but its minimum is where the model's mean is the value. With `dynamic` they are probabilities,
    from which every training step draws new zeros and ones.

    Args:
        dynamic: Draw the rows of a training step anew from their intensities.

    References:
        Kingma & Welling (2014), appendix C.1; Salakhutdinov & Murray (2008) for drawing binary images from
        intensities.
    """

    allows_scaling = False

    def __init__(self, *, dynamic: bool = False) -> None:
        super().__init__()
        self.dynamic = dynamic

    def extra_repr(self) -> str:
        """The settings, for `repr`."""
        return f"dynamic={self.dynamic}" if self.dynamic else ""

    def forward(self, outputs: Tensor) -> IndependentBernoulli:
        """Independent variables with the outputs as logits."""
        return IndependentBernoulli(outputs)

    def total_and_gradients(self, outputs: Tensor, rows: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """As on `Likelihood`: x − σ(l) by the outputs; there are no parameters."""
        total, of_outputs = IndependentBernoulli(outputs).total_and_gradient(rows)
        return total, of_outputs, ()

    def best_log_prob(self, rows: Tensor) -> Tensor:
        """At probabilities that are the row: Σ_d x_d log x_d + (1 − x_d) log(1 − x_d); 0 for binary rows."""
        return (torch.xlogy(rows, rows) + torch.xlogy(1 - rows, 1 - rows)).sum(dim=-1)

    def check_values(self, values: FloatArray) -> None:
        """Checks that all values lie in [0, 1].

        Raises:
            ValueError: One does not.
        """
        if not values.size:
            return
        low, high = float(values.min()), float(values.max())
        if low < 0 or high > 1:
            scale = " Divide grey levels of 0 to 255 by 255." if low >= 0 and 1 < high <= 255 else ""
            raise ValueError(
                f"A Bernoulli likelihood needs values between 0 and 1, but X has values from {low:g} to "
                f"{high:g}.{scale} For other numbers use likelihood='gaussian'."
            )

    def targets(self, rows: Tensor, *, generator: torch.Generator) -> Tensor:
        """With `dynamic` zeros and ones drawn from the intensities, else the rows."""
        if not self.dynamic:
            return rows
        uniform = torch.empty_like(rows, device=generator.device).uniform_(generator=generator)
        return (uniform.to(rows.device) < rows).to(rows.dtype)


LIKELIHOODS: MappingProxyType[str, Any] = MappingProxyType(
    {"gaussian": GaussianLikelihood, "bernoulli": BernoulliLikelihood}
)
"""The family by registered name."""
