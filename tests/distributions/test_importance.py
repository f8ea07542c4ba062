"""Importance weights: a case whose likelihood is known, blocks against the whole, and the standard error."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp
from torch import distributions as td

from varigraph.distributions import (
    DiagonalNormal,
    LogMeanExp,
    importance_estimate,
    log_importance_weights,
    log_mean_exp,
)

STANDARD = DiagonalNormal(torch.zeros(1, 2, dtype=torch.float64), torch.zeros(1, 2, dtype=torch.float64))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def known_case(n_samples, seed=0, widen=0.3):
    """Log-weights of z ~ N(0, I), x | z ~ N(z, I): then x ~ N(0, 2 I), and q is the posterior, but wider."""
    x = torch.tensor([[0.5, -1.0], [2.0, 0.0], [0.0, 0.0]], dtype=torch.float64)
    q = DiagonalNormal(x / 2, torch.full_like(x, -0.5 * math.log(2) + widen))
    many = DiagonalNormal(q.mean.expand(n_samples, 3, 2), q.log_std.expand(n_samples, 3, 2))
    z = many.sample(generator(seed))
    log_likelihood = DiagonalNormal(z, torch.zeros_like(z)).log_prob(x)
    spread = torch.full_like(x, math.sqrt(2))
    truth = td.Independent(td.Normal(torch.zeros_like(x), spread), 1).log_prob(x)
    return log_importance_weights(log_likelihood, q, STANDARD, z), truth


def test_weights_of_the_exact_posterior_are_all_the_likelihood():
    log_weights, truth = known_case(7, widen=0.0)
    torch.testing.assert_close(log_weights, truth.expand(7, 3), rtol=1e-12, atol=1e-12)


def test_the_estimate_holds_the_known_likelihood_within_four_standard_errors():
    log_weights, truth = known_case(20_000)
    estimate, error = importance_estimate(log_weights)
    assert ((estimate - truth).abs() < 4 * error).all()
    assert (error < 0.01).all()


def test_the_stated_standard_error_is_the_spread_over_repetitions():
    repeated = [importance_estimate(known_case(400, seed=seed)[0]) for seed in range(200)]
    estimates, errors = (torch.stack(parts) for parts in zip(*repeated, strict=True))
    # The standard deviation of 200 values is known to 5 %; four of those, and some for skewness.
    torch.testing.assert_close(errors.mean(dim=0), estimates.std(dim=0), rtol=0.25, atol=0)


def test_the_standard_error_falls_as_the_root_of_the_number_of_draws():
    sizes = [100, 400, 1600, 6400, 25_600]
    errors = [importance_estimate(known_case(n, seed=n)[0])[1].mean().item() for n in sizes]
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert abs(slope + 0.5) < 0.05


def test_more_draws_raise_the_bound_towards_the_likelihood():
    log_weights, truth = known_case(40_000, widen=0.5)
    bounds = [
        log_mean_exp(log_weights.view(-1, k, 3), dim=1).mean(dim=0) for k in (1, 2, 5, 20)
    ]  # each an IWAE bound with k draws, averaged over 40,000 / k repetitions
    errors = log_weights.std(dim=0) / math.sqrt(len(log_weights))
    for lower, higher in itertools.pairwise(bounds):
        assert (higher > lower).all()
    assert (bounds[-1] < truth + 4 * errors).all()


@given(
    sizes=st.lists(st.integers(0, 6), min_size=1, max_size=5).filter(sum),
    offset=st.sampled_from([0.0, -1e5, 1e5]),
    seed=st.integers(0, 99),
)
def test_blocks_give_what_all_draws_give_at_once(sizes, offset, seed):
    log_weights = offset + 20 * torch.randn(sum(sizes), 3, generator=generator(seed), dtype=torch.float64)
    draws = LogMeanExp()
    for block in log_weights.split(sizes):
        draws.add(block)
    assert draws.n_samples == sum(sizes)
    whole = importance_estimate(log_weights)
    # 1e5 in float64 has steps of 1.5e-11.
    torch.testing.assert_close(draws.estimate(), whole, rtol=1e-9, atol=1e-9, equal_nan=True)
    expected = logsumexp(log_weights.numpy(), axis=0) - math.log(sum(sizes))
    np.testing.assert_allclose(whole[0].numpy(), expected, rtol=1e-12, atol=1e-10)


def test_the_standard_error_is_that_of_the_mean_over_the_mean():
    weights = torch.rand(50, 3, generator=generator(), dtype=torch.float64)
    _, error = importance_estimate(weights.log())
    expected = weights.std(dim=0) / math.sqrt(50) / weights.mean(dim=0)
    torch.testing.assert_close(error, expected, rtol=1e-12, atol=0)


def test_draws_of_no_weight_count_and_a_row_without_any_weight_is_impossible():
    log_weights = torch.tensor([[-math.inf, -math.inf], [0.0, -math.inf]])
    draws = LogMeanExp()
    for block in log_weights.split(1):
        draws.add(block)
    estimate, _ = draws.estimate()
    assert estimate.tolist() == [-math.log(2), -math.inf]


def test_one_draw_has_no_standard_error_and_none_no_estimate():
    estimate, error = importance_estimate(torch.tensor([[-3.0]]))
    assert estimate.item() == -3.0
    assert error.isnan().all()
    with pytest.raises(ValueError, match="no draws"):
        LogMeanExp().estimate()


def test_blocks_are_kept_in_float64_and_without_a_gradient():
    draws = LogMeanExp()
    draws.add(torch.zeros(2, 3, requires_grad=True))
    estimate, error = draws.estimate()
    assert estimate.dtype == error.dtype == torch.float64
    assert not estimate.requires_grad


@pytest.mark.parametrize("dim", [0, 1])
def test_log_mean_exp_equals_scipys_and_has_normalised_weights_for_a_gradient(dim):
    log_weights = 1000 * torch.randn(4, 5, generator=generator(), dtype=torch.float64)
    log_weights.requires_grad_()
    value = log_mean_exp(log_weights, dim=dim)
    expected = logsumexp(log_weights.detach().numpy(), axis=dim) - math.log(log_weights.shape[dim])
    np.testing.assert_allclose(value.detach().numpy(), expected, rtol=1e-12)
    value.sum().backward()
    torch.testing.assert_close(log_weights.grad, log_weights.detach().softmax(dim=dim))
