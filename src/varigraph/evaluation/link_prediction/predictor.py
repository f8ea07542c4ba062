"""What a link predictor is: anything with `fit`, `score_pairs` and the graph that it has seen."""

from __future__ import annotations

from typing import Any, Protocol

from varigraph.graphs.graph import Graph
from varigraph.tensor_types import FloatArray, IndexPairs

__all__ = ["LinkPredictor"]


class LinkPredictor(Protocol):
    """What can be evaluated: a model of this library, a baseline, or a class of your own."""

    @property
    def message_graph_(self) -> Graph:
        """The graph that `fit` was given, with every edge that any score may depend on."""
        ...

    def fit(self, graph: Any, /) -> Any:
        """Learns from a message graph (or a split's part, which has one) and returns itself."""
        ...

    def score_pairs(self, index_pairs: IndexPairs, /) -> FloatArray:
        """Scores of pairs, the higher the likelier an edge; symmetric in the two nodes.

        Models give logits, from the *mean* of the posterior: scores of sampled latent vectors are noisier,
        and the published numbers do not use them.

        Args:
            index_pairs: Node positions in `message_graph_`, shape (n_pairs, 2).

        Returns:
            shape (n_pairs,).
        """
        ...
