"""Counted logits are the logits of all open pairs, each within its narrow interval."""

import numpy as np
import pytest
import torch

from references import random_edges
from varigraph.decoders import InnerProductDecoder
from varigraph.graphs.graph import Graph
from varigraph.links import population
from varigraph.links.open_pairs import LatentLinks
from varigraph.links.population import count_open_pairs


@pytest.fixture
def case():
    generator = np.random.default_rng(0)
    z = torch.from_numpy(generator.normal(size=(300, 4)) * generator.lognormal(0, 2, (300, 1))).float()
    decoder = InnerProductDecoder(offset=-1.0)
    decoder.build(density=0.1)
    closed = Graph.from_edges(random_edges(generator, 300, 900), n_nodes=300)
    return LatentLinks(z, decoder.float()), closed


def open_logits(links, closed):
    pairs = np.argwhere(np.triu(np.ones((300, 300)), 1))
    return np.sort(links.logits(torch.from_numpy(pairs[~closed.has_edges(pairs)])).numpy())


def test_every_open_pair_is_counted_within_a_twentieth_of_a_per_cent_of_its_logit(case):
    expected = open_logits(*case)
    counts = count_open_pairs(*case)
    assert counts.n_pairs == len(expected)
    assert not counts.is_sampled
    assert (np.diff(counts.logits) > 0).all()
    counted = np.repeat(counts.logits, counts.counts.astype(int))
    # Half an interval is 2⁻¹² of the logit; the block's product rounds a little differently near zero.
    assert np.allclose(counted, expected, rtol=2**-11, atol=1e-4)


def test_beyond_the_limit_a_sample_stands_for_all_pairs(case, monkeypatch):
    expected = open_logits(*case)
    monkeypatch.setattr(population, "MOST_COUNTED_PAIRS", 1_000)
    monkeypatch.setattr(population, "N_SAMPLED", 20_000)
    counts = count_open_pairs(*case)
    assert counts.is_sampled
    assert counts.n_pairs == pytest.approx(len(expected))
    share = counts.counts[counts.logits > 0].sum() / counts.n_pairs
    right = (expected > 0).mean()
    # Four standard errors of a share of 20,000 draws.
    assert abs(share - right) < 4 * np.sqrt(right * (1 - right) / 20_000)


def test_negative_and_positive_logits_keep_their_order_across_zero():
    decoder = InnerProductDecoder()
    decoder.build(density=0.1)
    z = torch.tensor([[-2.0], [-1.0], [0.0], [1e-3], [3.0]])
    counts = count_open_pairs(LatentLinks(z, decoder.float()), Graph.from_edges([], n_nodes=5))
    expected = np.unique(
        [a * b for i, a in enumerate([-2, -1, 0, 1e-3, 3]) for b in [-2, -1, 0, 1e-3, 3][:i]]
    )
    assert np.allclose(counts.logits, expected, rtol=2**-11, atol=1e-30)


@pytest.mark.parametrize("share", [1e-4, 1e-2, 0.3])
def test_a_threshold_of_a_share_takes_at_most_so_many_and_one_logit_more_takes_too_many(case, share):
    counts = count_open_pairs(*case)
    least = counts.threshold_of_share(share)
    at = np.searchsorted(counts.logits, least)
    assert counts.counts[at:].sum() <= share * counts.n_pairs < counts.counts[at - 1 :].sum()


def test_where_one_pair_is_more_than_the_share_none_is_taken(case):
    counts = count_open_pairs(*case)
    assert counts.threshold_of_share(0.5 / counts.n_pairs) == np.inf
    for wrong in (0, 1, float("nan")):
        with pytest.raises(ValueError, match="A density lies between"):
            counts.threshold_of_share(wrong)
