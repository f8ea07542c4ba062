"""A linear VAE with the exact posterior of probabilistic PCA, so that every bound of it is tight."""

import math
from types import SimpleNamespace

import numpy as np
import torch

from varigraph.distributions import DiagonalNormal, StandardNormalPrior
from varigraph.evaluation.row_baselines import PrincipalComponents


class ExactNetwork(torch.nn.Module):
    """p(x | z) = N(m + W z, σ² I), W = U (Λ − σ² I)^½, in scaled units; q(z | x) = p(z | x).

    With orthogonal columns of W the posterior's covariance is diagonal: σ²/λ.
    """

    def __init__(self, fitted):
        super().__init__()
        n_latent = fitted.n_components
        self.shift, self.scale = torch.from_numpy(fitted.mean), torch.from_numpy(fitted.scale)
        excess = np.sqrt(fitted.variances - fitted.noise_variance)
        self.weights = torch.nn.Parameter(torch.from_numpy(fitted.directions * excess))
        self.variances = torch.from_numpy(fitted.variances)
        self.noise_variance = fitted.noise_variance
        self.prior = StandardNormalPrior()
        self.prior.build(n_latent, generator=torch.Generator())
        self.prior.double()

    @property
    def log_scale(self):
        return float(self.scale.log().sum())

    def scaled(self, rows):
        return (rows - self.shift) / self.scale

    def encoder(self, rows):
        mean = rows @ self.weights / self.variances
        log_std = 0.5 * (math.log(self.noise_variance) - self.variances.log())
        return DiagonalNormal(mean, log_std.expand_as(mean))

    def decoder(self, z):
        mean = z @ self.weights.T
        return DiagonalNormal(mean, torch.full_like(mean, 0.5 * math.log(self.noise_variance)))


class ExactRowModel:
    """The least of a VAE that can be evaluated, with numbers that are known."""

    n_samples = 7

    def __init__(self, train_rows, latent_dim, *, scale=None):
        self.fitted = PrincipalComponents.fit(train_rows, latent_dim, scale=scale)
        self.module_ = ExactNetwork(self.fitted)
        self.latent_dim = latent_dim

    def _posterior_mean(self, rows):
        return self.module_.encoder(self.module_.scaled(torch.from_numpy(rows))).mean

    def transform(self, rows):
        return self._posterior_mean(rows).detach().numpy()

    def reconstruct(self, rows):
        network = self.module_
        mean = network.decoder(self._posterior_mean(rows)).mean * network.scale + network.shift
        return mean.detach().numpy()

    def reconstruction_log_likelihood(self, rows):
        network = self.module_
        explained = network.decoder(self._posterior_mean(rows)).log_prob(
            network.scaled(torch.from_numpy(rows))
        )
        return explained.detach().numpy() - network.log_scale

    def log_likelihood(self, rows, *, n_samples=None, random_state=None):
        return SimpleNamespace(values=self.fitted.log_likelihood(rows))
