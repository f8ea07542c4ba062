"""Notes on a graph: what is odd about it and what that means for a model, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp
from scipy.sparse.csgraph import connected_components

from varigraph.graphs.graph import Graph
from varigraph.tensor_types import FloatArray, IntArray

__all__ = ["graph_notes"]

_FEW_EDGES = 100  # a tenth for testing is then fewer than ten
_MOST = 0.9  # of the nodes with edges, in one component
_FEW_FEATURES = 16  # below the latent dimensions of any preset, so embeddings have no more than so many
_UNSCALED = 1000.0  # times that one column spans what another does


def graph_notes(graph: Graph) -> list[str]:
    """What a user should know about a graph before trusting a model of it; nothing of it is an error.

    Args:
        graph: Any graph.

    Returns:
        Sentences with counts: on a tiny graph, isolated nodes, edges in many components, and features that
        are constant, zero throughout or on different scales. Empty when there is nothing to say.

    Example:
        >>> graph_notes(Graph.from_edges([(i, i + 1) for i in range(200)]))
        []
        >>> for note in graph_notes(Graph.from_edges([(0, 1)], n_nodes=3, features=np.ones((3, 1)))):
        ...     print(note)
        A tiny graph (3 nodes, 1 edge): a model can learn it by heart, and scores owe much to chance.
        1 of 3 nodes has no edge (2): its place in the latent space rests on its features alone.
        1 of 1 feature columns is constant ('0'): it tells no node from another.
        Only 1 feature column: a model that uses features knows a node by its own and its neighbours' and by \
nothing else; compare it with one that does not (--features none).
    """
    return [*_shape_notes(graph), *_feature_notes(graph)]


def _shape_notes(graph: Graph) -> Iterator[str]:
    if graph.n_edges < _FEW_EDGES:
        yield (
            f"A tiny graph ({_count(graph.n_nodes, 'node')}, {_count(graph.n_edges, 'edge')}): a model can "
            "learn it by heart, and scores owe much to chance."
        )
    isolated = np.flatnonzero(graph.degrees == 0)
    if isolated.size:
        has, its = ("has", "its") if isolated.size == 1 else ("have", "their")
        rests = f"{its} features alone" if graph.n_features else f"{its} lack of edges alone"
        yield (
            f"{isolated.size:,} of {graph.n_nodes:,} nodes {has} no edge ({_examples(graph.ids[isolated])}): "
            f"{its} place in the latent space rests on {rests}."
        )
    yield from _component_notes(graph, len(isolated))


def _component_notes(graph: Graph, n_isolated: int) -> Iterator[str]:
    n_components, component = connected_components(graph.adjacency, directed=False)
    n_linked, n_parts = graph.n_nodes - n_isolated, n_components - n_isolated
    largest = int(np.bincount(component, minlength=1).max(initial=0))
    if n_parts > 1 and largest < _MOST * n_linked:
        yield (
            f"The edges form {n_parts:,} components that no path joins; the largest has {largest:,} of "
            f"{n_linked:,} nodes. Where they lie to each other is guessed"
            + (" from features alone." if graph.n_features else ", so do not trust links between them.")
        )


def _feature_notes(graph: Graph) -> Iterator[str]:
    if graph.features is None or not graph.n_features or not graph.n_nodes:
        return
    columns: sp.csc_array = sp.csc_array(graph.features, dtype=np.float64)
    columns.eliminate_zeros()
    empty_rows = np.flatnonzero(np.bincount(columns.indices, minlength=graph.n_nodes) == 0)
    if empty_rows.size:
        has = "has" if empty_rows.size == 1 else "have"
        yield (
            f"{empty_rows.size:,} of {graph.n_nodes:,} nodes {has} zeros for features only "
            f"({_examples(graph.ids[empty_rows])}): the model knows them by their edges alone."
        )
    low, high = (np.asarray(one.toarray()).ravel() for one in (columns.min(axis=0), columns.max(axis=0)))
    zero = (low == 0) & (high == 0)
    yield from _column_notes(graph, np.flatnonzero(zero), "zero throughout", "no node has it")
    constant = (low == high) & ~zero
    yield from _column_notes(graph, np.flatnonzero(constant), "constant", "it tells no node from another")
    yield from _scale_notes(graph, high - low)
    if graph.n_features < _FEW_FEATURES:
        columns_given = _count(graph.n_features, "feature column")
        yield (
            f"Only {columns_given}: a model that uses features knows a node by its own and its neighbours' "
            "and by nothing else; compare it with one that does not (--features none)."
        )


def _column_notes(graph: Graph, at: IntArray, what: str, means: str) -> Iterator[str]:
    if at.size:
        verb, meaning = ("is", means) if at.size == 1 else ("are", _PLURAL[means])
        names = _examples(np.array([_column(graph, int(one)) for one in at[:4]], dtype=object), at.size)
        yield f"{at.size:,} of {graph.n_features:,} feature columns {verb} {what} ({names}): {meaning}."


_PLURAL = {
    "no node has it": "no node has them",
    "it tells no node from another": "they tell no node from another",
}


def _scale_notes(graph: Graph, spans: FloatArray) -> Iterator[str]:
    varying = np.flatnonzero(spans > 0)
    if not varying.size:
        return
    least, most = (int(varying[pick(spans[varying])]) for pick in (np.argmin, np.argmax))
    ratio = spans[most] / spans[least]
    if ratio > _UNSCALED:
        yield (
            f"The feature columns are on different scales: {_column(graph, most)!r} spans {spans[most]:.3g} "
            f"and {_column(graph, least)!r} {spans[least]:.3g}, {ratio:,.0f} times less. The wide ones drown "
            "out the others; bring all to one scale first, such as mean 0 and deviation 1."
        )


def _column(graph: Graph, position: int) -> str:
    return str(position) if graph.feature_names is None else graph.feature_names[position]


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}" + ("" if number == 1 else "s")


def _examples(values: NDArray[Any], n_values: int | None = None) -> str:
    listed = values.tolist()
    n_values = len(listed) if n_values is None else n_values
    shown = ", ".join(repr(one) for one in listed[:3])
    return shown + (", …" if n_values > 3 else "")
