"""Laws of every prior and posterior: seeded by the generator they are given, and by nothing else."""

import pytest
import torch
from torch import nn

from varigraph.distributions import ROW_PRIORS, Bernoulli, Delta, DiagonalNormal, IndependentBernoulli

INPUTS = torch.rand(9, 5, generator=torch.Generator().manual_seed(3))


class LinearEncoder(nn.Module):
    """What a prior made of pseudo-inputs is given."""

    def __init__(self, n_latent=3):
        super().__init__()
        weights = torch.randn(2 * n_latent, INPUTS.shape[1], generator=torch.Generator().manual_seed(2))
        self.weights = nn.Parameter(weights)

    def forward(self, inputs):
        return DiagonalNormal.from_outputs(inputs @ self.weights.T)


def built(name, n_latent=3):
    prior = ROW_PRIORS[name]()
    prior.build(n_latent, generator=torch.Generator().manual_seed(0), inputs=INPUTS)
    return prior


DISTRIBUTIONS = {
    **{name: built(name)(LinearEncoder()) for name in ROW_PRIORS},
    "bernoulli": Bernoulli(torch.zeros(4)),
    "independent_bernoulli": IndependentBernoulli(torch.zeros(4, 3)),
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


@pytest.mark.parametrize("name", ROW_PRIORS)
def test_build_is_a_function_of_the_generator(name):
    first, second = built(name).state_dict(), built(name).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)


@pytest.mark.parametrize("name", ROW_PRIORS)
def test_a_prior_gives_one_value_a_row_and_gradients_to_every_parameter(name):
    prior = built(name)
    value = torch.randn(6, 3, generator=torch.Generator().manual_seed(1), requires_grad=True)
    log_density = prior(LinearEncoder()).log_prob(value)
    assert log_density.shape == (6,)
    log_density.sum().backward()
    assert value.grad is not None
    assert all(parameter.grad.abs().max() > 0 for parameter in prior.parameters())


@pytest.mark.parametrize("name", ROW_PRIORS)
def test_a_prior_builds_anew_for_another_number_of_dimensions(name):
    prior = built(name)
    prior.build(7, generator=torch.Generator().manual_seed(0), inputs=INPUTS)
    assert prior(LinearEncoder(7)).mean.shape == (1, 7)


@pytest.mark.parametrize("name", ROW_PRIORS)
def test_a_prior_takes_samples_of_rows_as_it_takes_rows(name):
    distribution = built(name)(LinearEncoder())
    values = torch.randn(4, 6, 3, generator=torch.Generator().manual_seed(1))
    together = distribution.log_prob(values)
    assert together.shape == (4, 6)
    one_by_one = torch.stack([distribution.log_prob(rows) for rows in values])
    # A batch's matrix product may sum in another order than that of its parts.
    torch.testing.assert_close(together, one_by_one, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ROW_PRIORS)
def test_draws_of_a_prior_are_seeded_have_no_gradient_and_its_own_mean(name):
    prior, encoder, n = built(name), LinearEncoder(), 20_000
    draws = prior.draw(n, encoder=encoder, generator=torch.Generator().manual_seed(5))
    again = prior.draw(n, encoder=encoder, generator=torch.Generator().manual_seed(5))
    assert torch.equal(draws, again)
    assert draws.shape == (n, 3)
    assert not draws.requires_grad
    error = draws.std(dim=0) / n**0.5
    assert ((draws.mean(dim=0) - prior(encoder).mean[0].detach()).abs() < 5 * error).all()


@pytest.mark.parametrize("name", ROW_PRIORS)
def test_a_prior_is_stored_in_its_state_alone(name):
    prior, other, encoder = built(name), ROW_PRIORS[name](), LinearEncoder()
    other.build(3, generator=torch.Generator().manual_seed(1), inputs=torch.zeros(1, 5))
    other.load_state_dict(prior.state_dict())
    values = torch.randn(6, 3, generator=torch.Generator().manual_seed(1))
    assert torch.equal(prior(encoder).log_prob(values), other(encoder).log_prob(values))


@pytest.mark.parametrize("posterior", [Delta, DiagonalNormal])
def test_a_posterior_reads_as_many_numbers_as_it_says(posterior):
    q = posterior.from_outputs(torch.arange(12.0).reshape(2, 6) / 100)
    assert q.mean.shape == (2, 6 // posterior.n_parameters)
    assert q.rsample(torch.Generator().manual_seed(0)).shape == q.mean.shape
    assert len(q.tensors()) == posterior.n_parameters
    assert torch.equal(q.tensors()["mean"], q.mean)
