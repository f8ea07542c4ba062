"""Kullback-Leibler divergence: closed form where there is one, a named Monte Carlo estimate otherwise."""

from __future__ import annotations

from torch import Tensor

from varigraph.distributions.base import Distribution, Posterior
from varigraph.distributions.delta import Delta
from varigraph.distributions.normal import DiagonalNormal

__all__ = ["kl_divergence", "monte_carlo_kl"]


def kl_divergence(posterior: Posterior, prior: Distribution, z: Tensor) -> Tensor:
    """KL(q ‖ p) in nats, shape (n_rows,).

    A normal against a normal takes the closed form; against a mixture there is none, and one draw
    estimates it (`monte_carlo_kl`). A point mass has no density to compare, so its term is 0 by
    convention: what remains of the bound is the reconstruction, which is the autoencoder's loss.

    Args:
        posterior: q, one a row.
        prior: p, broadcast over the rows.
        z: The draw of q that the reconstruction uses, shape (n_rows, n_latent).
    """
    if isinstance(posterior, Delta):
        return posterior.mean.new_zeros(len(posterior.mean))
    if isinstance(posterior, DiagonalNormal) and isinstance(prior, DiagonalNormal):
        return _normal_normal(posterior, prior)
    return monte_carlo_kl(posterior, prior, z)


def monte_carlo_kl(posterior: Distribution, prior: Distribution, z: Tensor) -> Tensor:
    """Log q(z) − log p(z) at a draw z of q: unbiased, in nats, shape (n_rows,); single values may be < 0."""
    return posterior.log_prob(z) - prior.log_prob(z)


def _normal_normal(q: DiagonalNormal, p: DiagonalNormal) -> Tensor:
    """Σ_d log(σ_p/σ_q) + (σ_q² + (μ_q − μ_p)²)/(2 σ_p²) − ½."""
    scaled = (2 * (q.log_std - p.log_std)).exp() + ((q.mean - p.mean) * (-p.log_std).exp()).square()
    return (p.log_std - q.log_std + 0.5 * (scaled - 1)).sum(dim=-1)
