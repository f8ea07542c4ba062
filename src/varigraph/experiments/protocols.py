"""Protocols: how the edges of a graph become parts, given a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from varigraph.datasets.heart import load_heart
from varigraph.errors import SplitError
from varigraph.graphs.edge_split import EdgeSplit
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges

__all__ = ["KIPF_PROTOCOL", "Protocol", "evaluation_protocol"]


@dataclass(frozen=True)
class Protocol:
    """A way to split.

    Attributes:
        name: For options.
        description: For records.
        split: The split of a seed.
    """

    name: str
    description: str
    split: Callable[[int], EdgeSplit]


KIPF_PROTOCOL = "85/5/10 of the edges at random; the encoder sees train edges only"


def evaluation_protocol(name: str, graph: Graph) -> Protocol:
    """The protocol of a name on a graph.

    Args:
        name: "kipf" or "heart".
        graph: The whole graph; for "heart" it must be citeseer.

    Raises:
        SplitError: There are no files of HeaRT's for this graph.
    """
    if name == "kipf":
        return Protocol(name, KIPF_PROTOCOL, lambda seed: split_edges(graph, random_state=seed))
    if graph.name != "citeseer":
        raise SplitError(f"HeaRT's fixed files are here for citeseer, not for {graph.name}.")
    split = load_heart("citeseer")
    described = "HeaRT: one fixed split, 500 hard negatives for each positive; the seed is the model's"
    return Protocol(name, described, lambda _: split)
