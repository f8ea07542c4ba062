"""Notes on odd graphs: each oddity is told with its count, and nothing is told of a sound graph."""

import numpy as np
import pytest
from scipy import sparse as sp

from varigraph.graphs.graph import Graph
from varigraph.graphs.notes import graph_notes

NAMES = tuple("abcdefghijklmnop")
RING = [(i, (i + 1) % 200) for i in range(200)]


def ring(features=None, *, n_nodes=200, edges=RING, names=None):
    return Graph.from_edges(edges, n_nodes=n_nodes, features=features, feature_names=names)


def features(**columns):
    """Columns of random numbers, some of them replaced."""
    sound = np.random.default_rng(0).random((200, 16))
    for at, (_, column) in enumerate(columns.items()):
        sound[:, at] = column
    return sound


def test_a_sound_graph_has_no_notes():
    assert graph_notes(ring(features())) == []
    assert graph_notes(ring()) == []
    assert graph_notes(ring(sp.csr_array(np.eye(200)))) == []


NOTES = {
    "tiny": (ring(edges=RING[:99]), "A tiny graph (200 nodes, 99 edges): "),
    "isolated": (ring(n_nodes=205), "5 of 205 nodes have no edge (200, 201, 202, …): their place"),
    "one isolated": (ring(n_nodes=201), "1 of 201 nodes has no edge (200): its place"),
    "components": (
        ring(edges=[(a, b) for a, b in RING if a not in (99, 199)]),
        "The edges form 2 components that no path joins; the largest has 100 of 200 nodes.",
    ),
    "constant": (
        ring(features(a=7), names=NAMES),
        "1 of 16 feature columns is constant ('a'): it tells no node from another.",
    ),
    "zero columns": (
        ring(features(a=0, b=0)),
        "2 of 16 feature columns are zero throughout ('0', '1'): no node has them.",
    ),
    "zero rows": (
        ring(np.vstack([np.zeros((1, 16)), features()[1:]])),
        "1 of 200 nodes has zeros for features only (0): ",
    ),
    "unscaled": (
        ring(
            features(a=np.linspace(0, 5e6, 200), b=np.linspace(0, 100, 200)),
            names=("income", "age", *NAMES[2:]),
        ),
        "'income' spans 5e+06 and '",
    ),
}


@pytest.mark.parametrize("case", NOTES)
@pytest.mark.parametrize("sparse", [False, True])
def test_an_oddity_is_told_and_nothing_else(case, sparse):
    graph, note = NOTES[case]
    if sparse and graph.features is not None:
        graph = ring(sp.csr_array(graph.features), names=graph.feature_names)
    (told,) = [one for one in graph_notes(graph) if note in one] or [None]
    assert told is not None
    if case != "tiny":  # a path of the ring is one component with isolated nodes
        assert graph_notes(graph) == [told]


def test_columns_within_a_thousand_of_each_other_are_scaled_enough():
    spread = features(a=np.linspace(0, 900, 200), b=np.linspace(1, 2, 200))
    assert graph_notes(ring(spread)) == []
    whole = features(a=np.arange(200) % 2, b=np.arange(200) * 400)
    assert "on different scales" in graph_notes(ring(whole))[0]


def test_a_few_columns_are_told_of_because_they_bound_what_a_model_can_know():
    (note,) = graph_notes(ring(features()[:, :2]))
    assert note.startswith("Only 2 feature columns: ")
    assert "--features none" in note


def test_a_few_nodes_beside_one_large_component_are_no_note():
    edges = [*RING, (200, 201)]
    assert graph_notes(ring(edges=edges, n_nodes=202)) == []


def test_an_empty_graph_is_only_tiny():
    assert len(graph_notes(Graph.from_edges([], n_nodes=0))) == 1
