"""A split as plain arrays for a file, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import SplitError
from varigraph.graphs.graph import DroppedRows, Graph
from varigraph.graphs.known_edges import unite_edges
from varigraph.graphs.splits.edge_split import PART_NAMES, EdgeSplit, PartName, SplitPart, as_pairs

__all__ = ["split_from_arrays", "split_to_arrays"]

_ALWAYS_THERE = ("n_nodes", *(f"{name}_{what}" for name in PART_NAMES for what in ("positives", "negatives")))


def split_to_arrays(split: EdgeSplit) -> dict[str, NDArray[Any]]:
    """A split as plain arrays, for a file; `split_from_arrays` makes the same split of them.

    Returns:
        `n_nodes` and, if known, `seed`, shape (1,); `{part}_positives` and `{part}_negatives`. A message
        graph is there, as `{part}_message_edges` and perhaps `{part}_message_weights`, only if it is not
        what is taken without it: the train positives for the train part, and its graph for the others.

    Example:
        >>> from varigraph.graphs.splits import split_edges
        >>> ring = Graph.from_edges([(i, (i + 1) % 40) for i in range(40)])
        >>> list(split_to_arrays(split_edges(ring, val=0, random_state=0)))[:4]
        ['n_nodes', 'seed', 'train_positives', 'train_negatives']
    """
    arrays: dict[str, NDArray[Any]] = {"n_nodes": np.array([split.n_nodes])}
    if split.seed is not None:
        arrays["seed"] = np.array([split.seed])
    taken_edges, taken_weights = split.train.positives, None
    for part in split.parts:
        arrays[f"{part.name}_positives"] = part.positives
        arrays[f"{part.name}_negatives"] = part.negatives
        edges, weights = part.message_graph.edges, part.message_graph.weights
        if not (_equal(edges, taken_edges) and _equal(weights, taken_weights)):
            arrays[f"{part.name}_message_edges"] = edges
            if weights is not None:
                arrays[f"{part.name}_message_weights"] = weights
        taken_edges, taken_weights = split.train.message_graph.edges, split.train.message_graph.weights
    return arrays


def split_from_arrays(graph: Graph, arrays: Mapping[str, NDArray[Any]]) -> EdgeSplit:
    """The split that `split_to_arrays` wrote down, on a graph with the same nodes.

    Args:
        graph: Gives ids, features and labels. Its own edges are known edges (see `SplitPart.known_graph`)
            beside the split's; no part gets them otherwise.
        arrays: What `split_to_arrays` returned.

    Raises:
        SplitError: An array is missing or has another shape, or the graph has another number of nodes.
    """
    missing = [name for name in _ALWAYS_THERE if name not in arrays]
    if missing:
        raise SplitError(f"The arrays of a split lack {', '.join(missing)}; write them with split_to_arrays.")
    if (n_nodes := int(arrays["n_nodes"][0])) != graph.n_nodes:
        raise SplitError(f"The split is one of {n_nodes:,} nodes, but {graph.name} has {graph.n_nodes:,}.")
    known = {"train_message_edges": arrays["train_positives"], **arrays}
    graphs = {
        name: _message_graph(graph, known, name) for name in PART_NAMES if f"{name}_message_edges" in known
    }
    positives = {name: as_pairs(arrays[f"{name}_positives"], f"{name}_positives") for name in PART_NAMES}
    known_graph = unite_edges(graph, [*positives.values(), *(one.edges for one in graphs.values())])
    train, val, test = (
        SplitPart(
            name=name,
            message_graph=graphs.get(name, graphs["train"]),
            positives=positives[name],
            negatives=as_pairs(arrays[f"{name}_negatives"], f"{name}_negatives"),
            known_graph=known_graph,
        )
        for name in PART_NAMES
    )
    return EdgeSplit(train, val, test, seed=int(arrays["seed"][0]) if "seed" in arrays else None)


def _message_graph(graph: Graph, arrays: Mapping[str, NDArray[Any]], name: PartName) -> Graph:
    edges, weights = arrays[f"{name}_message_edges"], arrays.get(f"{name}_message_weights")
    return replace(
        graph, edges=as_pairs(edges, f"{name}_message_edges"), weights=weights, dropped=DroppedRows()
    )


def _equal(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    if one is None or other is None:
        return one is other
    return one is other or np.array_equal(one, other)
