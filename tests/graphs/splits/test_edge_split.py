"""Splits made elsewhere: taken as they are, and every flaw reported with its count."""

import numpy as np
import pytest

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.edge_split import EdgeSplit, SplitPart
from varigraph.graphs.splits.report import FLAWS

SOUND = {
    "train": [(0, 1), (1, 2), (2, 3)],
    "val": [(3, 4)],
    "test": [(4, 5), (5, 6)],
    "val_negatives": [(0, 6), (6, 1)],
    "test_negatives": [(0, 5), (2, 6)],
}


def split_with(**changes):
    return EdgeSplit.from_pairs(7, **{**SOUND, **changes})


def found_in(split):
    return {(finding.kind, finding.where): finding.count for finding in split.verify().findings}


def test_a_sound_split_has_no_findings():
    report = split_with().verify()
    assert report.is_sound
    assert report.findings == ()
    assert "is sound (positives + negatives: train 3 + 0, val 1 + 2, test 2 + 2)" in str(report)


FLAWED = [
    ({"val": [(3, 9)]}, {("out_of_range", "val positives"): 1}),
    ({"train": [(0, 1), (-1, 2)]}, {("out_of_range", "train positives"): 1}),
    ({"train": [(0, 1), (2, 2)]}, {("self_pair", "train positives"): 1}),
    ({"test_negatives": [(0, 5), (3, 3)]}, {("self_pair", "test negatives"): 1}),
    ({"train": [(0, 1), (1, 0), (0, 1)]}, {("repeated", "train positives"): 2}),
    ({"val_negatives": [(0, 6), (6, 0)]}, {("repeated", "val negatives"): 1}),
    (
        {"val": [(3, 4), (6, 5)]},
        {("shared_positive", "val positives and test positives"): 1},
    ),
    (
        {"val": [(1, 0)]},
        {
            ("shared_positive", "train positives and val positives"): 1,
            ("leaked_positive", "val positives"): 1,
        },
    ),
    (
        {"message_edges": {"test": [(0, 1), (1, 2), (2, 3), (5, 4)]}},
        {("leaked_positive", "test positives"): 1},
    ),
    (
        {"message_edges": {"train": [(0, 1), (4, 3), (5, 4), (6, 5)]}},
        {("leaked_positive", "val positives"): 1, ("leaked_positive", "test positives"): 2},
    ),
    ({"val_negatives": [(6, 5), (2, 1)]}, {("negative_is_edge", "val negatives"): 2}),
    ({"test_negatives": [(4, 3), (0, 5)]}, {("negative_is_edge", "test negatives"): 1}),
    (
        {"test_negatives": [(1, 6), (0, 5)]},
        {("shared_negative", "val negatives and test negatives"): 1},
    ),
    (
        {"val_negatives": [[(0, 6), (6, 0), (1, 6)]]},
        {("repeated", "val negatives"): 1},
    ),
    (
        {"test_negatives": [[(0, 5), (5, 0)], [(0, 5), (4, 3)]]},
        {("repeated", "test negatives"): 1, ("negative_is_edge", "test negatives"): 1},
    ),
]


@pytest.mark.parametrize(("changes", "expected"), FLAWED)
def test_each_flaw_is_reported_with_its_count_and_nothing_else(changes, expected):
    split = split_with(**changes)
    assert found_in(split) == expected
    assert not split.verify().is_sound
    assert "NOT sound" in str(split.verify())


def test_every_kind_of_flaw_has_an_example_above():
    assert {kind for _, expected in FLAWED for kind, _ in expected} == set(FLAWS)


def test_one_pair_may_be_a_negative_of_several_positives_and_of_both_parts():
    own = [[(0, 5), (2, 6)], [(0, 5), (2, 6)]]
    assert split_with(test_negatives=own, val_negatives=[[(0, 5)]]).verify().is_sound


def test_a_test_encoder_that_sees_validation_edges_is_no_leak():
    seen = SOUND["train"] + SOUND["val"]
    assert split_with(message_edges={"test": seen}).verify().is_sound


def test_a_finding_says_how_many_of_how_many():
    report = split_with(val_negatives=[(6, 5), (1, 6)]).verify()
    assert str(report.findings[0]) == "1 of 2 val negatives are edges of some part"


def test_by_default_messages_pass_over_the_clean_train_positives():
    split = split_with(train=[(2, 1), (1, 2), (0, 0), (0, 99), (0, 1)])
    assert split.test.message_graph.edges.tolist() == [[0, 1], [1, 2]]
    assert len(split.train.positives) == 5


def test_node_attributes_and_weights_come_from_the_graph():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 3)], ids=list("abcd"), weights=[0.5, 2.0, 3.0])
    split = EdgeSplit.from_pairs(graph, train=[(2, 1), (1, 0)], val=[], test=[(3, 2)])
    assert split.train.message_graph.ids.tolist() == list("abcd")
    assert split.train.message_graph.weights.tolist() == [0.5, 2.0]


def test_a_message_edge_without_a_weight_is_refused():
    graph = Graph.from_edges([(0, 1), (1, 2)], n_nodes=4, weights=[0.5, 2.0])
    with pytest.raises(SplitError, match="1 of 2 message edges are no edges of the weighted graph"):
        EdgeSplit.from_pairs(graph, train=[(0, 1), (2, 3)], val=[], test=[])


def test_the_fingerprint_depends_on_every_array_and_on_nothing_else():
    changes = [
        {},
        {"train": [(0, 1), (1, 2), (3, 2)]},
        {"val": [(4, 3)]},
        {"test": [(5, 6), (4, 5)]},
        {"val_negatives": [(0, 6), (1, 6)]},
        {"test_negatives": [(0, 5), (3, 6)]},
        {"message_edges": {"test": [(0, 1)]}},
        {"message_edges": {"val": [(0, 1)]}},
    ]
    assert len({split_with(**change).fingerprint for change in changes}) == len(changes)
    named = EdgeSplit.from_pairs(Graph.from_edges([], ids=list("abcdefg")), **SOUND)
    assert named.fingerprint == split_with().fingerprint
    assert EdgeSplit.from_pairs(8, **SOUND).fingerprint != split_with().fingerprint


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": [(0, 1, 2)]}, "train positives"),
        ({"val": [0, 1, 2]}, "val positives"),
        ({"test_negatives": [[(0, 5)]]}, "as many rows as positives"),
        ({"val": [(0.5, 1.0)]}, "val positives .* integers"),
        ({"message_edges": {"valid": []}}, "the parts are train, val and test"),
    ],
)
def test_an_array_of_another_shape_is_refused(changes, message):
    with pytest.raises(SplitError, match=message):
        split_with(**changes)


def test_parts_of_different_graphs_or_in_another_order_are_refused():
    split, other = split_with(), EdgeSplit.from_pairs(8, **SOUND)
    with pytest.raises(SplitError, match="one set of nodes"):
        EdgeSplit(split.train, split.val, other.test)
    with pytest.raises(SplitError, match="in this order"):
        EdgeSplit(split.val, split.train, split.test)


def test_a_part_knows_whether_negatives_are_a_pool():
    graph, pair = Graph.from_edges([(0, 1)], n_nodes=3), np.array([(0, 1)])
    pool = SplitPart("test", graph, pair, np.array([(0, 2), (1, 2)]))
    own = SplitPart("test", graph, pair, np.array([[(0, 2), (1, 2)]]))
    assert (pool.has_own_negatives, own.has_own_negatives) == (False, True)
    assert pool.n_negatives == own.n_negatives == 2


def test_heart_splits_are_held_and_their_known_flaws_counted(data_folder):
    folder = data_folder / "heart" / "citeseer"
    pairs = {
        part: np.loadtxt(folder / f"{part}_pos.txt", dtype=np.int64) for part in ("train", "valid", "test")
    }
    with np.load(folder / "heart_samples.npz") as hard:
        split = EdgeSplit.from_pairs(
            3327,
            train=pairs["train"],
            val=pairs["valid"],
            test=pairs["test"],
            val_negatives=hard["valid"],
            test_negatives=hard["test"],
        )
    assert split.train.message_graph.n_edges == 3870
    assert found_in(split) == {
        ("self_pair", "train positives"): 48,
        ("repeated", "test negatives"): 12,
        ("negative_is_edge", "val negatives"): 267,
        ("negative_is_edge", "test negatives"): 461,
    }
