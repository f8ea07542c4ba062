"""The embedded numbers are Zachary's."""

import networkx as nx

from varigraph.datasets.karate import load_karate


def test_edges_are_those_of_networkx():
    theirs = {tuple(sorted(edge)) for edge in nx.karate_club_graph().edges}
    assert {tuple(edge) for edge in load_karate().edges.tolist()} == theirs


def test_factions_are_those_of_networkx():
    clubs = nx.get_node_attributes(nx.karate_club_graph(), "club")
    ours = {"instructor": "Mr. Hi", "officers": "Officer"}
    assert [ours[label] for label in load_karate().labels] == [clubs[member] for member in range(34)]
