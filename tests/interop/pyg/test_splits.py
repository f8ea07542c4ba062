"""PyG's `RandomLinkSplit` as a split of this library."""

import random
import warnings

import numpy as np
import pytest

import varigraph as vg
from pyg_scripts import VariationalGCN, a_data
from varigraph.errors import SplitError
from varigraph.interop.pyg import to_estimator, to_split
from varigraph.seeding import keyed_global_generators

with warnings.catch_warnings():
    # PyG compiles a class with torch.jit, which warns, when it is first imported.
    warnings.simplefilter("ignore")
    from torch_geometric.transforms import RandomLinkSplit


def parts(*, is_undirected=True, split_labels=True):
    transform = RandomLinkSplit(
        0.1, 0.2, is_undirected, split_labels=split_labels, add_negative_train_samples=False
    )
    state = random.getstate()
    random.seed(0)  # which decides the negatives
    with keyed_global_generators(0):
        found = transform(a_data())
    random.setstate(state)
    return found


def rows(edge_index):
    return {tuple(sorted(pair)) for pair in edge_index.T.tolist()}


def test_pairs_and_message_edges_are_pygs():
    train, val, test = parts()
    split = to_split(train, val, test)
    assert split.verify().is_sound
    assert {tuple(edge) for edge in split.known_graph.edges.tolist()} == rows(a_data().edge_index)
    for part, data in zip(split.parts, (train, val, test), strict=True):
        assert {tuple(edge) for edge in part.message_graph.edges.tolist()} == rows(data.edge_index)
        assert part.positives.tolist() == data.pos_edge_label_index.T.tolist()
    assert split.test.negatives.tolist() == test.neg_edge_label_index.T.tolist()
    # The test encoder of PyG sees the validation edges, and no other does.
    assert split.test.message_graph.has_edges(split.val.positives).all()
    assert not split.val.message_graph.has_edges(split.val.positives).any()


def test_labels_in_one_tensor_give_the_same_split():
    apart, together = to_split(*parts()), to_split(*parts(split_labels=False))
    assert apart.fingerprint == together.fingerprint


def test_an_undirected_graph_that_was_split_as_a_directed_one_is_reported():
    assert not to_split(*parts(is_undirected=False)).verify().is_sound


def test_data_without_labels_are_refused():
    with pytest.raises(SplitError, match="train data has neither pos_edge_label_index nor"):
        to_split(a_data(), a_data(), a_data())


def test_a_split_serves_an_estimator_from_message_graph_to_test():
    split = to_split(*parts())
    estimator = to_estimator(VariationalGCN(8, 4), split.train, validation=split.val)
    found = vg.evaluate_links(estimator, split.test, heuristics=False).metrics["VGAE"]
    assert 0 <= found["auc"] <= 1
    assert np.isfinite(estimator.link_probabilities(split.test.positives.tolist())).all()


@pytest.mark.parametrize("given", [None, 3, "data"])
def test_what_is_no_data_is_refused(given):
    with pytest.raises(SplitError, match=r"The train data is a \w+ without an edge_index"):
        to_split(given, given, given)
