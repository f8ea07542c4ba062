"""`DiagonalNormal` against torch.distributions, and what its parameters mean."""

import pytest
import torch
from torch import distributions as td

from varigraph.distributions import DiagonalNormal, kl_divergence
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


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_samples_of_rows_broadcast_against_the_rows():
    q = a_normal()
    values = torch.randn(4, 5, 3, generator=generator(), dtype=torch.float64)
    expected = td.Independent(td.Normal(q.mean, q.std), 1).log_prob(values)
    torch.testing.assert_close(q.log_prob(values), expected, rtol=1e-12, atol=1e-12)


def drawn_with_kl(mean, log_std, *, fused):
    q = DiagonalNormal(mean, log_std)
    if fused:
        return q.sample_with_kl(generator())
    z = q.rsample(generator())
    standard = DiagonalNormal(torch.zeros_like(mean[:1]), torch.zeros_like(mean[:1]))
    return z, kl_divergence(q, standard, z)


def test_a_draw_with_its_divergence_is_the_draw_and_the_divergence():
    q = a_normal(40, 20)
    z, kl = drawn_with_kl(q.mean, q.log_std, fused=True)
    expected_z, expected_kl = drawn_with_kl(q.mean, q.log_std, fused=False)
    assert torch.equal(z, expected_z)
    torch.testing.assert_close(kl, expected_kl, rtol=1e-12, atol=1e-12)
    of_torch = td.kl_divergence(td.Normal(q.mean, q.std), td.Normal(0.0, 1.0)).sum(dim=1)
    torch.testing.assert_close(kl, of_torch, rtol=1e-12, atol=1e-12)


def test_a_draw_with_its_divergence_has_the_gradients_of_both_at_once():
    q = a_normal(40, 20)
    of_z, of_kl = torch.randn(40, 21, generator=generator(1), dtype=torch.float64).split([20, 1], dim=1)
    gradients = []
    for fused in (True, False):
        mean, log_std = q.mean.clone().requires_grad_(), q.log_std.clone().requires_grad_()
        z, kl = drawn_with_kl(mean, log_std, fused=fused)
        ((z * of_z).sum() + (kl * of_kl[:, 0]).sum()).backward()
        gradients.append((mean.grad, log_std.grad))
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-12, atol=1e-12)


def test_gradcheck_passes_for_a_draw_with_its_divergence():
    q = a_normal()
    parameters = (q.mean.requires_grad_(), q.log_std.requires_grad_())

    def draw(mean, log_std):
        return DiagonalNormal(mean, log_std).sample_with_kl(generator())

    assert torch.autograd.gradcheck(draw, parameters)


@pytest.mark.parametrize("used", [0, 1])
def test_a_draw_or_its_divergence_alone_gives_a_gradient(used):
    q = a_normal()
    gradients = []
    for fused in (True, False):
        mean, log_std = q.mean.clone().requires_grad_(), q.log_std.clone().requires_grad_()
        drawn_with_kl(mean, log_std, fused=fused)[used].sum().backward()
        gradients.append((mean.grad, log_std.grad))
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-12, atol=1e-12)


def test_the_divergence_of_a_collapsed_posterior_is_not_rounded_away_in_float32():
    mean = torch.full((3, 200), 1e-3)
    _, kl = DiagonalNormal(mean, torch.zeros_like(mean)).sample_with_kl(generator())
    # ½ d μ² = 1e-4; sums of σ² alone would be 200 with steps of 1.5e-5.
    torch.testing.assert_close(kl, torch.full((3,), 1e-4), rtol=1e-5, atol=0)


def test_a_second_derivative_of_a_draw_with_its_divergence_is_refused():
    q = a_normal()
    _, kl = DiagonalNormal(q.mean.requires_grad_(), q.log_std).sample_with_kl(generator())
    with pytest.raises(RuntimeError, match="first derivatives only"):
        torch.autograd.grad(kl.sum(), q.mean, create_graph=True)


@pytest.mark.gpu
def test_a_generator_of_the_cpu_gives_a_graphics_card_the_same_draws():
    q = a_normal()
    there = DiagonalNormal(q.mean.cuda(), q.log_std.cuda())
    torch.testing.assert_close(there.rsample(generator()).cpu(), q.rsample(generator()))
    for ours, theirs in zip(q.sample_with_kl(generator()), there.sample_with_kl(generator()), strict=True):
        torch.testing.assert_close(ours, theirs.cpu())
