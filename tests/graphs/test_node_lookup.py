"""Ids of a file found in a graph: by value or by writing, and what is said of one that is no node."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.errors import FileContentError
from varigraph.graphs.graph import Graph
from varigraph.graphs.node_lookup import check_nodes_known, find_nodes

NAMES = ["Ada", "Bo Li", "007", "12"]


def a_graph(ids):
    return Graph.from_edges([(0, 1)], ids=ids, name="friends")


def objects(*values):
    return np.array(values, dtype=object)


def message(graph, *columns):
    positions = find_nodes(graph, columns)
    with pytest.raises(FileContentError) as raised:
        check_nodes_known(
            graph, positions, columns, place=lambda row: f"line {row + 2} of a.csv", advice="Stop."
        )
    return str(raised.value)


@given(ids=st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=20, unique=True))
def test_every_integer_is_found_as_a_number_and_as_text_in_graphs_of_either(ids):
    as_text = objects(*map(str, ids))
    for graph in (a_graph(ids), a_graph(as_text)):
        for column in (np.array(ids), as_text):
            assert find_nodes(graph, [column])[:, 0].tolist() == list(range(len(ids)))


def test_text_is_matched_letter_by_letter():
    found = find_nodes(a_graph(NAMES), [objects("Bo Li", "bo li", "7", "007"), np.array([1, 12, 7, 0])])
    assert found.tolist() == [[1, -1], [-1, 3], [-1, -1], [2, -1]]
    assert find_nodes(a_graph([7, 12]), [objects("007", "7")]).tolist() == [[-1], [0]]


def test_where_a_graph_has_both_the_number_and_the_text_each_is_found_as_itself():
    graph = a_graph([1, "1", "b"])
    assert find_nodes(graph, [objects(1, "1")]).tolist() == [[0], [1]]


def test_the_first_row_with_an_unknown_id_is_told_and_how_many_others_there_are():
    graph = a_graph(NAMES)
    assert message(graph, objects("Ada", "x", "y"), objects("12", "y", "12")) == (
        "Line 3 of a.csv names 'x', which is no node of friends. So does 1 other row. Stop."
    )
    assert message(graph, objects("Ada", "Ada"), objects("12", "y")) == (
        "Line 3 of a.csv names 'y', which is no node of friends. Stop."
    )
    assert "So do 2 other rows." in message(graph, objects("x", "y", "z"))


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("ada", "Ada"), ("Bo  LI", "Bo Li"), ("BoLi", "Bo Li"), ("7", "007"), (7, "007"), ("0012", "12")],
)
def test_the_id_probably_meant_is_named(wrong, meant):
    assert f"Did you mean {meant!r}?" in message(a_graph(NAMES), objects(wrong))


@pytest.mark.parametrize("wrong", [13, "13", "-12", "Zebedee"])
def test_no_guess_is_made_for_a_number_or_for_what_is_like_nothing(wrong):
    assert "Did you mean" not in message(a_graph([*NAMES, "11", "1"]), objects(wrong))
