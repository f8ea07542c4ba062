"""Protocols: how the edges of a graph become parts, given a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from varigraph.datasets.catalogue import load_dataset
from varigraph.datasets.heart import load_heart
from varigraph.errors import SplitError
from varigraph.graphs.edge_split import EdgeSplit
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges

__all__ = ["KIPF_PROTOCOL", "Protocol", "evaluation_protocol", "kipf_split"]

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
