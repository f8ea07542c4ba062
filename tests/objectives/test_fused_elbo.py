"""The fused bound is the bound: the same terms and the same gradients as autograd's, from the same draws."""

import pytest
import torch

from small_rows import seeded
from varigraph.decoders import BernoulliLikelihood, GaussianLikelihood, MLPDecoder
from varigraph.distributions import DiagonalNormal, MixturePrior, StandardNormalPrior
from varigraph.encoders import MLPEncoder
from varigraph.objectives import ELBO, RowParts, RowStep
from varigraph.objectives.fused_elbo import can_be_fused

N_FEATURES, N_LATENT = 6, 3
LIKELIHOODS = {
    "bernoulli": BernoulliLikelihood,
    "shared": lambda: GaussianLikelihood("shared", std=0.7),
    "per_dimension": lambda: GaussianLikelihood("per_dimension", std=0.7),
    "fixed": lambda: GaussianLikelihood("fixed", std=0.7),
    "predicted": lambda: GaussianLikelihood("predicted", std=0.7),
    "shared, means of intensities": lambda: GaussianLikelihood("shared", std=0.7, mean="unit_interval"),
    "predicted, means of intensities": lambda: GaussianLikelihood("predicted", mean="unit_interval"),
}


def parts_with(likelihood="bernoulli", *, hidden_dims=(5, 4), activation="relu", spread=1.0):
    generator = seeded(3)
    encoder, decoder = (
        MLPEncoder(hidden_dims, activation=activation),
        MLPDecoder(hidden_dims, activation=activation),
    )
    made = LIKELIHOODS[likelihood]()
    made.build(N_FEATURES)
    encoder.build(N_FEATURES, N_LATENT, posterior=DiagonalNormal, generator=generator)
    decoder.build(N_LATENT, N_FEATURES, likelihood=made, generator=generator)
    prior = StandardNormalPrior()
    prior.build(N_LATENT, generator=generator)
    with torch.no_grad():
        encoder.network.layers[-1].bias.mul_(spread)
    return RowParts(encoder.double(), decoder.double(), prior.double())


def evaluated(parts, rows, *, may_skip_autograd, **settings):
    for part in (parts.encoder, parts.decoder):
        part.zero_grad(set_to_none=True)
    step = RowStep(seeded(9), n_rows=7, may_skip_autograd=may_skip_autograd)
    terms = ELBO(**settings)(parts, rows, step)
    assert (terms.gradients is not None) == may_skip_autograd
    terms.backward()
    gradients = [p.grad.clone() for part in (parts.encoder, parts.decoder) for p in part.parameters()]
    return terms.as_floats(), gradients


def both(parts, **settings):
    rows = torch.rand(11, N_FEATURES, generator=seeded(4), dtype=torch.float64)
    assert can_be_fused(parts)
    return [evaluated(parts, rows, **settings, may_skip_autograd=fused) for fused in (True, False)]


def assert_same(fused, slow):
    assert fused[0] == pytest.approx(slow[0], rel=1e-12)
    for ours, autograds in zip(fused[1], slow[1], strict=True):
        # Not equal bits: sums are taken in another order.
        torch.testing.assert_close(ours, autograds, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "identity"])
@pytest.mark.parametrize("hidden_dims", [(), (5,), (5, 4)])
def test_terms_and_gradients_are_autograds(likelihood, activation, hidden_dims):
    parts = parts_with(likelihood, hidden_dims=hidden_dims, activation=activation)
    assert_same(*both(parts))


@pytest.mark.parametrize("beta", [0.0, 0.5, 4.0])
def test_a_weight_of_the_divergence_weighs_its_gradient_too(beta):
    assert_same(*both(parts_with(), beta=beta))


@pytest.mark.parametrize("likelihood", ["bernoulli", "per_dimension"])
def test_a_prior_of_the_weights_adds_its_gradient_to_all_but_those_of_the_likelihood(likelihood):
    parts = parts_with(likelihood)
    with_prior, slow = both(parts, weight_prior_std=0.5)
    assert_same(with_prior, slow)
    without, _ = both(parts)
    weights = [p for part in (parts.encoder, parts.decoder) for p in part.parameters()]
    for weight, plain, penalised in zip(weights, without[1], with_prior[1], strict=True):
        expected = (
            plain
            if weight is getattr(parts.decoder.likelihood, "log_std", None)
            else plain + weight / (0.25 * 7)
        )
        torch.testing.assert_close(penalised, expected.detach(), rtol=1e-10, atol=1e-13)


def test_a_predicted_spread_far_below_its_floor_still_has_a_gradient_that_lifts_it():
    parts = parts_with("predicted")
    with torch.no_grad():
        parts.decoder.network.layers[-1].bias[N_FEATURES:] = -20.0
    fused, slow = both(parts)
    assert_same(fused, slow)
    of_bias = parts.decoder.network.layers[-1].bias.grad[N_FEATURES:]
    assert (of_bias < 0).all()  # the loss falls as σ grows


def test_a_spread_at_its_cap_has_no_gradient():
    parts = parts_with("fixed", hidden_dims=(), spread=0.0)
    with torch.no_grad():
        parts.encoder.network.layers[0].bias[N_LATENT:] = torch.tensor([11.0, 0.0, 12.0])
        parts.encoder.network.layers[0].weight[N_LATENT:] = 0.0
    fused, slow = both(parts)
    assert_same(fused, slow)
    assert (fused[1][1][N_LATENT:] == 0).tolist() == [True, False, True]


def test_a_learned_spread_at_its_floor_has_no_gradient_further_down():
    parts = parts_with("shared")
    with torch.no_grad():
        parts.decoder.likelihood.log_std.fill_(-7.0)
    fused, slow = both(parts)
    assert_same(fused, slow)
    assert parts.decoder.likelihood.log_std.grad.item() == 0.0


def test_parts_whose_derivative_is_not_known_are_left_to_autograd():
    parts = parts_with()
    mixture = MixturePrior(3)
    mixture.build(N_LATENT, generator=seeded())

    class Own(MLPEncoder):
        pass

    own = Own((5, 4))
    own.build(N_FEATURES, N_LATENT, posterior=DiagonalNormal, generator=seeded())
    assert can_be_fused(parts)
    assert not can_be_fused(RowParts(parts.encoder, parts.decoder, mixture))
    assert not can_be_fused(RowParts(own, parts.decoder, parts.prior))
    assert not can_be_fused(parts_with(activation="gelu"))
    with torch.no_grad():
        assert not can_be_fused(parts)


def test_gradients_by_hand_add_to_those_that_are_there():
    parts = parts_with()
    rows = torch.rand(4, N_FEATURES, generator=seeded(4), dtype=torch.float64)
    once = evaluated(parts, rows, may_skip_autograd=True)[1]
    ELBO()(parts, rows, RowStep(seeded(9), may_skip_autograd=True)).backward()
    twice = [p.grad for part in (parts.encoder, parts.decoder) for p in part.parameters()]
    for one, two in zip(once, twice, strict=True):
        torch.testing.assert_close(two, 2 * one, rtol=1e-12, atol=0)


def test_what_the_hand_does_not_know_is_left_to_autograd():
    rows = torch.rand(4, N_FEATURES, generator=seeded(4), dtype=torch.float64)
    terms = ELBO(n_samples=2)(parts_with(), rows, RowStep(seeded(9), may_skip_autograd=True))
    assert terms.gradients is None
    assert terms.loss.requires_grad
