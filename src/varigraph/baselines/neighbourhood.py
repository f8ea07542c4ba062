"""`NeighbourhoodPredictor`: a heuristic such as Adamic-Adar with the face of a model."""

from __future__ import annotations

from typing import Self

import numpy as np

from varigraph.graphs.graph import Graph
from varigraph.graphs.heuristics import HEURISTICS, pairs_at_distance_two
from varigraph.graphs.splits import SplitPart
from varigraph.tensor_types import FloatArray, IndexPairs

__all__ = ["NeighbourhoodPredictor"]


class NeighbourhoodPredictor:
    """Predicts links by a neighbourhood score of the two nodes; nothing is learnt.

    Args:
        heuristic: A name of `varigraph.graphs.heuristics.HEURISTICS`.

    Attributes:
        message_graph_: The graph that `fit` was given.

    References:
        Adamic and Adar, Friends and neighbors on the web, 2003.
        Liben-Nowell and Kleinberg, The link prediction problem for social networks, 2007.

    Example:
        >>> graph = Graph.from_edges([(0, 1), (1, 2), (2, 3)])
        >>> NeighbourhoodPredictor("common_neighbours").fit(graph).score_pairs([(0, 2), (0, 3)]).tolist()
        [1.0, 0.0]
    """

    message_graph_: Graph

    def __init__(self, heuristic: str = "adamic_adar") -> None:
        self.heuristic = heuristic

    def fit(self, graph: Graph | SplitPart) -> Self:
        """Remembers the graph whose edges are counted.

        Args:
            graph: The message graph, or a part of a split, whose message graph is taken.

        Raises:
            ValueError: There is no such heuristic.
        """
        if self.heuristic not in HEURISTICS:
            raise ValueError(f"There is no heuristic {self.heuristic!r}; there are {', '.join(HEURISTICS)}.")
        self.message_graph_ = graph.message_graph if isinstance(graph, SplitPart) else graph
        return self

    def score_pairs(self, index_pairs: IndexPairs) -> FloatArray:
        """The heuristic's value at each pair, shape (n_pairs,); no log-odds, but it ranks as one would.

        Raises:
            ValueError: `fit` was not called.
        """
        if not hasattr(self, "message_graph_"):
            raise ValueError("This NeighbourhoodPredictor is not fitted; call fit(split.train) first.")
        return HEURISTICS[self.heuristic](self.message_graph_, index_pairs)

    def best_pairs(self, k: int, *, closed: Graph | None = None) -> IndexPairs:
        """The k pairs of highest score among those at distance two in the message graph.

        Pairs further apart have no common neighbour, so nothing speaks for them. Of equal scores the pair of
        smaller positions comes first.

        Args:
            k: How many; fewer come out if there are no more.
            closed: Pairs to leave out, as the edges of a graph; by default the message graph.

        Returns:
            shape (n_pairs, 2), smaller position first, best first.
        """
        closed = self.message_graph_ if closed is None else closed
        best, scores = np.empty((0, 2), dtype=np.int64), np.empty(0)
        for block in pairs_at_distance_two(self.message_graph_):
            pairs = block[~closed.has_edges(block)]
            best = np.concatenate([best, pairs])
            scores = np.concatenate([scores, self.score_pairs(pairs)])
            order = np.lexsort((best[:, 1], best[:, 0], -scores))[:k]
            best, scores = best[order], scores[order]
        return best

    def __repr__(self) -> str:
        return f"NeighbourhoodPredictor({self.heuristic!r})"
