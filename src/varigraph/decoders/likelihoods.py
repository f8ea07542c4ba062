"""Likelihoods: what a decoder's outputs are parameters of, and which values it can explain."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

import torch
from torch import Tensor, nn

from varigraph.distributions import DiagonalNormal, Distribution, IndependentBernoulli
from varigraph.distributions.normal import HALF_LOG_TWO_PI
from varigraph.tensor_types import FloatArray

__all__ = [
    "LIKELIHOODS",
    "BernoulliLikelihood",
    "GaussianLikelihood",
    "Likelihood",
    "MeanKind",
    "VarianceKind",
]

VarianceKind: TypeAlias = Literal["shared", "per_dimension", "fixed", "predicted"]
"""Whether one σ is learned for all columns, one for each, none, or the decoder tells one for every value."""

MeanKind: TypeAlias = Literal["any", "unit_interval"]
"""Where means lie: anywhere, or in (0, 1), as those of intensities do."""

_LOWEST_LOG_STD = -6.0
"""Floor of a learned or predicted log σ: σ = 0.0025. A column that is predicted without any error would
otherwise drive the density to infinity. Of intensities in steps of 1/255 the floor is two thirds of a step:
what is narrower tells grey levels from the gaps between them, which is no knowledge of images."""


class Likelihood(nn.Module):
    """p(x | outputs). `build` makes the parameters once the number of columns is known.

    Attributes:
        allows_scaling: Whether columns may be brought to mean 0 and standard deviation 1 first.
        is_density: Whether it is a density, which grows without bound where a column is known exactly, and
            not a probability.
        n_outputs_per_column: Outputs that the decoder has to give for each column. They lie in blocks: the
            first output of every column, then the second of every column.
    """

    allows_scaling: bool = True
    is_density: bool = True
    n_outputs_per_column: int = 1

    def build(self, n_features: int) -> None:
        """Makes or resets the parameters."""

    def forward(self, outputs: Tensor) -> Distribution:
        """One distribution over rows for each of (…, n_outputs_per_column · n_features) outputs."""
        raise NotImplementedError

    def total_and_gradients(self, outputs: Tensor, rows: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """The sum of `forward(outputs).log_prob(rows)` with its derivatives, for a backward by hand.

        Args:
            outputs: shape (n_rows, n_outputs_per_column · n_features).
            rows: shape (n_rows, n_features).

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

    def remarks(self, values: FloatArray) -> list[str]:
        """What to know of rows that the likelihood can explain, but not well; a sentence each.

        Args:
            values: shape (n_rows, n_features).
        """
        return []

    def targets(self, rows: Tensor, *, generator: torch.Generator) -> Tensor:
        """The rows that a training step is to explain, from those of the batch."""
        return rows


class GaussianLikelihood(Likelihood):
    """N(μ, σ²): squared error in units of σ, and for a learned σ its logarithm against it.

    With σ fixed at 1, −log p(x | z) is half the squared error plus ½ log 2π a column. With
    `variance="predicted"` the decoder tells the variance of every value, σ² = σ_0² + std² · exp(o), from the
    second half o of its outputs: up to the constants o is log σ², as in the reference. The floor σ_0 is
    neared smoothly, so that a value that turns out to lie farther away pulls σ up again.

    Args:
        variance: "shared" learns one σ, "per_dimension" one a column, "fixed" keeps `std`, "predicted" asks
            the decoder.
        std: σ, or where its learning starts.
        mean: "any" takes the outputs as means, "unit_interval" their sigmoid, for rows of intensities; these
            are not scaled.

    References:
        Kingma & Welling (2014), appendix C.2 (μ and log σ² from the last hidden layer) and section 5 (means
        in (0, 1) for Frey faces; a floor of σ is not mentioned); Rybkin, Daniilidis & Levine (2021), *Simple
        and effective VAE training with calibrated decoders* (one learned σ in place of a hand-tuned weight of
        the KL).

    Example:
        >>> likelihood = GaussianLikelihood("predicted", mean="unit_interval", std=0.1)
        >>> normal = likelihood(torch.zeros(1, 2 * 3))
        >>> [round(value, 2) for value in (*normal.mean[0].tolist(), *normal.std[0].tolist())]
        [0.5, 0.5, 0.5, 0.1, 0.1, 0.1]
    """

    log_std: Tensor

    def __init__(
        self, variance: VarianceKind = "shared", *, std: float = 1.0, mean: MeanKind = "any"
    ) -> None:
        super().__init__()
        for name, value, kinds in (("variance", variance, VarianceKind), ("mean", mean, MeanKind)):
            if value not in get_args(kinds):
                raise ValueError(f"{name} must be one of {', '.join(get_args(kinds))}, got {value!r}.")
        if not 0 < std < math.inf:
            raise ValueError(f"std must be a number above 0, got {std}.")
        self.variance = variance
        self.std = std
        self.mean = mean
        self.allows_scaling = mean == "any"
        self.n_outputs_per_column = 2 if variance == "predicted" else 1

    def extra_repr(self) -> str:
        """The settings, for `repr`."""
        told = f"{self.variance!r}, std={self.std}"
        return told if self.mean == "any" else f"{told}, mean={self.mean!r}"

    def build(self, n_features: int) -> None:
        """σ = `std` throughout."""
        if self.variance == "predicted":
            return
        size = n_features if self.variance == "per_dimension" else 1
        start = torch.full((size,), math.log(self.std))
        if self.variance == "fixed":
            self.register_buffer("log_std", start)
        else:
            self.log_std = nn.Parameter(start)

    def forward(self, outputs: Tensor) -> DiagonalNormal:
        """The normal that the outputs tell."""
        if self.variance != "predicted":
            log_std = self.log_std if self.variance == "fixed" else self.log_std.clamp(min=_LOWEST_LOG_STD)
            return DiagonalNormal(self._means(outputs), log_std)
        location, spread = outputs.chunk(2, dim=-1)
        lowest = spread.new_tensor(2 * _LOWEST_LOG_STD)
        log_variance = torch.logaddexp(spread + 2 * math.log(self.std), lowest)
        return DiagonalNormal(self._means(location), 0.5 * log_variance)

    def _means(self, location: Tensor) -> Tensor:
        return location.sigmoid() if self.mean == "unit_interval" else location

    def total_and_gradients(self, outputs: Tensor, rows: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """As on `Likelihood`.

        (x − μ)/σ² by μ, ((x − μ)/σ)² − 1 by log σ; by the output of a mean in (0, 1) μ (1 − μ) times the
        first, by a predicted spread ½ (1 − σ_0²/σ²) times the second.
        """
        with torch.no_grad():
            normal = self(outputs)
            inverse = torch.exp(-normal.log_std)
            scaled = (rows - normal.mean).mul_(inverse)
            squares = scaled.square()
            constants = normal.log_std + HALF_LOG_TWO_PI
            if self.variance != "predicted":
                constants = len(rows) * constants.expand(rows.shape[1])
            total = squares.sum().mul_(-0.5).sub_(constants.sum())
            of_means = scaled.mul_(inverse)
            if self.mean == "unit_interval":
                of_means.mul_(normal.mean).mul_(1 - normal.mean)
            of_log_stds = squares.sub_(1)
            if self.variance == "predicted":
                share = inverse.square_().mul_(-math.exp(2 * _LOWEST_LOG_STD)).add_(1)
                of_spreads = of_log_stds.mul_(share).mul_(0.5)
                return total, torch.cat([of_means, of_spreads], dim=1), ()
            return total, of_means, self._of_parameters(of_log_stds)

    def _of_parameters(self, of_log_stds: Tensor) -> tuple[Tensor, ...]:
        """From the derivatives by every log σ to that by the learned one or ones: none below the floor."""
        if self.variance == "fixed":
            return ()
        summed = of_log_stds.sum(dim=0)
        summed = summed if self.variance == "per_dimension" else summed.sum()[None]
        return (summed * (self.log_std >= _LOWEST_LOG_STD),)

    def best_log_prob(self, rows: Tensor) -> Tensor:
        """At the mean that is nearest to the row, which is the row itself if means may lie anywhere.

        A predicted σ is then the distance from it or the floor, whichever is larger.
        """
        nearest = rows.clamp(0, 1) if self.mean == "unit_interval" else rows
        if self.variance == "predicted":
            log_std = (rows - nearest).abs().log().clamp(min=_LOWEST_LOG_STD)
        elif self.variance == "fixed":
            log_std = self.log_std
        else:
            log_std = self.log_std.clamp(min=_LOWEST_LOG_STD)
        return DiagonalNormal(nearest, log_std).log_prob(rows)

    def remarks(self, values: FloatArray) -> list[str]:
        """Whether values lie where no mean in (0, 1) can follow them."""
        if self.mean == "any" or not values.size:
            return []
        low, high = float(values.min()), float(values.max())
        if low >= 0 and high <= 1:
            return []
        return [
            f"The likelihood's means lie between 0 and 1, but X has values from {low:g} to {high:g}: what "
            f"lies beyond is noise to it.{_advice(low, high)}"
        ]


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
    is_density = False

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
            raise ValueError(
                f"A Bernoulli likelihood needs values between 0 and 1, but X has values from {low:g} to "
                f"{high:g}.{_advice(low, high)} For other numbers use likelihood='gaussian'."
            )

    def targets(self, rows: Tensor, *, generator: torch.Generator) -> Tensor:
        """With `dynamic` zeros and ones drawn from the intensities, else the rows."""
        if not self.dynamic:
            return rows
        uniform = torch.empty_like(rows, device=generator.device).uniform_(generator=generator)
        return (uniform.to(rows.device) < rows).to(rows.dtype)


def _advice(low: float, high: float) -> str:
    return " Divide grey levels of 0 to 255 by 255." if low >= 0 and 1 < high <= 255 else ""


LIKELIHOODS: MappingProxyType[str, Any] = MappingProxyType(
    {"gaussian": GaussianLikelihood, "bernoulli": BernoulliLikelihood}
)
"""The family by registered name."""
