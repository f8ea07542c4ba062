"""The best open pairs found in blocks are those that a sort of all N² logits finds."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from references import random_edges
from varigraph.decoders import InnerProductDecoder
from varigraph.errors import DataError
from varigraph.graphs.graph import Graph
from varigraph.links import open_pairs, topk
from varigraph.links.open_pairs import LatentLinks, open_pair_blocks
from varigraph.links.topk import best_pairs, best_pairs_of_each_node


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(open_pairs, "_BLOCK_NUMBERS", 50)


def a_case(seed, *, n_nodes=23, n_edges=40, levels=None):
    """Latent vectors (of few levels, so that logits tie exactly) and closed pairs."""
    generator = np.random.default_rng(seed)
    z = generator.normal(size=(n_nodes, 3))
    if levels:
        z = generator.integers(0, levels, (n_nodes, 3)).astype(float)
    decoder = InnerProductDecoder(offset=-0.5)
    decoder.build(density=0.1)
    links = LatentLinks(torch.from_numpy(z), decoder.double())
    return links, Graph.from_edges(random_edges(generator, n_nodes, n_edges), n_nodes=n_nodes)


def every_open_pair(links, closed):
    """All open pairs i < j in ascending order, with logits from the definition."""
    z = links.z.numpy()
    rows = [
        (i, j, float(z[i] @ z[j]) - 0.5)
        for i in range(len(z))
        for j in range(i + 1, len(z))
        if not closed.has_edges([(i, j)])[0]
    ]
    return rows


def listed(ranked):
    return [tuple(pair) for pair in ranked.pairs.tolist()]


@given(seed=st.integers(0, 10_000), k=st.integers(1, 300), levels=st.sampled_from([None, 2, 3]))
def test_the_best_pairs_are_those_of_a_full_sort_with_ties_by_position(seed, k, levels):
    links, closed = a_case(seed, levels=levels)
    expected = sorted(every_open_pair(links, closed), key=lambda row: (-round(row[2], 9), row[0], row[1]))[:k]
    found = best_pairs(links, closed, k)
    assert listed(found) == [(i, j) for i, j, _ in expected]
    assert np.allclose(found.logits, [logit for *_, logit in expected])


@given(seed=st.integers(0, 10_000), k=st.integers(1, 30), levels=st.sampled_from([None, 2]))
def test_the_best_of_each_node_are_those_of_its_sorted_row(seed, k, levels):
    links, closed = a_case(seed, levels=levels)
    both_ways = [row for i, j, x in every_open_pair(links, closed) for row in ((i, j, x), (j, i, x))]
    expected = []
    for node in range(23):
        own = sorted((r for r in both_ways if r[0] == node), key=lambda row: (-round(row[2], 9), row[1]))
        expected += [(i, j) for i, j, _ in own[:k]]
    assert listed(best_pairs_of_each_node(links, closed, k)) == expected


@given(seed=st.integers(0, 10_000), nodes=st.sets(st.integers(0, 22), min_size=1, max_size=10))
def test_with_nodes_named_only_pairs_that_touch_one_of_them_come_and_each_once(seed, nodes):
    links, closed = a_case(seed)
    wanted = sorted(row for row in every_open_pair(links, closed) if {row[0], row[1]} & nodes)
    found = best_pairs(links, closed, 1_000, nodes=np.array(sorted(nodes)))
    assert sorted(listed(found)) == [(i, j) for i, j, _ in wanted]
    assert (np.diff(found.logits) <= 1e-12).all()


@given(seed=st.integers(0, 10_000), least=st.floats(-2, 2))
def test_without_a_number_every_pair_from_the_lowest_logit_on_comes(seed, least):
    links, closed = a_case(seed)
    expected = {(i, j) for i, j, x in every_open_pair(links, closed) if x >= least}
    assert set(listed(best_pairs(links, closed, None, least=least))) == expected
    by_node = best_pairs_of_each_node(links, closed, 1_000, least=least)
    assert {tuple(sorted(pair)) for pair in listed(by_node)} == expected


def test_each_open_pair_is_shown_once_and_no_other():
    links, closed = a_case(0)
    shown = []
    for block in open_pair_blocks(links, closed):
        row, column = (block.logits > -torch.inf).nonzero().unbind(1)
        shown += list(zip(block.rows[row].tolist(), (column + block.start).tolist(), strict=True))
    assert sorted(shown) == [(i, j) for i, j, _ in every_open_pair(links, closed)]


def test_a_graph_without_open_pairs_has_no_best():
    links, _ = a_case(0, n_nodes=4, n_edges=1)
    complete = Graph.from_edges([(i, j) for i in range(4) for j in range(i)])
    assert len(best_pairs(links, complete, 5).logits) == 0
    assert len(best_pairs_of_each_node(links, complete, 5).logits) == 0


def test_more_links_than_can_be_held_are_refused(monkeypatch):
    links, closed = a_case(0)
    monkeypatch.setattr(topk, "MOST_LINKS", 10)
    with pytest.raises(DataError, match=r"More than 10 links would come out.*threshold"):
        best_pairs(links, closed, None, least=-100)


def test_logits_are_those_of_the_decoder_to_the_last_bit():
    links, closed = a_case(3)
    found = best_pairs(links, closed, 10)
    again = links.decoder(links.z, torch.from_numpy(found.pairs)).logits
    assert found.logits.tolist() == again.tolist()
