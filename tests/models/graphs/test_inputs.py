"""What a model is to reconstruct: edges, and weights whose unit does not matter."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from varigraph.graphs.graph import Graph
from varigraph.models.graphs.inputs import Placement, graph_target

CPU = Placement(torch.device("cpu"), torch.float64)
PATH = [(i, i + 1) for i in range(6)]


def target_with(weights, place=CPU):
    return graph_target(Graph.from_edges(PATH, weights=weights), place)


weights_of_a_path = st.lists(st.floats(1e-3, 1e3), min_size=6, max_size=6).filter(
    lambda one: len(set(one)) > 1
)


@given(weights_of_a_path)
def test_training_weights_have_mean_1_and_the_ratios_of_the_graphs(weights):
    found = target_with(weights).edge_weights
    assert found.mean().item() == pytest.approx(1, rel=1e-12)
    np.testing.assert_allclose(found.numpy() * np.mean(weights), weights, rtol=1e-12)


@given(weights_of_a_path, st.integers(-9, 9))
def test_doubling_all_weights_changes_no_bit(weights, doublings):
    scaled = target_with(np.array(weights) * 2.0**doublings)
    assert torch.equal(scaled.edge_weights, target_with(weights).edge_weights)


@pytest.mark.parametrize("weights", [None, [1.0] * 6, [0.3] * 6])
def test_equal_weights_are_no_weights(weights):
    assert target_with(weights).edge_weights is None


def test_weights_near_the_largest_number_do_not_overflow():
    found = target_with([2e306] * 5 + [1e306]).edge_weights
    torch.testing.assert_close(found, torch.tensor([6 / 5.5] * 5 + [3 / 5.5], dtype=torch.float64))


def test_weights_take_the_models_precision():
    single = Placement(torch.device("cpu"), torch.float32)
    assert target_with([1.0, 2.0, 1.0, 1.0, 1.0, 1.0], single).edge_weights.dtype == torch.float32


def test_a_graph_without_edges_has_a_target_without_weights():
    empty = Graph.from_edges(np.empty((0, 2), dtype=np.int64), n_nodes=3, weights=[])
    assert graph_target(empty, CPU).edge_weights is None
