"""Laws of every encoder of rows."""

import pytest
import torch

from small_rows import N_FEATURES, N_LATENT, SETTINGS, an_encoder, seeded, some_rows, without_gradient
from varigraph.distributions import Delta, DiagonalNormal
from varigraph.encoders import ROW_ENCODERS

every = pytest.mark.parametrize("name", ROW_ENCODERS)
both = pytest.mark.parametrize("posterior", [Delta, DiagonalNormal])


@every
@both
def test_an_encoder_returns_a_posterior_for_each_row(name, posterior):
    for n_rows in (0, 1, 6):
        q = an_encoder(name, posterior)(some_rows(n_rows))
        assert isinstance(q, posterior)
        assert {tuple(tensor.shape) for tensor in q.tensors().values()} == {(n_rows, N_LATENT)}


@every
@both
def test_a_rows_posterior_depends_on_that_row_alone(name, posterior):
    encoder, rows = an_encoder(name, posterior), some_rows()
    whole = encoder(rows).tensors()
    for key, alone in encoder(rows[2:3]).tensors().items():
        # A product with one row may sum in another order than one with six.
        torch.testing.assert_close(alone, whole[key][2:3], rtol=1e-12, atol=1e-12)
    changed = rows.clone()
    changed[2] += 1
    assert not torch.equal(encoder(changed).mean[2], encoder(rows).mean[2])


@every
@both
def test_every_parameter_gets_a_gradient(name, posterior):
    encoder = an_encoder(name, posterior)
    q = encoder(some_rows())
    sum(tensor.square().sum() for tensor in q.tensors().values()).backward()
    assert without_gradient(encoder) == set()


@every
def test_float32_agrees_with_float64_to_its_digits(name):
    double, single = an_encoder(name)(some_rows()).mean, an_encoder(name).float()(some_rows().float()).mean
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), double, rtol=1e-4, atol=1e-5)


@every
def test_build_is_a_function_of_the_generator_and_of_nothing_else(name):
    before = torch.random.get_rng_state()
    first, again, other = (an_encoder(name, Delta, seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(tensor, again[key]) for key, tensor in first.items())
    assert not any(torch.equal(tensor, other[key]) for key, tensor in first.items())
    assert torch.equal(before, torch.random.get_rng_state())


@every
def test_an_encoder_that_is_built_again_is_a_fresh_one(name):
    encoder = an_encoder(name, Delta)
    encoder.build(N_FEATURES, 5, posterior=DiagonalNormal, generator=seeded(7))
    fresh = ROW_ENCODERS[name](**SETTINGS[name])
    fresh.build(N_FEATURES, 5, posterior=DiagonalNormal, generator=seeded(7))
    assert encoder.state_dict().keys() == fresh.state_dict().keys()
    assert all(torch.equal(encoder.state_dict()[key], tensor) for key, tensor in fresh.state_dict().items())
    assert isinstance(encoder(some_rows().float()), DiagonalNormal)


@every
def test_an_activation_that_there_is_not_is_refused(name):
    encoder = ROW_ENCODERS[name](**SETTINGS[name] | {"activation": "cosine"})
    with pytest.raises(ValueError, match="There is no activation 'cosine'; there are relu, tanh"):
        encoder.build(N_FEATURES, N_LATENT, posterior=Delta, generator=seeded())
