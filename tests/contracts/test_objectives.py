"""Laws of every objective."""

import dataclasses

import pytest
import torch

from small_graphs import a_graph, a_latent, target_of
from varigraph.decoders import InnerProductDecoder
from varigraph.distributions import Delta, DiagonalNormal, StandardNormalPrior
from varigraph.objectives import OBJECTIVES

GRAPH = a_graph()
every = pytest.mark.parametrize("name", OBJECTIVES)


def evaluated(objective, posterior=None, seed=0, offset="learned"):
    decoder, prior = InnerProductDecoder(offset=offset), StandardNormalPrior()
    decoder.build(density=GRAPH.density)
    prior.build(3, generator=torch.Generator())
    posterior = posterior or DiagonalNormal(a_latent(12), a_latent(12, seed=1) - 1)
    generator = torch.Generator().manual_seed(seed)
    return objective(posterior, prior.double()(), decoder.double(), target_of(GRAPH), generator=generator)


@every
@pytest.mark.parametrize("beta", [0.0, 1.0, 2.5])
def test_the_loss_is_reconstruction_plus_beta_times_kl(name, beta):
    terms = evaluated(OBJECTIVES[name](beta=beta))
    torch.testing.assert_close(terms.loss, terms.reconstruction + beta * terms.kl, rtol=1e-14, atol=0)
    assert terms.reconstruction > 0
    assert terms.kl > 0


@every
def test_the_kl_weight_is_the_scale_times_the_sum_over_nodes(name):
    objective = OBJECTIVES[name]()
    q = DiagonalNormal(a_latent(12), a_latent(12, seed=1) - 1)
    kl = torch.distributions.kl_divergence(
        torch.distributions.Normal(q.mean, q.std), torch.distributions.Normal(0.0, 1.0)
    ).sum()
    expected = kl if name == "bernoulli_all_pairs" else kl / 12**2
    torch.testing.assert_close(evaluated(objective, q).kl, expected, rtol=1e-12, atol=0)


@every
def test_one_generator_gives_one_loss_and_the_global_one_is_not_touched(name):
    before = torch.random.get_rng_state()
    first, again, other = (evaluated(OBJECTIVES[name](), seed=seed).loss for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert torch.equal(before, torch.random.get_rng_state())


@every
def test_a_point_posterior_has_no_kl_and_no_bound(name):
    terms = evaluated(OBJECTIVES[name](), Delta(a_latent(12)))
    assert terms.kl == 0
    assert terms.elbo is None
    assert "elbo" not in terms.as_floats()


@every
def test_only_a_true_bound_carries_an_elbo(name):
    objective = OBJECTIVES[name]()
    is_bound = name == "bernoulli_all_pairs"
    terms = evaluated(objective)
    assert (terms.elbo is not None) == is_bound == ("elbo" in terms.as_floats())
    assert evaluated(dataclasses.replace(objective, beta=0.5)).elbo is None
    if is_bound:
        assert terms.elbo == -terms.loss


@every
def test_an_objective_is_a_frozen_value(name):
    objective = OBJECTIVES[name]()
    assert objective == OBJECTIVES[name]()
    with pytest.raises(dataclasses.FrozenInstanceError):
        objective.beta = 2


@every
def test_the_gradient_is_that_of_finite_differences(name):
    objective, decoder = OBJECTIVES[name](), InnerProductDecoder(offset=-0.5)
    decoder.build(density=0.1)

    def loss(z):
        generator = torch.Generator().manual_seed(0)
        return objective.reconstruction(z, decoder.double(), target_of(GRAPH), generator=generator)

    assert torch.autograd.gradcheck(loss, (a_latent(12).requires_grad_(),))


@every
@pytest.mark.parametrize("beta", [-1.0, float("nan"), float("inf")])
def test_a_beta_that_is_no_weight_is_refused(name, beta):
    with pytest.raises(ValueError, match="beta must be a number of 0 or more"):
        OBJECTIVES[name](beta=beta)
