"""Splits as arrays: what comes back is the split that went out."""

import numpy as np
import pytest

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges, split_from_arrays, split_to_arrays
from varigraph.graphs.splits.edge_split import EdgeSplit

TRAIN, VAL, TEST = [(0, 1), (1, 2), (2, 3), (0, 3)], [(3, 4)], [(4, 5)]
FULL = Graph.from_edges(TRAIN + VAL + TEST, ids=list("abcdef"))
WEIGHTED = Graph.from_edges(FULL.edges, ids=list("abcdef"), weights=np.arange(1.0, 7.0))


def given_split(graph, **message_edges):
    return EdgeSplit.from_pairs(
        graph,
        train=TRAIN,
        val=VAL,
        test=TEST,
        val_negatives=[(0, 5)],
        test_negatives=[[(1, 5), (0, 4)]],
        message_edges=message_edges,
    )


@pytest.mark.parametrize("graph", [FULL, WEIGHTED])
@pytest.mark.parametrize(
    "make",
    [
        lambda graph: split_edges(graph, val=0.2, test=0.2, random_state=3),
        given_split,
        lambda graph: given_split(graph, test=TRAIN + VAL),
        lambda graph: given_split(graph, train=TRAIN[:2], val=TEST, test=TEST),
    ],
)
def test_a_split_comes_back_from_its_arrays(graph, make):
    split = make(graph)
    again = split_from_arrays(graph, split_to_arrays(split))
    assert again.fingerprint == split.fingerprint
    assert again.seed == split.seed
    for part, same in zip(split.parts, again.parts, strict=True):
        assert np.array_equal(part.positives, same.positives)
        assert np.array_equal(part.negatives, same.negatives)
        assert part.message_graph.fingerprint == same.message_graph.fingerprint


def test_edges_that_a_reader_knows_are_not_written_twice():
    arrays = split_to_arrays(split_edges(FULL, val=0.2, test=0.2, random_state=0))
    assert sorted(arrays) == sorted(
        ["n_nodes", "seed"]
        + [f"{part}_{what}" for part in ("train", "val", "test") for what in ("positives", "negatives")]
    )


def test_parts_that_saw_one_graph_share_it_again():
    again = split_from_arrays(FULL, split_to_arrays(split_edges(FULL, val=0.2, test=0.2, random_state=0)))
    assert again.test.message_graph is again.train.message_graph


def test_safetensors_keeps_the_arrays(tmp_path):
    from safetensors.numpy import load_file, save_file

    split = split_edges(FULL, val=0, test=0.2, random_state=0)
    save_file(split_to_arrays(split), tmp_path / "split.safetensors")
    assert split_from_arrays(FULL, load_file(tmp_path / "split.safetensors")).fingerprint == split.fingerprint


def test_a_missing_array_is_named():
    arrays = split_to_arrays(split_edges(FULL, val=0.2, test=0.2, random_state=0))
    del arrays["val_positives"]
    with pytest.raises(SplitError, match="lack val_positives"):
        split_from_arrays(FULL, arrays)


def test_a_graph_of_another_size_is_refused():
    arrays = split_to_arrays(split_edges(FULL, val=0.2, test=0.2, random_state=0))
    with pytest.raises(SplitError, match="6 nodes, but graph has 9"):
        split_from_arrays(Graph.from_edges([(0, 8)]), arrays)
