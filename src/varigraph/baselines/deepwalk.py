"""`DeepWalk`: vectors of nodes that occur together on random walks, by gensim's skip-gram."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from varigraph.baselines.node_embedding import NodeEmbedding, check_number, check_whole
from varigraph.baselines.random_walks import random_walks
from varigraph.errors import MissingExtraError
from varigraph.graphs.graph import Graph
from varigraph.seeding import child_seed, numpy_generator
from varigraph.tensor_types import FloatArray, IntArray, RandomState

__all__ = ["DeepWalk", "SkipGramObjective"]

SkipGramObjective: TypeAlias = Literal["negative_sampling", "hierarchical_softmax"]
"""How the softmax over all nodes is made cheap: by a few nodes drawn at random, or by a binary tree."""

# What the seed of a fit is used for; each use has its own stream.
_WALKS, _SKIP_GRAM = 0, 1

_N_NEGATIVES = 5  # a pair: gensim's and word2vec's default
_LONGEST_WALK = 10_000  # nodes: gensim drops the rest of a sentence
_WALKS_AT_ONCE = 10_000  # walks that stand as Python objects at a time


class DeepWalk(NodeEmbedding):
    """Embeds nodes such that those within a window of a random walk predict one another (DW).

    Each node starts `n_walks` walks, which a skip-gram reads as sentences; walks cross an edge in proportion
    to its weight. Skip-gram's vectors have a large part in common, which is taken off: they are centred, so
    that a pair with an isolated node, which scores 0, stands among others as two nodes at random do.

    The softmax is replaced by negative sampling, gensim's default, where the paper has a hierarchical one.

    Args:
        latent_dim: Dimensions of a vector.
        n_walks: Walks that start at each node.
        walk_length: Nodes of a walk, 2 to 10,000.
        window: The furthest that two nodes of a walk may be apart to predict one another.
        objective: "negative_sampling", with 5 negatives a pair, or "hierarchical_softmax".
        max_epochs: How often all walks are read.
        learning_rate: At the start, at most 1; it falls linearly to nearly 0.
        random_state: Seed: the same gives the same bits on one machine. There is one thread.

    Attributes:
        embedding_: The vectors, shape (n_nodes, latent_dim), float32; zero for nodes without an edge.
        message_graph_: The graph that was walked on.
        seed_: The seed as an integer.

    References:
        Perozzi, Al-Rfou and Skiena, DeepWalk: online learning of social representations, 2014.
        Kipf & Welling (2016), *Variational graph auto-encoders*, table 1, row DW: 10 walks of length 80 a
        node, window 10, 128 dimensions, one epoch.

    Example:
        >>> import varigraph as vg
        >>> model = vg.DeepWalk(latent_dim=8, random_state=0).fit(vg.load_graph("karate"))
        >>> model.embedding_.shape
        (34, 8)
    """

    def __init__(
        self,
        latent_dim: int = 128,
        *,
        n_walks: int = 10,
        walk_length: int = 80,
        window: int = 10,
        objective: SkipGramObjective = "negative_sampling",
        max_epochs: int = 1,
        learning_rate: float = 0.025,
        random_state: RandomState = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.n_walks = n_walks
        self.walk_length = walk_length
        self.window = window
        self.objective = objective
        self.max_epochs = max_epochs
        self.learning_rate = learning_rate
        self.random_state = random_state

    def check_settings(self) -> None:
        """Checks the settings, and that gensim is there.

        Raises:
            ValueError: A setting is out of its range; the message names it.
            MissingExtraError: gensim is not installed.
        """
        check_whole(self, "latent_dim", "n_walks", "walk_length", "window", "max_epochs")
        if self.objective not in get_args(SkipGramObjective):
            known = " or ".join(get_args(SkipGramObjective))
            raise ValueError(f"objective must be {known}, got {self.objective!r}.")
        if not 2 <= self.walk_length <= _LONGEST_WALK:
            raise ValueError(
                f"walk_length must be from 2 to {_LONGEST_WALK:,}: one node predicts nothing, and gensim "
                f"reads no further; got {self.walk_length:,}."
            )
        check_number("learning_rate", self.learning_rate, above=0, most=1)
        _word2vec()

    def _embed(self, graph: Graph, seed: int) -> FloatArray:
        walks = _Walks(graph, self.n_walks, self.walk_length, seed=child_seed(seed, _WALKS))
        return _skip_gram(walks, self, seed=child_seed(seed, _SKIP_GRAM))


@dataclass(frozen=True)
class _Walks:
    """The walks as sentences of node names; every iteration makes the same ones anew, so none are stored."""

    graph: Graph
    n_walks: int
    length: int
    seed: int

    def passes(self) -> Iterator[IntArray]:
        """Walks from every node that has an edge, in random order; shape (n_starts, length) each."""
        starts = np.flatnonzero(self.graph.degrees)
        for one in range(self.n_walks):
            generator = numpy_generator(self.seed, one)
            yield random_walks(
                self.graph, generator.permutation(starts), length=self.length, generator=generator
            )

    def counts(self) -> IntArray:
        """How often each node occurs, shape (n_nodes,)."""
        n_nodes = self.graph.n_nodes
        return sum(
            (np.bincount(walks.ravel(), minlength=n_nodes) for walks in self.passes()),
            start=np.zeros(n_nodes, dtype=np.int64),
        )

    def __len__(self) -> int:
        return self.n_walks * int(np.count_nonzero(self.graph.degrees))

    def __iter__(self) -> Iterator[list[str]]:
        names: NDArray[np.object_] = np.array([str(node) for node in range(self.graph.n_nodes)], dtype=object)
        for walks in self.passes():
            for start in range(0, len(walks), _WALKS_AT_ONCE):
                yield from names[walks[start : start + _WALKS_AT_ONCE]].tolist()


def _skip_gram(walks: _Walks, settings: DeepWalk, *, seed: int) -> FloatArray:
    """The vectors that gensim learns, shape (n_nodes, latent_dim)."""
    is_tree = settings.objective == "hierarchical_softmax"
    model = _word2vec()(
        vector_size=settings.latent_dim,
        window=settings.window,
        alpha=settings.learning_rate,
        sg=1,
        hs=int(is_tree),
        negative=0 if is_tree else _N_NEGATIVES,
        sample=0,  # every node of a walk is read: hubs are no stop words
        min_count=1,
        workers=1,  # several threads race for the weights
        seed=seed % 2**32,
    )
    counts = walks.counts()
    model.build_vocab_from_freq({str(node): int(counts[node]) for node in np.flatnonzero(counts)})
    model.train(walks, total_examples=len(walks), epochs=settings.max_epochs)
    vectors = np.zeros((walks.graph.n_nodes, settings.latent_dim), dtype=np.float32)
    # A node of which nothing is known is then as near to others as two nodes are on average.
    vectors[np.array([int(name) for name in model.wv.index_to_key])] = (
        model.wv.vectors - model.wv.vectors.mean(0)
    )
    return vectors


def _word2vec() -> Any:
    try:
        from gensim.models import Word2Vec
    except ImportError as error:
        raise MissingExtraError(
            "DeepWalk is trained by gensim, which is not installed: python -m pip install gensim"
        ) from error
    return Word2Vec
