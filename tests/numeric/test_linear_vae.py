"""A linear VAE trained on linear-Gaussian rows ends where probabilistic PCA's closed form is."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles

from linear_gaussian import exact_elbo
from varigraph import ELBO, VAE, GaussianLikelihood
from varigraph.distributions import LogMeanExp
from varigraph.models.rows.density import independent_draws
from varigraph.objectives import RowParts

N_ROWS, N_FEATURES, N_LATENT = 400, 5, 2


def linear_gaussian_rows():
    generator = np.random.default_rng(0)
    directions, _ = np.linalg.qr(generator.normal(size=(N_FEATURES, N_LATENT)))
    z = generator.normal(size=(N_ROWS, N_LATENT)) * [3.0, 1.5]
    noise = 0.5 * generator.normal(size=(N_ROWS, N_FEATURES))
    return z @ directions.T + noise + generator.normal(size=N_FEATURES)


X = linear_gaussian_rows()


def probabilistic_pca(rows):
    """Maximum of the mean log-likelihood, its directions and its noise variance.

    Tipping & Bishop (1999), Probabilistic principal component analysis, equations 7 to 9.
    """
    variances, directions = np.linalg.eigh(np.cov(rows.T, bias=True))
    variances, directions = variances[::-1], directions[:, ::-1]
    noise = variances[N_LATENT:].mean()
    log_determinant = np.log(variances[:N_LATENT]).sum() + (N_FEATURES - N_LATENT) * math.log(noise)
    log_likelihood = -0.5 * (N_FEATURES * (math.log(2 * math.pi) + 1) + log_determinant)
    return log_likelihood, directions[:, :N_LATENT], noise


@pytest.fixture(scope="module")
def trained():
    """All rows a step, and a rate that falls to 0: the noise of the draws averages out."""
    return VAE(
        latent_dim=N_LATENT,
        hidden_dims=(),
        activation="identity",
        likelihood=GaussianLikelihood("shared"),
        objective=ELBO(n_samples=1),
        scaling="none",
        dtype="float64",
        max_epochs=1_000,
        batch_size=N_ROWS,
        learning_rate=0.1,
        learning_rate_schedule="cosine",
        patience=None,
        random_state=0,
    ).fit(X)


def test_the_bound_is_the_closed_forms_log_likelihood_to_a_hundredth_of_a_nat(trained):
    best, _, noise = probabilistic_pca(X)
    network = trained.module_
    parts = RowParts(network.encoder, network.decoder, network.prior)
    bound = float(exact_elbo(parts, torch.from_numpy(X)).mean())
    assert best - 0.01 < bound <= best + 1e-9
    assert float(network.decoder.likelihood.log_std.detach().exp().square()) == pytest.approx(noise, rel=0.02)
    # What training reports of its last epoch is an estimate from one draw of each of 400 rows.
    assert trained.history_[-1]["elbo"] == pytest.approx(best, abs=0.3)


def test_the_estimated_log_likelihood_is_the_closed_forms(trained):
    best, _, _ = probabilistic_pca(X)
    assert trained.log_likelihood(X).mean == pytest.approx(best, abs=0.01)
    assert trained.score(X) == pytest.approx(best, abs=0.01)


def test_the_subspace_is_that_of_the_leading_components(trained):
    _, directions, _ = probabilistic_pca(X)
    loadings = trained.module_.decoder.network.layers[0].weight.detach().numpy()
    # 0.01 rad of tilt towards noise costs ½ · 0.01² · λ/σ² nats, some 0.002 at the most.
    assert subspace_angles(loadings, directions).max() < 0.01


def test_the_latent_dimensions_are_the_components_themselves(trained):
    """A diagonal posterior is exact for orthogonal loadings alone: the bound fixes the rotation."""
    _, directions, _ = probabilistic_pca(X)
    loadings = trained.module_.decoder.network.layers[0].weight.detach().numpy()
    along = np.abs(directions.T @ (loadings / np.linalg.norm(loadings, axis=0)))
    assert along.max(axis=0) == pytest.approx([1, 1], abs=1e-3)
    assert along.max(axis=1) == pytest.approx([1, 1], abs=1e-3)


def curved_rows():
    generator = np.random.default_rng(1)
    angle, radius = generator.uniform(-2, 2, 300), generator.normal(2, 0.3, 300)
    plane = np.stack([radius * np.cos(angle), radius * np.sin(angle), angle, angle * radius], axis=1)
    return plane + 0.1 * generator.normal(size=plane.shape)


@pytest.fixture(scope="module")
def log_weights():
    """Of 20 rows under a trained VAE that is not linear: 4,096 draws each, in float64."""
    rows = curved_rows()
    model = VAE(
        latent_dim=2,
        hidden_dims=(32,),
        activation="tanh",
        dtype="float64",
        max_epochs=150,
        batch_size=64,
        learning_rate=0.01,
        patience=None,
        random_state=0,
    ).fit(rows)
    network, some = model.module_, torch.from_numpy(rows[:20])
    with torch.no_grad():
        scaled = network.scaled(some)
        q, p = network.encoder(scaled), network.prior()
        draws = independent_draws(q, 4_096, torch.zeros(20, 4), torch.Generator().manual_seed(0))
        blocks = [network.decoder(z).log_prob(scaled) + p.log_prob(z) - q.log_prob(z) for z in draws]
    return torch.cat(blocks)


def bound_of(log_weights, k):
    """Means over rows of log (1/k) Σ w, from as many groups of k draws as there are, shape (n_groups,)."""
    groups = log_weights.unflatten(0, (-1, k))
    return (groups.logsumexp(dim=1) - math.log(k)).mean(dim=1)


def test_iwae_rises_with_k_on_a_trained_model(log_weights):
    counts = [1, 4, 16, 64]
    found = [bound_of(log_weights, k) for k in counts]
    for fewer, more in pairwise(found):
        # Of the same draws in larger groups, so the difference is known better than either.
        rise = more - fewer.unflatten(0, (-1, 4)).mean(dim=1)
        assert rise.mean() > 3 * rise.std() / math.sqrt(len(rise))
    estimate = LogMeanExp()
    estimate.add(log_weights)
    values, errors = estimate.estimate()
    assert found[-1].mean() < values.mean() + 3 * errors.square().sum().sqrt() / len(values)


def test_what_iwae_lacks_shrinks_with_k(log_weights):
    best = bound_of(log_weights, 4_096).mean()
    lacking = [float(best - bound_of(log_weights, k).mean()) for k in (1, 8, 64)]
    assert lacking[0] > 2 * lacking[1] > 4 * lacking[2] > 0


def test_the_spread_of_the_bounds_estimate_falls_as_the_root_of_the_number_of_samples(log_weights):
    counts = np.array([1, 4, 16, 64])
    stds = [float(log_weights.unflatten(0, (-1, int(s))).mean(dim=1).std(dim=0).mean()) for s in counts]
    slope = np.polyfit(np.log(counts), np.log(stds), 1)[0]
    # From 64 groups at the least, times 20 rows: a few hundredths at 5 standard errors.
    assert slope == pytest.approx(-0.5, abs=0.05)
