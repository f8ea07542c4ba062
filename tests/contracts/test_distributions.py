"""Laws of every prior and posterior: seeded by the generator they are given, and by nothing else."""

import pytest
import torch

from varigraph.distributions import PRIORS, Bernoulli, Delta, DiagonalNormal


def built(name, n_latent=3):
    prior = PRIORS[name]()
    prior.build(n_latent, generator=torch.Generator().manual_seed(0))
    return prior


DISTRIBUTIONS = {
    **{name: built(name)() for name in PRIORS},
    "bernoulli": Bernoulli(torch.zeros(4)),
    "normal": DiagonalNormal(torch.zeros(4, 3), torch.zeros(4, 3)),
    "delta": Delta(torch.zeros(4, 3)),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_sampling_repeats_with_the_generator_and_leaves_the_global_one_alone(name):
    distribution, before = DISTRIBUTIONS[name], torch.random.get_rng_state()
    first = distribution.sample(torch.Generator().manual_seed(5))
    again = distribution.sample(torch.Generator().manual_seed(5))
    assert torch.equal(first, again)
    assert first.shape == distribution.mean.shape
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("name", PRIORS)
def test_build_is_a_function_of_the_generator(name):
    first, second = built(name).state_dict(), built(name).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)


@pytest.mark.parametrize("name", PRIORS)
def test_a_prior_gives_one_value_a_row_and_gradients_to_every_parameter(name):
    prior = built(name)
    value = torch.randn(6, 3, generator=torch.Generator().manual_seed(1), requires_grad=True)
    log_density = prior().log_prob(value)
    assert log_density.shape == (6,)
    log_density.sum().backward()
    assert value.grad is not None
    assert all(parameter.grad.abs().max() > 0 for parameter in prior.parameters())


@pytest.mark.parametrize("name", PRIORS)
def test_a_prior_builds_anew_for_another_number_of_dimensions(name):
    prior = built(name)
    prior.build(7, generator=torch.Generator().manual_seed(0))
    assert prior().mean.shape == (1, 7)


@pytest.mark.parametrize("posterior", [Delta, DiagonalNormal])
def test_a_posterior_reads_as_many_numbers_as_it_says(posterior):
    q = posterior.from_outputs(torch.arange(12.0).reshape(2, 6) / 100)
    assert q.mean.shape == (2, 6 // posterior.n_parameters)
    assert q.rsample(torch.Generator().manual_seed(0)).shape == q.mean.shape
    assert len(q.tensors()) == posterior.n_parameters
    assert torch.equal(q.tensors()["mean"], q.mean)
