"""Protocols: how edges become parts, given a seed."""

import numpy as np
import pytest

from varigraph.datasets import load_dataset
from varigraph.datasets.karate import load_karate
from varigraph.errors import SplitError
from varigraph.experiments.protocols import (
    evaluation_protocol,
    given_test_protocol,
    kipf_split,
    time_protocol,
)
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges, split_edges_by, split_given_test


def a_ring(n_nodes, name="ring"):
    return Graph.from_edges([(i, (i + 1) % n_nodes) for i in range(n_nodes)], name=name)


@pytest.mark.parametrize("seed", [0, 3])
def test_kipfs_protocol_splits_85_5_10_by_the_seed(seed):
    graph = load_karate()
    split = evaluation_protocol("kipf", graph).split(seed)
    assert [part.n_positives for part in split.parts] == [68, 3, 7]  # of 78, rounded down
    assert split.fingerprint == split_edges(graph, val=0.05, test=0.1, random_state=seed).fingerprint


def test_twenty_edges_are_the_fewest():
    assert kipf_split(a_ring(20), 0).val.n_positives == 1
    with pytest.raises(SplitError, match=r"ring has 19 edges; .* at least 20"):
        kipf_split(a_ring(19), 0)


def test_a_graph_without_edges_is_told_so():
    with pytest.raises(SplitError, match="has no edges"):
        kipf_split(Graph.from_edges([(0, 0)]), 0)


@pytest.mark.parametrize("name", ["ring", "citeseer"])
def test_heart_is_for_the_data_set_and_not_for_a_graph_of_that_name(name, data_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("VARIGRAPH_CACHE", str(tmp_path))
    with pytest.raises(SplitError, match="for the data set citeseer"):
        evaluation_protocol("heart", a_ring(30, name))


def test_heart_has_one_split_for_every_seed(data_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("VARIGRAPH_CACHE", str(tmp_path))
    protocol = evaluation_protocol("heart", load_dataset("citeseer"))
    assert protocol.split(0) is protocol.split(1)
    assert protocol.split(0).test.negatives.shape == (455, 500, 2)
    assert protocol.repeated == "initialisations"


DAYS = np.datetime64("2019-03-01") + np.arange(40)


def test_a_split_in_order_of_time_says_until_when_each_part_lasts():
    protocol = time_protocol(a_ring(40), DAYS, "paid_on")
    assert protocol.description == (
        "in order of paid_on: trained on the 34 edges up to 2019-04-03, validated on the next 2 up to "
        "2019-04-05, tested on the last 4; the encoder sees train edges only"
    )
    split = protocol.split(3)
    assert split.fingerprint == split_edges_by(a_ring(40), DAYS, random_state=3).fingerprint
    assert split.seed == 3


def test_values_that_make_no_parts_are_refused_before_any_split():
    with pytest.raises(SplitError, match="none is later than another"):
        time_protocol(a_ring(40), np.zeros(40), "when")


def test_a_given_test_part_says_how_many_edges_it_has_and_took_from_the_graph():
    rows = [(0, 1), (1, 0), (5, 4), (0, 20), (3, 3)]
    protocol = given_test_protocol(a_ring(40), rows, "later.csv")
    assert protocol.description == (
        "tested on the 3 edges of later.csv, of which the graph has 2; 5 % of its other edges at random for "
        "validation; the encoder sees train edges only"
    )
    split = protocol.split(3)
    assert split.fingerprint == split_given_test(a_ring(40), rows, random_state=3).fingerprint


def test_test_edges_that_leave_nothing_to_train_on_are_refused_before_any_split():
    with pytest.raises(SplitError, match="none is left to train on"):
        given_test_protocol(a_ring(40), a_ring(40).edges, "all.csv")
