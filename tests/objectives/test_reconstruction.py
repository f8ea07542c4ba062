"""`Reconstruction` in the forms that textbooks give it, and what a weight prior makes of it."""

import math

import pytest
import torch
from torch import nn
from torch.distributions import Normal
from torch.nn import functional as F

from small_rows import N_FEATURES, a_step, row_parts, seeded, some_rows
from varigraph.decoders import GaussianLikelihood, MLPDecoder
from varigraph.distributions import Delta, StandardNormalPrior
from varigraph.encoders import MLPEncoder
from varigraph.objectives import Reconstruction, RowParts
from varigraph.objectives.row_objective import minus_log_weight_prior


def test_under_a_gaussian_of_unit_variance_it_is_half_the_squared_error_and_a_constant():
    parts, rows = row_parts(posterior=Delta), some_rows()
    seen = parts.decoder(parts.encoder(rows).mean).mean
    expected = 0.5 * (rows - seen).square().sum(dim=1).mean() + 0.5 * N_FEATURES * math.log(2 * math.pi)
    torch.testing.assert_close(Reconstruction()(parts, rows, a_step()).loss, expected, rtol=1e-13, atol=0)


def test_under_a_bernoulli_it_is_the_cross_entropy():
    parts, rows = row_parts(posterior=Delta, likelihood="bernoulli"), torch.rand(6, N_FEATURES).double()
    logits = parts.decoder.outputs(parts.encoder(rows).mean)
    expected = F.binary_cross_entropy_with_logits(logits, rows, reduction="sum") / len(rows)
    torch.testing.assert_close(Reconstruction()(parts, rows, a_step()).loss, expected, rtol=1e-12, atol=0)


def test_it_is_no_bound_and_has_no_divergence():
    terms = Reconstruction()(row_parts(posterior=Delta), some_rows(), a_step())
    assert terms.elbo is None
    assert terms.kl == 0
    assert terms.loss == terms.reconstruction


@pytest.mark.parametrize("std", [0.5, 2.0])
def test_the_weight_prior_is_a_normal_density_up_to_a_constant(std):
    def difference(seed):
        layer = nn.Linear(3, 2).double()
        for parameter in layer.parameters():
            parameter.data = torch.randn(parameter.shape, generator=seeded(seed), dtype=torch.float64)
        exact = -sum(Normal(0.0, std).log_prob(parameter).sum() for parameter in layer.parameters())
        return exact - minus_log_weight_prior(list(layer.parameters()), std=std)

    torch.testing.assert_close(difference(0), difference(1), rtol=1e-12, atol=0)


def linear_regression():
    """A linear decoder behind a linear encoder whose weights are held: rows against given latent vectors."""
    encoder, decoder, prior = MLPEncoder(()), MLPDecoder(()), StandardNormalPrior()
    likelihood = GaussianLikelihood("fixed", std=1.0)
    likelihood.build(N_FEATURES)
    encoder.build(N_FEATURES, 3, posterior=Delta, generator=seeded())
    decoder.build(3, N_FEATURES, likelihood=likelihood, generator=seeded())
    encoder.requires_grad_(False)
    return RowParts(encoder.double(), decoder.double(), prior)


@pytest.mark.parametrize("std", [None, 0.4])
def test_least_squares_is_maximum_likelihood_and_ridge_regression_is_map(std):
    parts, rows = linear_regression(), some_rows(40)
    z = parts.encoder(rows).mean
    design = torch.cat([z, torch.ones(len(z), 1, dtype=z.dtype)], dim=1)
    pull = torch.zeros(4, dtype=z.dtype) if std is None else torch.full((4,), std**-2, dtype=z.dtype)
    # argmin ½ ‖X − Z W‖² + ‖W‖²/(2 σ²) = (ZᵀZ + I/σ²)⁻¹ Zᵀ X, the offset a weight like any other.
    mode = torch.linalg.solve(design.T @ design + torch.diag(pull), design.T @ rows)
    (layer,) = parts.decoder.network.layers
    layer.weight.data, layer.bias.data = mode[:3].T.contiguous(), mode[3].clone()
    for objective_std in (None, 0.4):
        parts.decoder.zero_grad()
        objective = Reconstruction(weight_prior_std=objective_std)
        objective(parts, rows, a_step(n_rows=len(rows))).loss.backward()
        size = max(float(layer.weight.grad.abs().max()), float(layer.bias.grad.abs().max()))
        assert (size < 1e-12) == (objective_std == std)
