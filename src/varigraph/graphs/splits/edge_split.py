"""`EdgeSplit`: train, validation and test pairs of a graph, and what an encoder may see for each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.known_edges import unite_edges
from varigraph.graphs.splits.report import PairSet, PartPairs, SplitReport, find_flaws
from varigraph.tensor_types import IndexPairs

__all__ = ["PART_NAMES", "EdgeSplit", "PartName", "SplitPart", "as_pairs"]

PartName: TypeAlias = Literal["train", "val", "test"]
"""What the three parts of a split are called."""

PART_NAMES: tuple[PartName, ...] = ("train", "val", "test")


@dataclass(frozen=True, eq=False, repr=False)
class SplitPart:
    """One part of a split: the pairs to score, and the graph that an encoder may see meanwhile.

    Attributes:
        name: "train", "val" or "test".
        message_graph: The edges that an encoder may pass messages over when it scores this part; all
            nodes, with their ids, features and labels.
        positives: Pairs that are edges, shape (n_positives, 2).
        negatives: Pairs that are not: a pool that all positives share, shape (n_negatives, 2), or each
            positive's own, shape (n_positives, n_each, 2). Empty for a train part, whose negatives an
            objective draws anew.
        known_graph: Every edge that the user has, of all parts, on the same nodes; None if nobody said. It
            is used for one thing: to leave known edges out of predictions.
    """

    name: PartName
    message_graph: Graph
    positives: IndexPairs
    negatives: IndexPairs
    known_graph: Graph | None = None

    def __post_init__(self) -> None:
        if self.known_graph is not None and self.known_graph.n_nodes != self.message_graph.n_nodes:
            raise SplitError(
                f"The {self.name} part knows a graph of {self.known_graph.n_nodes:,} nodes but passes "
                f"messages over one of {self.message_graph.n_nodes:,}; give both on the same nodes."
            )
        for what in ("positives", "negatives"):
            pairs = getattr(self, what)
            own = what == "negatives" and pairs.ndim == 3 and len(pairs) == len(self.positives)
            if pairs.dtype != np.int64 or pairs.shape[-1:] != (2,) or not (pairs.ndim == 2 or own):
                raise SplitError(
                    f"{self.name} {what} are {pairs.dtype} of shape {pairs.shape}; give int64 pairs of shape "
                    "(n, 2), or negatives of shape (n_positives, n_each, 2), as many rows as positives."
                )

    @property
    def n_positives(self) -> int:
        """The number of positive pairs."""
        return len(self.positives)

    @property
    def n_negatives(self) -> int:
        """The number of negative pairs, over all positives if each has its own."""
        return self.negatives.size // 2

    @property
    def has_own_negatives(self) -> bool:
        """Whether each positive is ranked among negatives of its own."""
        return self.negatives.ndim == 3

    def __repr__(self) -> str:
        return f"SplitPart({self.name}: {self.n_positives:,} + {self.n_negatives:,} positives + negatives)"


@dataclass(frozen=True, eq=False, repr=False)
class EdgeSplit:
    """Train, validation and test parts of one graph's edges; made by `split_edges` or `from_pairs`.

    Attributes:
        train: What is learnt from.
        val: What chooses the epoch and fits the calibration.
        test: What is scored once.
        seed: The integer that makes the same split again, or None for a split made elsewhere.
    """

    train: SplitPart
    val: SplitPart
    test: SplitPart
    seed: int | None = None

    def __post_init__(self) -> None:
        sizes = [part.message_graph.n_nodes for part in self.parts]
        names = tuple(part.name for part in self.parts)
        if len(set(sizes)) > 1:
            raise SplitError(
                f"The message graphs of the parts have {sizes} nodes; a split has one set of nodes."
            )
        if names != PART_NAMES:
            raise SplitError(f"The parts of a split are named train, val, test, in this order; got {names}.")

    @classmethod
    def from_pairs(
        cls,
        nodes: Graph | int,
        *,
        train: ArrayLike,
        val: ArrayLike,
        test: ArrayLike,
        val_negatives: ArrayLike | None = None,
        test_negatives: ArrayLike | None = None,
        message_edges: Mapping[PartName, ArrayLike] | None = None,
    ) -> EdgeSplit:
        """A split made elsewhere, taken as it is: flaws are for `verify` to report, not for this to refuse.

        Args:
            nodes: The number of nodes, or a graph whose ids, features, labels and edge weights are kept,
                and whose edges are known edges (see `SplitPart.known_graph`) beside the pairs given.
            train: Positive pairs, shape (n_positives, 2), each once and in either direction.
            val: The same for validation.
            test: The same for test.
            val_negatives: shape (n_negatives, 2), or (n_positives, n_each, 2) for each positive's own.
            test_negatives: The same for test.
            message_edges: For a part's name, the edges that its encoder may see, where these are not the
                train positives; `{"test": train and val pairs}` is PyG's protocol.

        Raises:
            SplitError: An array has another shape, or a message edge has no weight in a weighted graph.
            GraphError: A pair of `message_edges` is out of range.

        Example:
            >>> split = EdgeSplit.from_pairs(4, train=[(0, 1), (1, 2)], val=[(2, 3)], test=[(1, 0)])
            >>> report = split.verify()
            >>> report.is_sound
            False
            >>> print(report.findings[0])
            1 of 1 train positives and test positives are positives of two parts
        """
        graph = nodes if isinstance(nodes, Graph) else Graph.from_edges([], n_nodes=nodes)
        positives: dict[PartName, IndexPairs] = {
            "train": as_pairs(train, "train positives"),
            "val": as_pairs(val, "val positives"),
            "test": as_pairs(test, "test positives"),
        }
        negatives = {"train": None, "val": val_negatives, "test": test_negatives}
        messages = _message_graphs(graph, positives["train"], message_edges or {})
        seen = {id(one): one.edges for one in messages.values()}  # parts mostly share one graph
        known_graph = unite_edges(graph, [*positives.values(), *seen.values()])
        train_part, val_part, test_part = (
            SplitPart(
                name,
                messages[name],
                positives[name],
                as_pairs(negatives[name], f"{name} negatives"),
                known_graph,
            )
            for name in PART_NAMES
        )
        return cls(train_part, val_part, test_part)

    @property
    def parts(self) -> tuple[SplitPart, SplitPart, SplitPart]:
        """Train, validation and test, in this order."""
        return self.train, self.val, self.test

    @property
    def n_nodes(self) -> int:
        """The number of nodes, which all parts share."""
        return self.train.message_graph.n_nodes

    @cached_property
    def known_graph(self) -> Graph:
        """Every edge that the user has: as the parts say, or all their positives and message edges."""
        told = [part.known_graph for part in self.parts if part.known_graph is not None]
        if told and all(one is told[0] for one in told):
            return told[0]
        graphs = [*told, *(part.message_graph for part in self.parts)]
        return unite_edges(
            graphs[0], [*(one.edges for one in graphs[1:]), *(part.positives for part in self.parts)]
        )

    def verify(self) -> SplitReport:
        """Looks for every way in which pairs of one part can be known from another; raises nothing.

        Directions never matter. Flaws are: pairs out of range or from a node to itself; a pair repeated
        within a part; a positive of two parts; a validation positive that the train or validation encoder
        sees, or a test positive that any encoder sees; a negative that is a positive or a message edge of
        any part; a negative of two parts. Where each positive has negatives of its own, one pair may serve
        several positives, so repeats are counted among the negatives of one positive only, and negatives of
        two parts are not compared.

        Returns:
            The findings, with counts, and the split's fingerprint.
        """
        n_nodes = self.n_nodes
        compared = (
            PartPairs(
                positives=PairSet(f"{part.name} positives", part.positives, n_nodes),
                negatives=PairSet(f"{part.name} negatives", part.negatives, n_nodes),
                message_keys=part.message_graph.edge_keys,
            )
            for part in self.parts
        )
        return SplitReport(
            findings=find_flaws(*compared),
            fingerprint=self.fingerprint,
            sizes={part.name: (part.n_positives, part.n_negatives) for part in self.parts},
        )

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 over the number of nodes and every part's pairs and message edges, in their order.

        Ids, features, weights and the seed do not count: the same pairs are the same split.
        """
        digest = hashlib.sha256(str(self.n_nodes).encode())
        graphs = {id(part.message_graph): part.message_graph.edges for part in self.parts}
        edges = {key: _digest(array) for key, array in graphs.items()}  # parts mostly share one graph
        for part in self.parts:
            digest.update(_digest(part.positives) + _digest(part.negatives) + edges[id(part.message_graph)])
        return digest.hexdigest()

    def __repr__(self) -> str:
        sizes = ", ".join(f"{part.name} {part.n_positives:,} + {part.n_negatives:,}" for part in self.parts)
        return f"EdgeSplit({self.train.message_graph.name}: {sizes} positives + negatives)"


def as_pairs(pairs: ArrayLike | None, what: str) -> IndexPairs:
    """What a user gives as an int64 array whose last axis is a pair; None and [] are no pairs."""
    array = np.asarray([] if pairs is None else pairs)
    if array.size == 0 and array.ndim < 3:
        return np.empty((0, 2), dtype=np.int64)
    if array.dtype.kind not in "iu" or array.shape[-1:] != (2,):
        raise SplitError(
            f"{what} must be pairs of node positions, integers of shape (n, 2); got {array.dtype} of shape "
            f"{array.shape}."
        )
    return array.astype(np.int64, copy=False)


def _message_graphs(
    graph: Graph, train: IndexPairs, message_edges: Mapping[PartName, ArrayLike]
) -> dict[PartName, Graph]:
    """The message graph of each part of a split made elsewhere; parts that see the same share one."""
    if unknown := set(message_edges) - set(PART_NAMES):
        raise SplitError(f"message_edges names {sorted(unknown)}; the parts are train, val and test.")
    in_range = ((train >= 0) & (train < graph.n_nodes)).all(axis=-1)  # verify reports the others
    default = _graph_of(graph, train[in_range])
    return {
        name: _graph_of(graph, as_pairs(message_edges[name], f"{name} message edges"))
        if name in message_edges
        else default
        for name in PART_NAMES
    }


def _graph_of(graph: Graph, pairs: IndexPairs) -> Graph:
    """The same nodes with these pairs as edges, and the weights that `graph` has for them."""
    message_graph = graph.with_edges(pairs)
    if graph.weights is None:
        return message_graph
    known = graph.has_edges(message_graph.edges)
    if not known.all():
        raise SplitError(
            f"{(~known).sum():,} of {len(known):,} message edges are no edges of the weighted graph "
            f"{graph.name}, so they have no weight; give a graph that has them, or one without weights."
        )
    at = np.searchsorted(graph.edge_keys, message_graph.edge_keys)
    return replace(message_graph, weights=graph.weights[at])


def _digest(pairs: IndexPairs) -> bytes:
    shape = str(pairs.shape).encode()
    return hashlib.sha256(shape + b":" + np.ascontiguousarray(pairs, dtype="<i8").tobytes()).digest()
