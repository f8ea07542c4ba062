"""`BernoulliAllPairs` and `WeightedAllPairs` against dense references and each other."""

import math

import pytest
import torch

from references import (
    bernoulli_all_pairs,
    dense_labels,
    kipf_loss,
    mean_over_edges_and_rest,
    ordered_cross_entropy,
)
from small_graphs import a_graph, a_latent, target_of
from varigraph.decoders import InnerProductDecoder
from varigraph.distributions import DiagonalNormal, StandardNormalPrior
from varigraph.objectives import BernoulliAllPairs, WeightedAllPairs

GRAPH = a_graph()
LABELS = dense_labels(GRAPH.edges, 12)


def decoder(offset=-0.7):
    made = InnerProductDecoder(offset=offset)
    made.build(density=GRAPH.density)
    return made.double()


def reconstruction(objective, z, offset=-0.7):
    return objective.reconstruction(z, decoder(offset), target_of(GRAPH), generator=torch.Generator())


def test_unordered_is_minus_the_log_likelihood_pair_by_pair():
    z = a_latent(12)
    expected = bernoulli_all_pairs(z @ z.T - 0.7, GRAPH.edges)
    assert reconstruction(BernoulliAllPairs(), z).item() == pytest.approx(expected, rel=1e-12)


def test_ordered_is_the_papers_sum_over_all_entries():
    z = a_latent(12)
    expected = ordered_cross_entropy(z @ z.T - 0.7, LABELS)
    torch.testing.assert_close(
        reconstruction(BernoulliAllPairs(pairs="ordered"), z), expected, rtol=1e-12, atol=0
    )


def test_ordered_counts_each_pair_twice_and_the_diagonal_as_non_edges():
    z = a_latent(12)
    diagonal = torch.nn.functional.softplus(z.square().sum(dim=1) - 0.7).sum()
    twice = 2 * reconstruction(BernoulliAllPairs(), z) + diagonal
    torch.testing.assert_close(
        reconstruction(BernoulliAllPairs(pairs="ordered"), z), twice, rtol=1e-12, atol=0
    )


def test_ordered_with_self_loops_is_the_sum_with_ones_on_the_diagonal_of_the_labels():
    z = a_latent(12)
    expected = ordered_cross_entropy(z @ z.T - 0.7, LABELS + torch.eye(12, dtype=torch.float64))
    objective = BernoulliAllPairs(pairs="ordered", self_loops_are_edges=True)
    torch.testing.assert_close(reconstruction(objective, z), expected, rtol=1e-12, atol=0)


def test_self_loops_are_refused_where_the_sum_has_no_diagonal():
    with pytest.raises(ValueError, match="have no diagonal"):
        BernoulliAllPairs(self_loops_are_edges=True)


def test_ordered_pairs_and_another_beta_are_no_bound():
    assert BernoulliAllPairs().is_bound
    assert not BernoulliAllPairs(pairs="ordered").is_bound
    assert not BernoulliAllPairs(pairs="ordered", self_loops_are_edges=True).is_bound
    assert not BernoulliAllPairs(beta=0.9).is_bound


@pytest.mark.parametrize("variational", [False, True])
def test_weighted_is_the_authors_code(variational):
    z = a_latent(12)
    objective, prior = WeightedAllPairs(), StandardNormalPrior()
    prior.build(3, generator=torch.Generator())
    if not variational:
        torch.testing.assert_close(
            reconstruction(objective, z), kipf_loss(z @ z.T - 0.7, LABELS), rtol=1e-12, atol=0
        )
        return
    q = DiagonalNormal(z, a_latent(12, seed=1))
    generator = torch.Generator().manual_seed(0)
    drawn = q.rsample(torch.Generator().manual_seed(0))
    expected = kipf_loss(drawn @ drawn.T - 0.7, LABELS, q.mean, q.log_std)
    got = objective(q, prior.double()(), decoder(), target_of(GRAPH), generator=generator).loss
    # torch's softplus is linear past 20, which leaves out e⁻²⁰ of a term.
    torch.testing.assert_close(got, expected, rtol=1e-9, atol=0)


def test_weighted_with_labels_a_is_half_the_two_means():
    z = a_latent(12)
    got = reconstruction(WeightedAllPairs(self_loops_are_edges=False), z)
    torch.testing.assert_close(got, mean_over_edges_and_rest(z @ z.T - 0.7, LABELS), rtol=1e-12, atol=0)


def test_latent_vectors_of_zero_cost_ln_2_a_pair_whatever_the_graph():
    z = torch.zeros(12, 3, dtype=torch.float64)
    n_pairs = 12 * 11 / 2
    assert reconstruction(BernoulliAllPairs(), z, None).item() == pytest.approx(
        n_pairs * math.log(2), rel=1e-13
    )
    assert reconstruction(BernoulliAllPairs(pairs="ordered"), z, None).item() == pytest.approx(
        144 * math.log(2), rel=1e-13
    )
    half = reconstruction(WeightedAllPairs(self_loops_are_edges=False), z, None).item()
    assert half == pytest.approx(math.log(2), rel=1e-13)


def descend(offset, n_steps=400):
    """The lowest "ordered" loss that gradient descent on free latent vectors of a sparse ring finds."""
    n_nodes = 60
    ring = torch.tensor([[i, i + 1] for i in range(n_nodes - 1)])
    made = InnerProductDecoder(offset=offset)
    made.build(density=len(ring) / (n_nodes * (n_nodes - 1) / 2))
    z = (0.3 * a_latent(n_nodes, 8)).requires_grad_()
    optimizer = torch.optim.Adam([z, *made.double().parameters()], lr=0.02)
    target = target_of(a_graph())
    target = type(target)(n_nodes, ring)
    for _ in range(n_steps):
        loss = BernoulliAllPairs(pairs="ordered").reconstruction(z, made, target, generator=torch.Generator())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item() / n_nodes**2


def test_without_an_offset_a_sparse_graph_stays_near_ln_2_an_entry_and_with_one_it_does_not():
    # Jensen: Z Zᵀ has a mean entry ≥ 0, so Σ softplus ≥ N² ln 2, less what Σ over edges of the logits gives.
    assert descend(None) > 0.8 * math.log(2)
    assert descend("learned") < 0.5 * math.log(2)


def test_the_softplus_of_all_entries_is_at_least_n_squared_ln_2_without_an_offset():
    for seed in range(20):
        z = a_latent(15, 2, seed=seed) * (seed / 5)
        empty = torch.nn.functional.softplus(z @ z.T).sum().item()
        assert empty >= 15**2 * math.log(2) * (1 - 1e-12)


def test_an_order_that_is_none_is_refused():
    with pytest.raises(ValueError, match="pairs must be one of unordered, ordered, got 'all'"):
        BernoulliAllPairs(pairs="all")
