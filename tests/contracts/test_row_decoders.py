"""Laws of every decoder of rows under every likelihood."""

import pytest
import torch

from small_rows import (
    LIKELIHOOD_SETTINGS,
    N_FEATURES,
    N_LATENT,
    SETTINGS,
    a_decoder,
    a_likelihood,
    seeded,
    some_rows,
    without_gradient,
)
from varigraph.decoders import LIKELIHOODS, ROW_DECODERS

every = pytest.mark.parametrize("name", ROW_DECODERS)
each = pytest.mark.parametrize("likelihood", LIKELIHOOD_SETTINGS)


def some_latents(*leading):
    return torch.randn(*leading, N_LATENT, generator=seeded(3), dtype=torch.float64)


@every
@each
def test_leading_dimensions_are_decoded_as_rows_are(name, likelihood):
    decoder, z, rows = a_decoder(name, likelihood), some_latents(2, 5, 6), some_rows(likelihood=likelihood)
    p = decoder(z)
    assert p.mean.shape == (2, 5, 6, N_FEATURES)
    assert p.log_prob(rows).shape == (2, 5, 6)
    one_by_one = torch.stack([torch.stack([decoder(one).log_prob(rows) for one in some]) for some in z])
    torch.testing.assert_close(p.log_prob(rows), one_by_one, rtol=1e-11, atol=1e-11)


@every
@each
def test_every_parameter_gets_a_gradient_those_of_the_likelihood_too(name, likelihood):
    decoder = a_decoder(name, likelihood)
    (-decoder(some_latents(6)).log_prob(some_rows(likelihood=likelihood)).mean()).backward()
    assert without_gradient(decoder) == set()
    parameters = {id(parameter) for parameter in decoder.parameters()}
    assert all(id(parameter) in parameters for parameter in decoder.likelihood.parameters())


@every
@each
def test_the_gradient_by_z_is_that_of_finite_differences(name, likelihood):
    decoder, rows = a_decoder(name, likelihood), some_rows(2, likelihood=likelihood)
    assert torch.autograd.gradcheck(lambda z: decoder(z).log_prob(rows), (some_latents(2).requires_grad_(),))


@every
@each
def test_draws_repeat_with_the_generator_and_scatter_around_the_mean(name, likelihood):
    p = a_decoder(name, likelihood)(some_latents(1))
    many = type(p)(*(tensor.expand(4_000, -1) for tensor in vars(p).values()))
    draws = many.sample(seeded(5))
    assert torch.equal(draws, many.sample(seeded(5)))
    assert not draws.requires_grad
    # Five standard errors: one of 16 columns is out by chance less than once in 100,000 seeds.
    error = draws.std(dim=0) / len(draws) ** 0.5
    assert ((draws.mean(dim=0) - p.mean[0]).abs() < 5 * error).all()


@every
def test_build_is_a_function_of_the_generator_and_of_nothing_else(name):
    before = torch.random.get_rng_state()
    first, again, other = (dict(a_decoder(name, seed=seed).named_parameters()) for seed in (0, 0, 1))
    assert all(torch.equal(tensor, again[key]) for key, tensor in first.items())
    drawn = [key for key in first if not key.startswith("likelihood")]
    assert not any(torch.equal(first[key], other[key]) for key in drawn)
    assert torch.equal(before, torch.random.get_rng_state())


@every
def test_a_decoder_that_is_built_again_is_a_fresh_one(name):
    decoder, fresh = a_decoder(name), ROW_DECODERS[name](**SETTINGS[name])
    for one in (decoder, fresh):
        one.build(5, N_FEATURES, likelihood=a_likelihood("bernoulli"), generator=seeded(7))
    assert decoder.state_dict().keys() == fresh.state_dict().keys()
    assert all(torch.equal(decoder.state_dict()[key], tensor) for key, tensor in fresh.state_dict().items())


@every
def test_an_activation_that_there_is_not_is_refused(name):
    decoder = ROW_DECODERS[name](**SETTINGS[name] | {"activation": "cosine"})
    with pytest.raises(ValueError, match="There is no activation 'cosine'; there are relu, tanh"):
        decoder.build(N_LATENT, N_FEATURES, likelihood=a_likelihood(), generator=seeded())


@each
def test_a_likelihood_accepts_what_it_draws(likelihood):
    one = a_likelihood(likelihood)
    p = one(torch.zeros(50, one.n_outputs_per_column * N_FEATURES, dtype=torch.float64))
    one.check_values(p.sample(seeded()).numpy())


@each
def test_a_likelihood_that_is_built_again_forgets_what_it_learned(likelihood):
    one = a_likelihood(likelihood)
    with torch.no_grad():
        for parameter in one.parameters():
            parameter.add_(1)
    one.build(N_FEATURES)
    assert all(torch.equal(p, q) for p, q in zip(one.parameters(), built_parameters(likelihood), strict=True))


def built_parameters(likelihood):
    return [parameter.float() for parameter in a_likelihood(likelihood).parameters()]


@each
def test_the_targets_of_a_step_are_the_rows_unless_something_else_is_asked_for(likelihood):
    rows = some_rows(likelihood=likelihood)
    assert torch.equal(a_likelihood(likelihood).targets(rows, generator=seeded()), rows)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_laws_are_tried_on_every_likelihood_as_it_is(name):
    assert LIKELIHOOD_SETTINGS[name] == (name, {})
