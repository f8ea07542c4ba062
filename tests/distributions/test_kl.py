"""KL divergence: closed form, and a Monte Carlo estimate within its interval."""

import pytest
import torch
from torch import distributions as td

from references import normal_kl_to_standard
from varigraph.distributions import (
    Delta,
    DiagonalNormal,
    MixturePrior,
    NormalMixture,
    StandardNormalPrior,
    kl_divergence,
    monte_carlo_kl,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def a_normal(seed, rows=4, dimensions=3):
    draw = torch.randn(2, rows, dimensions, generator=generator(seed), dtype=torch.float64)
    return DiagonalNormal(draw[0], 0.5 * draw[1])


def test_closed_form_equals_torch_for_two_normals():
    q, p = a_normal(0), a_normal(1)
    expected = td.kl_divergence(td.Normal(q.mean, q.std), td.Normal(p.mean, p.std)).sum(dim=1)
    torch.testing.assert_close(kl_divergence(q, p, q.mean), expected, rtol=1e-12, atol=1e-12)


def test_against_the_standard_normal_it_is_the_documents_formula():
    q, prior = a_normal(2), StandardNormalPrior()
    prior.build(3, generator=generator())
    torch.testing.assert_close(
        kl_divergence(q, prior.double()(), q.mean),
        normal_kl_to_standard(q.mean, q.log_std),
        rtol=1e-12,
        atol=0,
    )


def test_kl_is_zero_only_between_equals():
    q = a_normal(3)
    assert kl_divergence(q, q, q.mean).abs().max() < 1e-14
    assert kl_divergence(q, DiagonalNormal(q.mean + 0.1, q.log_std), q.mean).min() > 0


def test_the_monte_carlo_estimate_holds_the_closed_form_in_its_interval():
    n = 40_000
    one, p = a_normal(4, rows=1), a_normal(5, rows=1)
    many = DiagonalNormal(one.mean.expand(n, -1), one.log_std.expand(n, -1))
    draws = monte_carlo_kl(many, p, many.sample(generator(6)))
    error = draws.std() / n**0.5
    assert abs(draws.mean() - kl_divergence(one, p, one.mean)) < 4 * error


def test_a_mixture_of_one_component_estimates_the_closed_form():
    n = 40_000
    one, component = a_normal(7, rows=1), a_normal(8, rows=1)
    many = DiagonalNormal(one.mean.expand(n, -1), one.log_std.expand(n, -1))
    mixture = NormalMixture(torch.zeros(1, dtype=torch.float64), component)
    draws = kl_divergence(many, mixture, many.sample(generator(9)))
    assert abs(draws.mean() - kl_divergence(one, component, one.mean)) < 4 * draws.std() / n**0.5


def test_a_point_has_no_divergence_term():
    q = Delta(torch.ones(3, 2))
    assert kl_divergence(q, a_normal(0), q.mean).tolist() == [0.0, 0.0, 0.0]


def test_mixture_log_prob_and_mean_equal_those_of_torch():
    prior = MixturePrior(n_components=4)
    prior.build(3, generator=generator())
    prior.double()
    with torch.no_grad():
        prior.weight_logits.copy_(torch.tensor([0.0, 1.0, -1.0, 0.5]))
        prior.log_stds.normal_(generator=generator(1))
    mixture = prior()
    expected = td.MixtureSameFamily(
        td.Categorical(logits=prior.weight_logits),
        td.Independent(td.Normal(prior.means, prior.log_stds.exp()), 1),
    )
    value = torch.randn(6, 3, generator=generator(2), dtype=torch.float64)
    torch.testing.assert_close(mixture.log_prob(value), expected.log_prob(value), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(mixture.mean[0], expected.mean, rtol=1e-12, atol=1e-12)


def test_mixture_samples_have_the_mixture_mean():
    prior = MixturePrior(n_components=3)
    prior.build(2, generator=generator())
    draws = prior().sample(generator(1), n_rows=40_000)
    error = draws.std(dim=0) / 200
    assert ((draws.mean(dim=0) - prior().mean[0].detach()).abs() < 5 * error).all()


def test_mixture_log_prob_takes_samples_of_rows_as_torch_does():
    weights = torch.tensor([0.0, 1.0, -1.0], dtype=torch.float64)
    components = a_normal(10, rows=3)
    expected = td.MixtureSameFamily(
        td.Categorical(logits=weights), td.Independent(td.Normal(components.mean, components.std), 1)
    )
    values = torch.randn(5, 6, 3, generator=generator(2), dtype=torch.float64)
    log_prob = NormalMixture(weights, components).log_prob(values)
    assert log_prob.shape == (5, 6)
    torch.testing.assert_close(log_prob, expected.log_prob(values), rtol=1e-12, atol=1e-12)


def test_a_narrow_component_far_from_zero_is_not_rounded_away_in_float32():
    mean, log_std = torch.full((1, 20), 5.0), torch.full((1, 20), -6.0)
    mixture = NormalMixture(torch.zeros(1), DiagonalNormal(mean, log_std))
    value = mean + log_std.exp() * torch.randn(8, 20, generator=generator())
    expected = DiagonalNormal(mean, log_std).log_prob(value)
    # v², 2 v μ and μ² are each 8e7 over the variance: in float32 their sum would be wrong by some nats.
    torch.testing.assert_close(mixture.log_prob(value), expected, rtol=1e-5, atol=1e-3)


def test_mixture_log_prob_passes_gradcheck():
    components = a_normal(11, rows=2)
    arguments = (
        torch.tensor([0.3, -0.2], dtype=torch.float64, requires_grad=True),
        components.mean.requires_grad_(),
        components.log_std.requires_grad_(),
        torch.randn(4, 3, generator=generator(), dtype=torch.float64, requires_grad=True),
    )

    def log_prob(weight_logits, mean, log_std, value):
        return NormalMixture(weight_logits, DiagonalNormal(mean, log_std)).log_prob(value)

    assert torch.autograd.gradcheck(log_prob, arguments)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_delta_has_its_mass_at_the_point_alone(value):
    assert Delta(torch.zeros(1, 2)).log_prob(torch.full((1, 2), value)).item() == (
        0.0 if value == 0 else -torch.inf
    )
