"""`DiagonalNormal` against torch.distributions, and what its parameters mean."""

import torch
from torch import distributions as td

from varigraph.distributions import DiagonalNormal
from varigraph.distributions.normal import MAX_LOG_STD


def a_normal(rows=5, dimensions=3):
    generator = torch.Generator().manual_seed(0)
    draw = torch.randn(2, rows, dimensions, generator=generator, dtype=torch.float64)
    return DiagonalNormal(draw[0], draw[1])


def test_log_prob_equals_that_of_torch():
    q, value = a_normal(), torch.linspace(-3, 3, 15, dtype=torch.float64).reshape(5, 3)
    expected = td.Independent(td.Normal(q.mean, q.log_std.exp()), 1).log_prob(value)
    torch.testing.assert_close(q.log_prob(value), expected, rtol=1e-12, atol=1e-12)


def test_the_second_parameter_is_log_sigma_and_not_log_variance():
    q = DiagonalNormal.from_outputs(torch.tensor([[0.0, 1.0]], dtype=torch.float64))
    noise_scale = q.rsample(torch.Generator().manual_seed(3)) / torch.empty(
        1, 1, dtype=torch.float64
    ).normal_(generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(noise_scale, torch.full((1, 1), torch.e, dtype=torch.float64))
    torch.testing.assert_close(q.std, torch.full((1, 1), torch.e, dtype=torch.float64))


def test_samples_have_the_stated_moments_within_five_standard_errors():
    n = 40_000
    q = DiagonalNormal(
        torch.full((n, 1), 2.0, dtype=torch.float64), torch.full((n, 1), -0.7, dtype=torch.float64)
    )
    draws = q.sample(torch.Generator().manual_seed(1))
    sigma = torch.tensor(-0.7, dtype=torch.float64).exp()
    assert abs(draws.mean() - 2.0) < 5 * sigma / n**0.5
    assert abs(draws.std() - sigma) < 5 * sigma / (2 * n) ** 0.5


def test_rsample_carries_gradients_to_both_parameters_and_sample_none():
    mean, log_std = torch.zeros(4, 2, requires_grad=True), torch.zeros(4, 2, requires_grad=True)
    q = DiagonalNormal(mean, log_std)
    q.rsample(torch.Generator().manual_seed(0)).sum().backward()
    assert torch.equal(mean.grad, torch.ones(4, 2))
    assert log_std.grad.abs().min() > 0
    assert not q.sample(torch.Generator().manual_seed(0)).requires_grad


def test_the_cap_of_log_sigma_holds_where_outputs_are_read():
    q = DiagonalNormal.from_outputs(torch.tensor([[1.0, 500.0]]))
    assert q.log_std.item() == MAX_LOG_STD
    assert torch.isfinite(q.std).all()
