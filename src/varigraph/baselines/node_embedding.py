"""`NodeEmbedding`: what baselines share that give every node a vector and score a pair by inner product."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph
from varigraph.graphs.graph import Graph
from varigraph.graphs.node_lookup import link_positions, pair_positions
from varigraph.graphs.splits.edge_split import SplitPart
from varigraph.seeding import resolve_seed
from varigraph.tables import embedding_columns, make_frame
from varigraph.tensor_types import FloatArray, IndexPairs, RandomState

__all__ = ["NodeEmbedding", "check_number", "check_whole"]

_PAIRS_AT_ONCE = 100_000  # 128 float64 dimensions of both ends take 205 MB


class NodeEmbedding(BaseEstimator, ABC):
    """Base of `SpectralEmbedding` and `DeepWalk`: vectors of nodes from edges alone, scored by inner product.

    Features of the graph are not looked at. A node without an edge gets the zero vector, so all its pairs
    score 0.
    """

    random_state: RandomState

    def fit(self, data: Any, y: None = None) -> Self:
        """Embeds the nodes of a graph.

        Args:
            data: A `Graph`, a part of a split, whose message graph is taken, or whatever
                `varigraph.to_graph` takes. The user's object is not changed.
            y: Ignored.

        Raises:
            GraphError: The graph has no edges, or is not a graph.
            ValueError: A setting is out of its range.
        """
        self.check_settings()
        seed = resolve_seed(self.random_state)
        graph = data.message_graph if isinstance(data, SplitPart) else to_graph(data)
        if not graph.n_edges:
            raise GraphError(f"{graph.name} has no edges to learn from.")
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)  # an earlier fit, so that one which fails leaves nothing half old
        self.embedding_: FloatArray = self._embed(graph, seed)
        self.seed_, self.message_graph_ = seed, graph
        return self

    @abstractmethod
    def check_settings(self) -> None:
        """Checks the settings before anything is computed.

        Raises:
            ValueError: One is out of its range; the message names it.
        """

    @abstractmethod
    def _embed(self, graph: Graph, seed: int) -> FloatArray:
        """The vectors of all nodes, shape (n_nodes, latent_dim), of a graph that has edges."""

    def score_pairs(self, index_pairs: IndexPairs) -> FloatArray:
        """Inner products of the two nodes' vectors; no log-odds, but they rank as these would.

        Args:
            index_pairs: Node positions, shape (n_pairs, 2).

        Returns:
            shape (n_pairs,), float64; higher is likelier.

        Raises:
            SplitError: The array is not of pairs of whole numbers.
            GraphError: A position is no node.
        """
        check_is_fitted(self, "embedding_")
        positions = pair_positions(self.message_graph_, index_pairs)
        blocks = [
            self._scores(positions[start : start + _PAIRS_AT_ONCE])
            for start in range(0, max(len(positions), 1), _PAIRS_AT_ONCE)
        ]
        return np.concatenate(blocks)

    def score_links(self, links: Any) -> FloatArray:
        """`score_pairs` for pairs of the user's ids.

        Args:
            links: Pairs of ids, or a frame with columns such as source and target.

        Raises:
            GraphError: An id is not a node of the graph, or a link is no pair.
        """
        check_is_fitted(self, "embedding_")
        return self.score_pairs(link_positions(self.message_graph_, links))

    def _scores(self, pairs: IndexPairs) -> FloatArray:
        first, second = (self.embedding_[ends].astype(np.float64, copy=False) for ends in pairs.T)
        return np.asarray(np.einsum("pk,pk->p", first, second))

    def embedding_columns(self) -> dict[str, NDArray[Any]]:
        """The vectors as named columns: the user's ids as `id`, then `z0`, `z1`, …, a row a node."""
        check_is_fitted(self, "embedding_")
        return embedding_columns(self.message_graph_.ids, self.embedding_)

    def embedding_frame(self) -> Any:
        """`embedding_columns` as a frame of the kind that the graph came from (pandas, if from none)."""
        return make_frame(self.embedding_columns(), self.message_graph_.frame_kind)


def check_number(name: str, value: Any, *, above: float = -np.inf, most: float = np.inf) -> None:
    """Checks a setting that must be a finite number in a range; a boolean is none.

    Args:
        name: Of the setting, for the message.
        value: What was given.
        above: What it must be more than.
        most: What it may be at most.

    Raises:
        ValueError: It is not.
    """
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or not np.isfinite(value) or not above < value <= most:
        bounds = [f"above {above:g}"] * (above > -np.inf) + [f"at most {most:g}"] * (most < np.inf)
        wanted = " ".join(["a number", " and ".join(bounds)]).strip()
        raise ValueError(f"{name} must be {wanted}, got {value!r}.")


def check_whole(estimator: Any, *names: str) -> None:
    """Checks settings that must be whole numbers of 1 or more.

    Raises:
        ValueError: One is not; the message names it.
    """
    for name in names:
        value = getattr(estimator, name)
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            raise ValueError(f"{name} must be a whole number of 1 or more, got {value!r}.")
