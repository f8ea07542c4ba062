"""Laws of every objective."""

import dataclasses

import numpy as np
import pytest
import torch

from small_graphs import a_graph, a_latent, target_of
from varigraph.decoders import Decoder, InnerProductDecoder
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


def stepped(objective, target, decoder):
    """Terms of one evaluation and the gradients that their backward pass leaves."""
    mean, log_std = a_latent(12).requires_grad_(), (a_latent(12, seed=1) - 1).requires_grad_()
    prior = StandardNormalPrior()
    prior.build(3, generator=torch.Generator())
    decoder.build(density=GRAPH.density)
    generator = torch.Generator().manual_seed(0)
    terms = objective(
        DiagonalNormal(mean, log_std), prior.double()(), decoder.double(), target, generator=generator
    )
    terms.backward()
    return terms.as_floats(), [mean.grad, log_std.grad, *(p.grad for p in decoder.parameters())]


@every
def test_a_step_whose_value_may_be_skipped_has_the_same_gradient_and_no_wrong_number(name):
    objective, target = OBJECTIVES[name](), target_of(GRAPH)
    terms, gradients = stepped(objective, target, InnerProductDecoder(offset="learned"))
    target = dataclasses.replace(target, may_skip_value=True)
    known, same = stepped(objective, target, InnerProductDecoder(offset="learned"))
    assert all(torch.equal(one, other) for one, other in zip(gradients, same, strict=True))
    assert known == {"kl": terms["kl"]} if objective.visits_all_pairs else known == terms


class SlowDecoder(InnerProductDecoder):
    """As a user's own: with the sums that every decoder inherits."""

    all_pairs_terms = Decoder.all_pairs_terms


@every
def test_a_decoder_that_knows_every_value_tells_it_unasked(name):
    target = target_of(GRAPH)
    unasked = dataclasses.replace(target, may_skip_value=True)
    terms, _ = stepped(OBJECTIVES[name](), target, SlowDecoder())
    assert stepped(OBJECTIVES[name](), unasked, SlowDecoder())[0] == terms


class OlderDecoder(InnerProductDecoder):
    """As a user's own, written before there was anything to skip."""

    def all_pairs_terms(self, z, edges, edge_weights=None):
        return super().all_pairs_terms(z, edges, edge_weights)


@every
def test_a_decoder_that_cannot_skip_values_serves_where_none_is_skipped(name):
    target = target_of(GRAPH)
    terms, _ = stepped(OBJECTIVES[name](), target, InnerProductDecoder())
    assert stepped(OBJECTIVES[name](), target, OlderDecoder())[0] == terms


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


def reconstruction(name, target, z=None, seed=0):
    decoder = InnerProductDecoder(offset=-0.5)
    decoder.build(density=0.1)
    generator = torch.Generator().manual_seed(seed)
    z = a_latent(12) if z is None else z
    return OBJECTIVES[name]().reconstruction(z, decoder.double(), target, generator=generator)


def weighted(weights):
    return dataclasses.replace(target_of(GRAPH), edge_weights=torch.as_tensor(weights, dtype=torch.float64))


N_EDGES = GRAPH.n_edges
UNEQUAL = torch.linspace(0.1, 1.9, N_EDGES, dtype=torch.float64)  # of mean 1


@every
def test_weights_multiply_the_terms_of_edges_and_nothing_else(name):
    z, edges = a_latent(12), torch.from_numpy(GRAPH.edges)
    logits = (z[edges[:, 0]] * z[edges[:, 1]]).sum(dim=1) - 0.5
    plain = torch.nn.functional.softplus(-logits)
    an_edge_counts = {
        "bernoulli_all_pairs": 1.0,
        "weighted_all_pairs": 1 / (2 * N_EDGES),
        "balanced_sampled_edges": 1 / N_EDGES,
    }
    difference = reconstruction(name, weighted(UNEQUAL)) - reconstruction(name, target_of(GRAPH))
    expected = an_edge_counts[name] * ((UNEQUAL - 1) * plain).sum()
    torch.testing.assert_close(difference, expected, rtol=1e-10, atol=0)


@every
def test_weights_of_1_change_nothing(name):
    plain, ones = reconstruction(name, target_of(GRAPH)), reconstruction(name, weighted(torch.ones(N_EDGES)))
    torch.testing.assert_close(ones, plain, rtol=1e-14, atol=0)


@every
def test_more_weight_on_one_edge_pulls_its_ends_together(name):
    heavy = torch.full((N_EDGES,), 0.5, dtype=torch.float64)
    heavy[3] = 0.5 * N_EDGES + 0.5
    first, second = GRAPH.edges[3].tolist()
    slopes = []
    for target in (target_of(GRAPH), weighted(heavy)):
        z = a_latent(12).requires_grad_()
        reconstruction(name, target, z).backward()
        slopes.append((z.grad[first] * z[second].detach()).sum())
    # Along its other end, the loss falls faster than without weights.
    assert slopes[1] < slopes[0]


@every
def test_the_gradient_under_weights_is_that_of_finite_differences(name):
    assert torch.autograd.gradcheck(
        lambda z: reconstruction(name, weighted(UNEQUAL), z), (a_latent(12).requires_grad_(),)
    )


@every
def test_weighted_edges_leave_no_bound(name):
    q = DiagonalNormal(a_latent(12), a_latent(12, seed=1) - 1)
    decoder, prior = InnerProductDecoder(), StandardNormalPrior()
    decoder.build(density=GRAPH.density)
    prior.build(3, generator=torch.Generator())
    terms = OBJECTIVES[name]()(
        q, prior.double()(), decoder.double(), weighted(UNEQUAL), generator=torch.Generator().manual_seed(0)
    )
    assert terms.elbo is None
    assert "elbo" not in terms.as_floats()


@every
@pytest.mark.parametrize("beta", [-1.0, float("nan"), float("inf")])
def test_a_beta_that_is_no_weight_is_refused(name, beta):
    with pytest.raises(ValueError, match="beta must be a number of 0 or more"):
        OBJECTIVES[name](beta=beta)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_logits_that_carry_no_information_are_the_prior_log_odds(name):
    """Of logits that are one number for all pairs, the objective prefers the odds that it says it weighs."""
    target = target_of(a_graph(n_nodes=40, n_edges=60))
    objective = OBJECTIVES[name]()
    if hasattr(objective, "self_loops_are_edges"):
        objective = OBJECTIVES[name](self_loops_are_edges=False)
    z = torch.zeros(40, 2, dtype=torch.float64)
    levels = np.linspace(-6, 3, 91)
    losses = []
    for level in levels:
        decoder = InnerProductDecoder(offset=float(level))
        decoder.build(density=0.1)
        generator = torch.Generator().manual_seed(0)
        losses.append(float(objective.reconstruction(z, decoder.double(), target, generator=generator)))
    # One step of the grid; the sampled pairs' hits on edges are no part of a mean over constants.
    assert levels[np.argmin(losses)] == pytest.approx(objective.prior_log_odds(40, 60), abs=0.11)
