"""Protocols: how the edges of a graph become parts, given a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numpy.typing import ArrayLike

from varigraph.datasets.catalogue import load_dataset
from varigraph.datasets.heart import load_heart
from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges, split_edges_by, split_given_test
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.graphs.splits.ordered_split import ordered_parts

__all__ = [
    "KIPF_PROTOCOL",
    "Protocol",
    "evaluation_protocol",
    "given_test_protocol",
    "kipf_split",
    "time_protocol",
]

_FEWEST_EDGES = 20  # of fewer, 5 % is less than one edge


@dataclass(frozen=True)
class Protocol:
    """A way to split.

    Attributes:
        name: For options.
        description: For records.
        split: The split of a seed.
        repeated: What differs between repeats, in the plural.
    """

    name: str
    description: str
    split: Callable[[int], EdgeSplit]
    repeated: str = "splits"


KIPF_PROTOCOL = "85/5/10 of the edges at random; the encoder sees train edges only"


def kipf_split(graph: Graph, seed: int) -> EdgeSplit:
    """85/5/10 of the edges at random.

    Raises:
        SplitError: The graph is too small or too dense for it.
    """
    if 0 < graph.n_edges < _FEWEST_EDGES:
        raise SplitError(
            f"{graph.name} has {graph.n_edges} edges; to hold out 5 % for validation and 10 % for the test "
            f"takes at least {_FEWEST_EDGES}. In Python, varigraph.split_edges takes other fractions."
        )
    return split_edges(graph, random_state=seed)


def evaluation_protocol(name: str, graph: Graph) -> Protocol:
    """The protocol of a name on a graph.

    Args:
        name: "kipf" or "heart".
        graph: The whole graph; for "heart" it must be the data set citeseer.

    Raises:
        SplitError: There are no files of HeaRT's for this graph.
    """
    if name == "kipf":
        return Protocol(name, KIPF_PROTOCOL, lambda seed: kipf_split(graph, seed))
    # By content: a user's own graph may be called citeseer too.
    if graph.name != "citeseer" or graph.fingerprint != load_dataset("citeseer").fingerprint:
        raise SplitError(f"HeaRT's fixed files are for the data set citeseer, not for {graph!r}.")
    split = load_heart("citeseer")
    described = "HeaRT: one fixed split, 500 hard negatives for each positive; the seed is the model's"
    return Protocol(name, described, lambda _: split, repeated="initialisations")


def time_protocol(graph: Graph, values: ArrayLike, column: str) -> Protocol:
    """85/5/10 of the edges in order of a column, as near as equal values allow; the last are tested on.

    Args:
        graph: The whole graph.
        values: One an edge, shape (n_edges,); see `split_edges_by`.
        column: What the values are called.

    Raises:
        SplitError: The values do not make three parts.
    """
    parts = ordered_parts(graph, values)
    described = (
        f"in order of {column}: trained on the {len(parts.train):,} edges up to {parts.last_train}, "
        f"validated on the next {len(parts.val):,} up to {parts.last_val}, tested on the last "
        f"{len(parts.test):,}; the encoder sees train edges only"
    )
    return Protocol(
        "time",
        described,
        lambda seed: split_edges_by(graph, values, random_state=seed),
        repeated="initialisations and draws of negatives",
    )


def given_test_protocol(graph: Graph, test_edges: ArrayLike, name: str) -> Protocol:
    """Test edges that the user gives, and 5 % of the others at random for validation.

    Args:
        graph: The whole graph, with or without the test edges.
        test_edges: Node positions, shape (n_rows, 2); see `split_given_test`.
        name: What the test edges are called, such as their file.

    Raises:
        SplitError: The test edges leave nothing to test or to train on.
    """
    test = split_given_test(graph, test_edges, random_state=0).test
    n_left_out = int(graph.has_edges(test.positives).sum())
    described = (
        f"tested on the {test.n_positives:,} edges of {name}, of which the graph has {n_left_out:,}; 5 % of "
        "its other edges at random for validation; the encoder sees train edges only"
    )
    return Protocol(
        "given test",
        described,
        lambda seed: split_given_test(graph, test_edges, random_state=seed),
        repeated="validation parts and initialisations",
    )
