"""The terms of the bound are those of the network, in the units of the user's rows."""

import numpy as np
import pytest
import torch

from exact_row_model import ExactNetwork
from varigraph.distributions import Delta
from varigraph.evaluation import row_terms
from varigraph.evaluation.row_baselines import PrincipalComponents
from varigraph.evaluation.row_terms import bound_terms


@pytest.fixture
def rows():
    generator = np.random.default_rng(0)
    factors = generator.normal(size=(200, 2)) @ generator.normal(size=(2, 6))
    return factors + 0.5 * generator.normal(size=(200, 6)) + 3


@pytest.fixture
def fitted(rows):
    return PrincipalComponents.fit(rows, 2, scale=np.linspace(0.5, 2, 6))


def terms(network, rows, *, n_samples=1, seed=0):
    return bound_terms(network, rows, n_samples=n_samples, generator=torch.Generator().manual_seed(seed))


def test_the_bound_of_an_exact_posterior_is_the_log_likelihood(fitted, rows):
    explained, divergence = terms(ExactNetwork(fitted), rows, n_samples=400)
    gap = explained - divergence - fitted.log_likelihood(rows)
    # Rows have draws of their own, so the gap is noise of mean 0: it lies within four standard errors.
    assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(len(rows))
    assert gap.std() < 0.1


def test_a_divergence_with_a_closed_form_takes_no_draws(fitted, rows):
    network = ExactNetwork(fitted)
    first, second = (terms(network, rows, seed=seed) for seed in (0, 1))
    np.testing.assert_array_equal(first[1], second[1])
    assert (first[0] != second[0]).all()
    posterior = network.encoder(network.scaled(torch.from_numpy(rows)))
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(posterior.mean, posterior.std), torch.distributions.Normal(0.0, 1.0)
    )
    np.testing.assert_allclose(first[1], expected.sum(dim=1).detach().numpy())


def test_rows_in_blocks_give_every_row_its_terms(fitted, rows, monkeypatch):
    network = ExactNetwork(fitted)
    network.encoder = lambda scaled: Delta(scaled @ network.weights)  # draws of a point are the point
    whole = terms(network, rows)
    monkeypatch.setattr(row_terms, "_NUMBERS_AT_ONCE", 100)
    for one, other in zip(whole, terms(network, rows), strict=True):
        np.testing.assert_allclose(one, other)
