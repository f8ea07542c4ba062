"""Laws of every decoder; the fast sums are held to the base class's slow ones."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from small_graphs import a_graph, a_latent
from varigraph.decoders import DECODERS, Decoder


def made(name, **settings):
    decoder = DECODERS[name](**settings)
    decoder.build(density=0.2)
    return decoder.double()


def sums(terms):
    return [terms.edges, terms.non_edges, terms.diagonal_as_edges, terms.diagonal_as_non_edges]


every = pytest.mark.parametrize("name", DECODERS)


@every
def test_a_pair_has_one_logit_whichever_way_round(name):
    z, pairs = a_latent(12), torch.randint(12, (40, 2), generator=torch.Generator().manual_seed(0))
    decoder = made(name)
    assert torch.equal(decoder(z, pairs).logits, decoder(z, pairs.flip(1)).logits)


@every
def test_pair_terms_are_the_log_probabilities_of_the_labels(name):
    z, pairs = a_latent(12), torch.randint(12, (40, 2), generator=torch.Generator().manual_seed(0))
    decoder, labels = made(name), (torch.arange(40) % 2).double()
    expected = torch.where(labels == 1, decoder(z, pairs).mean.log(), (1 - decoder(z, pairs).mean).log())
    torch.testing.assert_close(decoder.pair_terms(z, pairs, labels), expected, rtol=1e-10, atol=1e-12)


@every
@pytest.mark.parametrize("weights", [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (2, 1, 3, -1)])
def test_fast_sums_over_all_pairs_equal_the_slow_ones_in_value_and_gradient(name, weights):
    edges = torch.from_numpy(a_graph().edges)
    found = []
    for all_pairs_terms in (DECODERS[name].all_pairs_terms, Decoder.all_pairs_terms):
        decoder, z = made(name), a_latent(12).requires_grad_()
        total = sum(
            w * term for w, term in zip(weights, sums(all_pairs_terms(decoder, z, edges)), strict=True)
        )
        total.backward()
        found.append((total.detach(), z.grad, [p.grad for p in decoder.parameters()]))
    torch.testing.assert_close(found[0], found[1], rtol=1e-11, atol=1e-11)


@every
@pytest.mark.parametrize("weights", [(1, 0, 0, 0), (0, 1, 0, 0), (2, 1, 3, -1)])
def test_sums_that_nobody_looks_at_are_nan_or_right_and_have_the_same_gradient(name, weights):
    edges, decoder, found = torch.from_numpy(a_graph().edges), made(name), []
    for may_skip_value in (False, True):
        z = a_latent(12).requires_grad_()
        terms = sums(decoder.all_pairs_terms(z, edges, may_skip_value=may_skip_value))
        sum(w * term for w, term in zip(weights, terms, strict=True)).backward()
        found.append((terms, z.grad))
    assert torch.equal(found[0][1], found[1][1])
    assert all(two.isnan() or two == one for one, two in zip(found[0][0], found[1][0], strict=True))


@every
def test_edge_weights_multiply_the_terms_of_edges_and_no_others(name):
    edges, z = torch.from_numpy(a_graph().edges), a_latent(12)
    weights = torch.linspace(0.25, 3.0, len(edges), dtype=torch.float64)
    for all_pairs_terms in (DECODERS[name].all_pairs_terms, Decoder.all_pairs_terms):
        decoder = made(name)
        plain, weighted = (all_pairs_terms(decoder, z, edges, given) for given in (None, weights))
        expected = sum(w * term for w, term in zip(weights, decoder.pair_terms(z, edges, 1.0), strict=True))
        torch.testing.assert_close(weighted.edges, expected, rtol=1e-12, atol=0)
        assert sums(weighted)[1:] == sums(plain)[1:]


@every
def test_an_edge_of_weight_2_is_that_edge_listed_twice(name):
    edges, z, decoder = torch.from_numpy(a_graph().edges), a_latent(12), made(name)
    weights = torch.ones(len(edges), dtype=torch.float64)
    weights[3] = 2
    twice = decoder.all_pairs_terms(z, torch.cat([edges, edges[3:4]])).edges
    torch.testing.assert_close(decoder.all_pairs_terms(z, edges, weights).edges, twice, rtol=1e-12, atol=0)


@every
@given(scale=st.floats(0, 30), seed=st.integers(0, 9))
def test_the_terms_are_finite_log_probabilities_however_far_apart(name, scale, seed):
    terms = made(name).all_pairs_terms(scale * a_latent(12, seed=seed), torch.from_numpy(a_graph().edges))
    # Σ over non-edges is a difference of two sums: it may pass 0 by their rounding.
    assert all(torch.isfinite(term) and term <= 1e-9 * scale**2 * 100 + 1e-9 for term in sums(terms))


@every
@pytest.mark.parametrize("start", [0, 5])
def test_rows_of_logits_are_those_of_their_pairs(name, start):
    z, rows = a_latent(12), torch.tensor([1, 4, 11])
    decoder = made(name)
    for row_logits in (DECODERS[name].row_logits, Decoder.row_logits):
        found = row_logits(decoder, z, rows, start=start)
        pairs = torch.tensor([(i, j) for i in (1, 4, 11) for j in range(start, 12)])
        torch.testing.assert_close(found, decoder(z, pairs).logits.view(3, 12 - start))
