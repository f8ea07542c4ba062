"""Drawn negatives: which, how many, how likely, and by whose generator."""

import random
import tracemalloc
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pyg_scripts import a_data
from varigraph.interop.pyg import negatives
from varigraph.interop.pyg.negatives import sample_negatives

with warnings.catch_warnings():
    # PyG compiles a class with torch.jit, which warns, when it is first imported.
    warnings.simplefilter("ignore")
    from torch_geometric.utils import negative_sampling


@st.composite
def positives(draw):
    n_nodes = draw(st.integers(2, 9))
    node = st.integers(0, n_nodes - 1)
    pairs = draw(st.lists(st.tuples(node, node), min_size=1, max_size=40))
    return torch.tensor(pairs).T, n_nodes


@given(positives())
def test_negatives_are_distinct_pairs_that_no_positive_names_in_either_direction(case):
    edges, n_nodes = case
    taken = {pair for i, j in edges.T.tolist() for pair in ((i, j), (j, i)) if i != j}
    free = {(i, j) for i in range(n_nodes) for j in range(n_nodes) if i != j} - taken
    if not free:
        with pytest.raises(ValueError, match="no negative can be drawn; give neg_edge_index"):
            sample_negatives(edges, n_nodes)
        return
    drawn = [tuple(pair) for pair in sample_negatives(edges, n_nodes).T.tolist()]
    assert len(drawn) == len(set(drawn)) == min(edges.shape[1], len(free))
    assert set(drawn) <= free


@pytest.mark.parametrize("n_nodes", [3, 4, 5, 8, 30])
def test_there_are_as_many_negatives_as_pyg_draws(n_nodes):
    ring = torch.stack([torch.arange(n_nodes), (torch.arange(n_nodes) + 1) % n_nodes])
    ring = torch.cat([ring, ring.flip(0)], dim=1)
    if n_nodes == 3:  # every pair is an edge: PyG draws none, and the mean over none is NaN
        assert negative_sampling(ring, n_nodes).shape == (2, 0)
        return
    assert sample_negatives(ring, n_nodes).shape == negative_sampling(ring, n_nodes).shape


def test_pyg_draws_a_positive_the_other_way_round_and_this_does_not():
    """The reason for another sampler, kept so that it is noticed when PyG mends its own."""
    path = torch.tensor([[0, 1], [1, 2]])
    reverse = {(1, 0), (2, 1)}
    theirs = {tuple(pair) for _ in range(20) for pair in negative_sampling(path, 3).T.tolist()}
    ours = {tuple(pair) for _ in range(20) for pair in sample_negatives(path, 3).T.tolist()}
    assert theirs & reverse
    assert ours == {(0, 2), (2, 0)}


def test_every_free_pair_is_equally_likely():
    star = torch.tensor([[0, 0, 0], [1, 2, 3]])  # leaves 6 ordered pairs of 4 nodes + 8 with node 4
    with torch.random.fork_rng():
        torch.manual_seed(0)
        drawn = torch.cat([sample_negatives(star, 5) for _ in range(700)], dim=1)
    keys, counts = (drawn[0] * 5 + drawn[1]).unique(return_counts=True)
    assert len(keys) == 14
    # Within a draw pairs exclude one another, which only narrows the counts.
    assert stats.chisquare(counts.numpy()).pvalue > 0.001


@pytest.mark.parametrize(("n", "size"), [(1000, 10), (40, 19), (40, 20), (40, 21), (5, 5), (3, 0)])
def test_distinct_numbers_are_distinct_in_range_and_all_are_reached(n, size):
    generator = np.random.default_rng(0)
    reached = set()
    for _ in range(30):
        found = negatives._distinct(n, size, generator)
        assert len(found) == len(set(found.tolist())) == size
        assert all(0 <= one < n for one in found)
        reached |= set(found.tolist())
    assert not size or len(reached) > n / 5


def test_memory_is_that_of_the_positives_and_not_of_all_pairs():
    # Where one in 40 is taken, numpy's own choice holds all 4 million numbers, 32 MB.
    generator = np.random.default_rng(0)
    tracemalloc.start()
    numbers = []
    for n in (4_000_000, 400_000_000):
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        negatives._distinct(n, 100_000, generator)
        numbers.append(tracemalloc.get_traced_memory()[1] - before)
    tracemalloc.stop()
    assert max(numbers) < 16e6


@pytest.mark.parametrize("node", [-1, 3])
def test_a_position_that_is_no_node_is_refused(node):
    with pytest.raises(ValueError, match=f"names the node {node}"):
        sample_negatives(torch.tensor([[0], [node]]), 3)


def test_torchs_seed_decides_and_pythons_generator_is_not_touched():
    edges, before = a_data().edge_index, random.getstate()
    drawn = []
    for seed in (0, 0, 1):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            drawn.append(sample_negatives(edges, 120))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert random.getstate() == before


def test_positives_are_not_changed():
    edges = a_data().edge_index
    before = edges.clone()
    sample_negatives(edges, 120)
    assert torch.equal(edges, before)
