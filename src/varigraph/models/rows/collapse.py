"""Posterior collapse: latent dimensions that tell nothing about a row."""

from __future__ import annotations

import warnings

import numpy as np
import torch

from varigraph.distributions import DiagonalNormal
from varigraph.errors import PosteriorCollapseWarning
from varigraph.evaluation.density import active_units, kl_per_dimension
from varigraph.evaluation.row_terms import in_prior_units
from varigraph.models.rows.network import RowNetwork
from varigraph.models.rows.row_part import RowPart
from varigraph.tensor_types import FloatArray

__all__ = ["look_for_collapse"]

_LOOKED_AT = 4_096  # rows
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
    assert isinstance(posterior, DiagonalNormal)
    q = in_prior_units(network, posterior)
    n_latent, n_active = network.n_latent, int(active_units(q.mean).sum())
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
    return kl_per_dimension(q.mean, q.log_std).numpy(), n_active
