"""Posterior collapse: latent dimensions that tell nothing about a row."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from torch import Tensor

from varigraph.distributions import DiagonalNormal, StandardNormalPrior
from varigraph.errors import PosteriorCollapseWarning
from varigraph.evaluation.density import active_units, kl_per_dimension
from varigraph.models.rows.network import RowNetwork
from varigraph.models.rows.row_part import RowPart
from varigraph.tensor_types import FloatArray

__all__ = ["look_for_collapse"]

_LOOKED_AT = 4_096  # rows, and draws of a prior whose moments nobody has written down
_FEW = 0.1
"""Below this share of active dimensions (of columns, if they are fewer) there is a warning. A latent space
that is simply wider than the data need has some more."""


def look_for_collapse(network: RowNetwork, rows: RowPart, notes: list[str]) -> tuple[FloatArray, int]:
    """What each latent dimension tells, and how many are in use; warns when hardly any is.

    Args:
        network: Trained, on the CPU.
        rows: Those of the training, of which some are looked at.
        notes: A sentence is added when dimensions are idle.

    Returns:
        The divergence of each dimension from a normal with the prior's mean and variance, in nats, shape
        (n_latent,); and the number of active units, in units of the prior's variance.
    """
    chosen = np.linspace(0, len(rows) - 1, min(len(rows), _LOOKED_AT)).astype(np.int64)
    block = torch.from_numpy(rows[np.unique(chosen)]).to(network.shift.dtype)
    with torch.no_grad():
        posterior = network.encoder(network.scaled(block))
        mean, std = _prior_moments(network)
    assert isinstance(posterior, DiagonalNormal)
    means, log_stds = (posterior.mean - mean) / std, posterior.log_std - std.log()
    n_latent, n_active = means.shape[1], int(active_units(means).sum())
    if n_active < _FEW * min(n_latent, block.shape[1]) and len(block) > 1:
        message = (
            f"Posterior collapse: {n_active} of {n_latent} latent dimensions are in use. Try fewer latent "
            "dimensions, a divergence that warms up or has a beta below 1, a weaker decoder, more epochs, or "
            "a likelihood with a smaller or learned variance."
        )
        notes.append(message)
        warnings.warn(message, PosteriorCollapseWarning, stacklevel=2)
    elif n_active < n_latent:
        notes.append(f"{n_active} of {n_latent} latent dimensions are in use; the others follow the prior.")
    return kl_per_dimension(means, log_stds).numpy(), n_active


def _prior_moments(network: RowNetwork) -> tuple[Tensor, Tensor]:
    """Mean and deviation of each latent dimension under the prior; of a learned one, of draws of it."""
    if isinstance(network.prior, StandardNormalPrior):
        return torch.zeros(network.n_latent), torch.ones(network.n_latent)
    generator = torch.Generator().manual_seed(0)
    draws = network.prior.draw(_LOOKED_AT, encoder=network.encoder, generator=generator)
    return draws.mean(dim=0), draws.std(dim=0)
