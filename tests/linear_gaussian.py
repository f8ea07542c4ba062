"""x = W z + b + σ ε: the one VAE of which everything is known, as parts and in closed form."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.distributions import MultivariateNormal

from small_rows import seeded
from varigraph.decoders import GaussianLikelihood, MLPDecoder
from varigraph.distributions import DiagonalNormal, StandardNormalPrior
from varigraph.encoders import MLPEncoder
from varigraph.errors import PosteriorCollapseWarning
from varigraph.models import VAE
from varigraph.objectives import RowParts

LOG_TWO_PI = math.log(2 * math.pi)


def _loadings() -> Tensor:
    """Orthogonal columns, so that the posterior's covariance is diagonal, shape (4, 2)."""
    directions, _ = torch.linalg.qr(torch.randn(4, 2, generator=seeded(11), dtype=torch.float64))
    return directions * torch.tensor([2.0, 0.8], dtype=torch.float64)


@dataclass
class LinearGaussian:
    """The model; σ² is the noise's variance."""

    loadings: Tensor = field(default_factory=_loadings)
    offset: Tensor = field(default_factory=lambda: torch.linspace(-1, 2, 4, dtype=torch.float64))
    std: float = 0.7

    def rows(self, n_rows: int = 5, *, seed: int = 4) -> Tensor:
        """Draws of x."""
        z, noise = (
            torch.randn(n_rows, size, generator=seeded(seed + size), dtype=torch.float64)
            for size in reversed(self.loadings.shape)
        )
        return z @ self.loadings.T + self.offset + self.std * noise

    def log_likelihood(self, rows: Tensor) -> Tensor:
        """log N(x; b, W Wᵀ + σ² I), a value a row."""
        covariance = self.loadings @ self.loadings.T + self.std**2 * torch.eye(len(self.offset)).double()
        return MultivariateNormal(self.offset, covariance).log_prob(rows)

    def parts(self, *, shrink: float = 1.0, widen: float = 0.0) -> RowParts:
        """Linear encoder and decoder with these weights.

        Args:
            shrink: What the posterior's means are multiplied by; 1 is exact.
            widen: What is added to its log σ; 0 is exact.
        """
        n_features, n_latent = self.loadings.shape
        encoder, decoder, prior = MLPEncoder(()), MLPDecoder(()), StandardNormalPrior()
        likelihood = GaussianLikelihood("fixed", std=self.std)
        likelihood.build(n_features)
        encoder.build(n_features, n_latent, posterior=DiagonalNormal, generator=seeded())
        decoder.build(n_latent, n_features, likelihood=likelihood, generator=seeded())
        prior.build(n_latent, generator=seeded())
        parts = RowParts(encoder.double(), decoder.double(), prior.double())
        # Of the log in float32 that `build` took, float64 would keep the rounding.
        likelihood.log_std.fill_(math.log(self.std))
        precision = self.loadings.square().sum(dim=0) + self.std**2
        to_mean = shrink * (self.loadings / precision).T
        log_stds = 0.5 * (self.std**2 / precision).log() + widen
        (inward,), (outward,) = encoder.network.layers, decoder.network.layers
        with torch.no_grad():
            inward.weight.copy_(torch.cat([to_mean, torch.zeros_like(to_mean)]))
            inward.bias.copy_(torch.cat([-to_mean @ self.offset, log_stds]))
            outward.weight.copy_(self.loadings)
            outward.bias.copy_(self.offset)
        return parts

    def estimator(self, *, shrink: float = 1.0, widen: float = 0.0, **settings) -> VAE:
        """A VAE that looks fitted and has these weights; arguments as those of `parts`."""
        model = VAE(
            latent_dim=self.loadings.shape[1],
            hidden_dims=(),
            likelihood=GaussianLikelihood("fixed", std=self.std),
            **{"scaling": "none", "dtype": "float64", "max_epochs": 1, "random_state": 0} | settings,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PosteriorCollapseWarning)
            model.fit(self.rows(20).numpy())
        parts = self.parts(shrink=shrink, widen=widen)
        model.module_.encoder.load_state_dict(parts.encoder.state_dict())
        model.module_.decoder.load_state_dict(parts.decoder.state_dict())
        return model


def exact_elbo(parts: RowParts, rows: Tensor) -> Tensor:
    """The bound of each row under a linear decoder, its expectation in closed form."""
    posterior, (layer,) = parts.encoder(rows), parts.decoder.network.layers
    log_std = parts.decoder.likelihood.log_std
    residual = (rows - layer(posterior.mean)).square().sum(dim=1)
    spread = posterior.std.square() @ layer.weight.square().sum(dim=0)
    explained = (
        -rows.shape[1] * (0.5 * LOG_TWO_PI + log_std) - 0.5 * (residual + spread) * (-2 * log_std).exp()
    )
    kl = 0.5 * (posterior.std.square() + posterior.mean.square() - 1) - posterior.log_std
    return (explained - kl.sum(dim=1)).detach()
