"""`RowNetwork`: the trainable parts of a row model, with the scale that its rows are brought to."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from varigraph.decoders import LIKELIHOODS, ROW_DECODERS, Likelihood, RowDecoder
from varigraph.distributions import ROW_PRIORS, Posterior, Prior, StandardNormalPrior
from varigraph.encoders import ROW_ENCODERS, RowEncoder
from varigraph.models.named_parts import named_part
from varigraph.models.rows.row_part import RowPart
from varigraph.objectives import RowParts
from varigraph.tensor_types import FloatArray

__all__ = ["RowNetwork", "assembled_network", "build_network", "column_scale"]

_MOST_NUMBERS = 4_000_000  # of rows that a prior may start from: 32 MB


class RowNetwork(nn.Module):
    """Encoder, decoder and prior of scaled rows (x − shift)/scale.

    Args:
        parts: Encoder, decoder and prior, built.
        shift: What is taken off each column, shape (n_features,).
        scale: What each column is divided by, positive, same shape.
        n_latent: Latent dimensions.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, parts: RowParts, shift: Tensor, scale: Tensor, *, n_latent: int) -> None:
        super().__init__()
        self.n_latent = n_latent
        self.encoder = parts.encoder
        self.decoder = parts.decoder
        self.prior = parts.prior
        self.parts = parts
        self.register_buffer("shift", shift)
        self.register_buffer("scale", scale)
        self.is_scaled = bool((shift != 0).any() or (scale != 1).any())

    @property
    def log_scale(self) -> float:
        """Σ log scale: what the density of scaled rows exceeds that of the user's by, in nats a row."""
        return float(self.scale.double().log().sum())

    def scaled(self, rows: Tensor) -> Tensor:
        """The user's rows as the encoder takes them."""
        return (rows - self.shift) / self.scale if self.is_scaled else rows

    def unscaled(self, rows: Tensor) -> Tensor:
        """The decoder's rows in the user's units."""
        return rows * self.scale + self.shift if self.is_scaled else rows


class _Settings(Protocol):
    posterior: type[Posterior]
    latent_dim: int
    hidden_dims: tuple[int, ...] | None
    activation: str
    encoder: Any
    decoder: Any
    likelihood: Any
    gaussian_variance: str
    scaling: str
    image_shape: tuple[int, ...] | None


def build_network(
    settings: _Settings, rows: RowPart, *, generator: torch.Generator, dtype: torch.dtype
) -> RowNetwork:
    """Fresh parts for rows, from what the settings name.

    Args:
        settings: An estimator.
        rows: shape (n_rows, n_features); only their scale, and for a VampPrior some of them, are looked at.
        generator: Where weights come from.
        dtype: Of all parameters.
    """
    shift, scale = column_scale(rows, kind=_scaling(settings.scaling, _likelihood(settings)))
    _check_scale(shift, scale, dtype=dtype)
    some = _some_rows(rows, generator=generator)
    return assembled_network(
        settings,
        torch.from_numpy(shift),
        torch.from_numpy(scale),
        inputs=torch.from_numpy((some - shift) / scale).float(),
        generator=generator,
        dtype=dtype,
    )


def assembled_network(
    settings: _Settings,
    shift: Tensor,
    scale: Tensor,
    *,
    inputs: Tensor,
    generator: torch.Generator,
    dtype: torch.dtype,
) -> RowNetwork:
    """Fresh parts for rows of which only the scale is known, and some that a VampPrior starts from.

    Args:
        settings: An estimator.
        shift: What is taken off each column, shape (n_features,).
        scale: What each column is divided by, same shape.
        inputs: Scaled rows, shape (n_some, n_features).
        generator: Where weights come from.
        dtype: Of all parameters.
    """
    n_features, n_latent = len(shift), settings.latent_dim
    likelihood = _likelihood(settings)
    likelihood.build(n_features)
    encoder, decoder = _bodies(settings)
    encoder.build(n_features, n_latent, posterior=settings.posterior, generator=generator)
    decoder.build(n_latent, n_features, likelihood=likelihood, generator=generator)
    prior = named_part(getattr(settings, "prior", StandardNormalPrior()), ROW_PRIORS, Prior, what="prior")
    prior.build(n_latent, generator=generator, inputs=inputs)
    parts = RowParts(encoder, decoder, prior)
    return RowNetwork(parts, shift, scale, n_latent=n_latent).to(dtype)


def _likelihood(settings: _Settings) -> Likelihood:
    likelihood: Likelihood = named_part(
        settings.likelihood, LIKELIHOODS, Likelihood, what="likelihood", variance=settings.gaussian_variance
    )
    return likelihood


def _bodies(settings: _Settings) -> tuple[RowEncoder, RowDecoder]:
    """The encoder as widths go in, the decoder the other way round."""
    options: dict[str, Any] = {"activation": settings.activation}
    if settings.image_shape is not None:
        options["image_shape"] = tuple(settings.image_shape)
    elif "conv" in (settings.encoder, settings.decoder):
        raise ValueError("A convolution needs to know the images' shape: pass image_shape=(height, width).")
    inwards, outwards = dict(options), dict(options)
    if settings.hidden_dims is not None:
        inwards["hidden_dims"] = tuple(settings.hidden_dims)
        outwards["hidden_dims"] = tuple(settings.hidden_dims)[::-1]
    encoder = named_part(settings.encoder, ROW_ENCODERS, RowEncoder, what="encoder", **inwards)
    decoder = named_part(settings.decoder, ROW_DECODERS, RowDecoder, what="decoder", **outwards)
    return encoder, decoder


def _scaling(scaling: str, likelihood: Likelihood) -> str:
    if scaling == "auto":
        return "standard" if likelihood.allows_scaling else "none"
    if scaling == "standard" and not likelihood.allows_scaling:
        raise ValueError(
            f"scaling='standard' does not go with {type(likelihood).__name__}, whose values are fixed by "
            "what they mean; use scaling='none' or likelihood='gaussian'."
        )
    return scaling


def column_scale(rows: FloatArray | RowPart, *, kind: str) -> tuple[FloatArray, FloatArray]:
    """Shift and scale of each column, shape (n_features,) each, float64.

    Args:
        rows: shape (n_rows, n_features).
        kind: "standard" for mean and standard deviation (1 for a constant column), "none" for 0 and 1.
    """
    n_rows, n_features = rows.shape
    if kind == "none":
        return np.zeros(n_features), np.ones(n_features)
    part = rows if isinstance(rows, RowPart) else RowPart(rows)
    with np.errstate(over="ignore"):  # what overflows is told of by its column
        mean = sum(block.sum(axis=0, dtype=np.float64) for block in part.blocks()) / n_rows
        squares = sum(((block - mean) ** 2).sum(axis=0) for block in part.blocks()) / n_rows
    std = np.sqrt(squares)
    # A column that is constant up to rounding has no scale of its own. Sums are in float64, so only they
    # round the more the more rows there are.
    rounding = max(np.finfo(rows.dtype).eps, 10 * np.finfo(np.float64).eps * math.sqrt(n_rows))
    is_constant = std <= rounding * np.abs(mean)
    return np.asarray(mean), np.where(is_constant | (std == 0), 1.0, std)


def _check_scale(shift: FloatArray, scale: FloatArray, *, dtype: torch.dtype) -> None:
    """Checks that every column can be scaled in the precision that the model computes in.

    Raises:
        ValueError: The values of a column are too large, or too close together; the message names it.
    """
    limits = torch.finfo(dtype)
    too_large = ~(np.abs(shift) + scale < limits.max / 1e3)
    for is_wrong, what in ((too_large, "large"), (scale < limits.tiny, "small")):
        if is_wrong.any():
            precision = str(dtype).removeprefix("torch.")
            raise ValueError(
                f"The values of column {int(np.flatnonzero(is_wrong)[0])} are too {what} for {precision}; "
                "give them in another unit."
            )


def _some_rows(rows: RowPart, *, generator: torch.Generator) -> FloatArray:
    """Rows at random positions, at most as many as a prior may want to start from."""
    n_wanted = min(len(rows), 10_000, max(1_000, _MOST_NUMBERS // rows.shape[1]))
    # A generator of its own: how many rows there are must not decide the weights that come after.
    positions = torch.randperm(len(rows), generator=torch.Generator().manual_seed(generator.initial_seed()))
    some: FloatArray = rows[np.sort(positions[:n_wanted].numpy())]
    return some
