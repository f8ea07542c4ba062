"""Random graphs whose truth is known: the block of each node and the probability of each edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse as sp

from varigraph.datasets.block_truth import BlockTruth
from varigraph.datasets.card import DatasetCard
from varigraph.graphs.graph import DroppedRows, Graph
from varigraph.seeding import numpy_generator, resolve_seed
from varigraph.tensor_types import FloatArray, IndexPairs, IntArray, RandomState

__all__ = [
    "DCSBM_CARD",
    "SBM_CARD",
    "degree_corrected_block_model",
    "load_dcsbm",
    "load_sbm",
    "stochastic_block_model",
]

_EDGE_STREAM, _PROPENSITY_STREAM, _TOPIC_STREAM, _WORD_STREAM = range(4)  # keys of child generators

_OWN_WORDS_A_BLOCK = 0.1  # Dirichlet concentration of a block's words: small makes blocks easy to tell apart


SBM_CARD = DatasetCard(
    name="sbm",
    title="Stochastic block model, five blocks",
    source="generated: stochastic_block_model",
    licence="MIT",
    citation="Holland, Laskey and Leinhardt (1983), Stochastic blockmodels: first steps",
    n_nodes=1000,
    n_edges=7042,
    n_classes=5,
    notes="No features. A pair within a block is joined with probability 0.05, between blocks 0.005.",
)
DCSBM_CARD = DatasetCard(
    name="dcsbm",
    title="Degree-corrected block model with words, five blocks",
    source="generated: degree_corrected_block_model",
    licence="MIT",
    citation="Karrer and Newman (2011), Stochastic blockmodels and community structure in networks",
    n_nodes=1000,
    n_edges=4892,
    n_features=200,
    n_classes=5,
    notes="Features count words drawn from a distribution of the node's block.",
)


def load_sbm() -> Graph:
    """The block model of `SBM_CARD`, the same each time."""
    within, between = 0.05, 0.005
    probabilities = np.full((5, 5), between) + (within - between) * np.eye(5)
    return stochastic_block_model([200] * 5, probabilities, random_state=0)[0]


def load_dcsbm() -> Graph:
    """The degree-corrected block model of `DCSBM_CARD`, the same each time."""
    return degree_corrected_block_model(1000, 5, random_state=0)[0]


def stochastic_block_model(
    sizes: Sequence[int], probabilities: ArrayLike, *, random_state: RandomState = None
) -> tuple[Graph, BlockTruth]:
    """Joins each pair of nodes independently, with a probability that only their blocks decide.

    Edges are drawn by their number in each pair of blocks, so that time and memory grow with the edges
    drawn and not with the pairs of nodes.

    Args:
        sizes: The number of nodes of each block, each 0 or more; blocks are numbered consecutively.
        probabilities: Of an edge between blocks r and s, shape (n_blocks, n_blocks), symmetric, in [0, 1].
        random_state: An integer draws the same graph each time.

    Returns:
        The graph, with blocks as labels, and what it was drawn from.

    Raises:
        ValueError: A size is negative, or the probabilities are not a symmetric matrix in [0, 1].

    References:
        Holland, Laskey and Leinhardt, Stochastic blockmodels: first steps, 1983.

    Example:
        >>> graph, truth = stochastic_block_model([2, 2], [[1.0, 0.0], [0.0, 1.0]], random_state=0)
        >>> graph.edges.tolist(), truth.blocks.tolist()
        ([[0, 1], [2, 3]], [0, 0, 1, 1])
    """
    matrix = _checked_probabilities(probabilities, sizes)
    generator = numpy_generator(resolve_seed(random_state), _EDGE_STREAM)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    drawn = [np.empty((0, 2), dtype=np.int64)]
    for r, n_rows in enumerate(sizes):
        for s in range(r, len(sizes)):
            n_pairs = n_rows * (n_rows - 1) // 2 if r == s else n_rows * sizes[s]
            chosen = _distinct(generator, n_pairs, int(generator.binomial(n_pairs, matrix[r, s])))
            first, second = _triangle(chosen) if r == s else np.divmod(chosen, max(sizes[s], 1))
            drawn.append(np.stack([first + starts[r], second + starts[s]], axis=1))
    blocks = np.repeat(np.arange(len(sizes)), sizes)
    with np.errstate(divide="ignore"):  # probability 1 is an infinite rate
        truth = BlockTruth(blocks, np.ones(len(blocks)), -np.log1p(-matrix))
    return Graph.from_edges(np.concatenate(drawn), n_nodes=len(blocks), labels=blocks, name="sbm"), truth


def degree_corrected_block_model(
    n_nodes: int,
    n_blocks: int,
    *,
    mean_degree: float = 10.0,
    mixing: float = 0.2,
    degree_spread: float = 0.5,
    n_words: int = 200,
    words_per_node: float = 20.0,
    random_state: RandomState = None,
) -> tuple[Graph, BlockTruth]:
    """Blocks of equal size, nodes of unequal propensity, and a bag of words that tells of the block.

    Pairs meet Poisson(θᵢ θⱼ ω[bᵢ, bⱼ]) times and are joined if they meet at all, so the probability of an
    edge is known exactly; time and memory grow with the edges. log θ is normal, and the θ of each block
    have mean 1. Each block has a distribution over words, drawn from a Dirichlet(0.1); a node has
    Poisson(words_per_node) words from its block's. Edges and words are independent given the blocks.

    Args:
        n_nodes: At least n_blocks.
        n_blocks: 1 or more.
        mean_degree: The expected number of meetings of a node; with repeats and a node's meetings with
            itself left out, degrees are a little lower.
        mixing: The share of meetings with nodes of other blocks, in [0, 1]; with one block it is 0.
        degree_spread: Standard deviation of log θ before scaling; 0 gives all nodes the same propensity.
        n_words: The number of features; 0 for a graph without.
        words_per_node: The expected number of words of a node.
        random_state: An integer draws the same graph each time.

    Returns:
        The graph, with counts of words as features (a `csr_array`, float32) and blocks as labels, and what
        its edges were drawn from.

    Raises:
        ValueError: An argument is out of range.

    References:
        Karrer and Newman, Stochastic blockmodels and community structure in networks, 2011, section II.

    Example:
        >>> graph, truth = degree_corrected_block_model(100, 4, random_state=0)
        >>> graph.features.shape, truth.rates.shape
        ((100, 200), (4, 4))
    """
    _check_ranges(
        n_nodes, n_blocks, mixing=mixing, scales=(mean_degree, degree_spread, n_words, words_per_node)
    )
    seed = resolve_seed(random_state)
    blocks = np.arange(n_nodes, dtype=np.int64) * n_blocks // n_nodes
    truth = BlockTruth(
        blocks,
        _propensities(blocks, degree_spread, numpy_generator(seed, _PROPENSITY_STREAM)),
        _rates(np.bincount(blocks), mean_degree, mixing),
    )
    graph = Graph.from_edges(
        _meetings(truth, numpy_generator(seed, _EDGE_STREAM)),
        n_nodes=n_nodes,
        features=_words(blocks, n_words, words_per_node, seed) if n_words else None,
        labels=blocks,
        name="dcsbm",
    )
    # Pairs that met more than once are how the model is drawn and nothing to report.
    return replace(graph, dropped=DroppedRows()), truth


def _checked_probabilities(probabilities: ArrayLike, sizes: Sequence[int]) -> FloatArray:
    matrix = np.asarray(probabilities, dtype=np.float64)
    n_blocks = len(sizes)
    if n_blocks == 0 or min(sizes) < 0:
        raise ValueError(f"sizes must be one or more numbers of nodes, each 0 or more; got {list(sizes)}.")
    if matrix.shape != (n_blocks, n_blocks) or not np.array_equal(matrix, matrix.T):
        raise ValueError(
            f"probabilities must be a symmetric matrix of shape ({n_blocks}, {n_blocks}), one row a block."
        )
    if not ((matrix >= 0) & (matrix <= 1)).all():
        raise ValueError("probabilities must lie in [0, 1].")
    return matrix


def _check_ranges(n_nodes: int, n_blocks: int, *, mixing: float, scales: tuple[float, ...]) -> None:
    if not 1 <= n_blocks <= n_nodes:
        raise ValueError(
            f"n_blocks must be between 1 and n_nodes; got {n_blocks} blocks for {n_nodes} nodes."
        )
    if not 0 <= mixing <= 1:
        raise ValueError(f"mixing is a share in [0, 1]; got {mixing}.")
    if not all(np.isfinite(scale) and scale >= 0 for scale in scales):
        raise ValueError(
            "mean_degree, degree_spread, n_words and words_per_node must be finite and 0 or more."
        )


def _distinct(generator: np.random.Generator, population: int, count: int) -> IntArray:
    """`count` different numbers below `population`, every set alike, in memory that grows with `count`."""
    if 2 * count > population:
        left_out = _distinct(generator, population, population - count)
        return np.setdiff1d(np.arange(population), left_out, assume_unique=True)
    chosen = np.empty(0, dtype=np.int64)
    while len(chosen) < count:
        more = generator.integers(population, size=count - len(chosen) + 16)
        values, first = np.unique(np.concatenate([chosen, more]), return_index=True)
        chosen = values[
            np.argsort(first)
        ]  # in the order drawn: cutting sorted numbers would favour small ones
    return chosen[:count]


def _triangle(index: IntArray) -> tuple[IntArray, IntArray]:
    """The pair i < j that stands at each index of (0,1), (0,2), (1,2), (0,3), and so on."""
    second = ((1 + np.sqrt(1 + 8 * index.astype(np.float64))) / 2).astype(np.int64)
    second -= second * (second - 1) // 2 > index  # the root may have been rounded either way
    second += second * (second + 1) // 2 <= index
    return index - second * (second - 1) // 2, second


def _propensities(blocks: IntArray, spread: float, generator: np.random.Generator) -> FloatArray:
    raw = np.exp(spread * generator.standard_normal(len(blocks)))
    means = np.bincount(blocks, weights=raw) / np.bincount(blocks)
    return np.asarray(raw / means[blocks])


def _rates(sizes: IntArray, mean_degree: float, mixing: float) -> FloatArray:
    """ω such that a node of propensity 1 in a block of average size meets `mean_degree` nodes."""
    n_blocks, n_nodes = len(sizes), int(sizes.sum())
    inside = n_nodes / n_blocks
    if n_blocks == 1:
        return np.array([[mean_degree / inside]])
    rates = np.full((n_blocks, n_blocks), mixing * mean_degree / (n_nodes - inside))
    np.fill_diagonal(rates, (1 - mixing) * mean_degree / inside)
    return rates


def _meetings(truth: BlockTruth, generator: np.random.Generator) -> IndexPairs:
    """Pairs that meet, with repeats and self-meetings, shape (n_meetings, 2).

    Both ends of a meeting of blocks r and s are drawn in proportion to θ. Within a block either order of
    a pair can be drawn, so half the total rate gives each unordered pair its ω θᵢ θⱼ.
    """
    members = [np.flatnonzero(truth.blocks == block) for block in range(len(truth.rates))]
    cumulative = [np.cumsum(truth.propensities[nodes]) for nodes in members]
    drawn = []
    for r in range(len(members)):
        for s in range(r, len(members)):
            total = truth.rates[r, s] * cumulative[r][-1] * cumulative[s][-1] / (2 if r == s else 1)
            count = int(generator.poisson(total))
            ends = [_ends(generator, members[block], cumulative[block], count) for block in (r, s)]
            drawn.append(np.stack(ends, axis=1))
    return np.concatenate(drawn)


def _ends(generator: np.random.Generator, nodes: IntArray, cumulative: FloatArray, count: int) -> IntArray:
    at = np.searchsorted(cumulative, generator.random(count) * cumulative[-1], side="right")
    return np.asarray(nodes[at.clip(max=len(nodes) - 1)])


def _words(blocks: IntArray, n_words: int, words_per_node: float, seed: int) -> sp.csr_array:
    """Counts of words, shape (n_nodes, n_words)."""
    n_blocks = int(blocks[-1]) + 1
    topics = numpy_generator(seed, _TOPIC_STREAM).dirichlet(
        np.full(n_words, _OWN_WORDS_A_BLOCK), size=n_blocks
    )
    generator = numpy_generator(seed, _WORD_STREAM)
    lengths = generator.poisson(words_per_node, size=len(blocks))
    rows = np.repeat(np.arange(len(blocks)), lengths)
    # Blocks are consecutive, so the words of one block stand together.
    words = np.concatenate(
        [
            generator.choice(n_words, size=int(lengths[blocks == block].sum()), p=topics[block])
            for block in range(n_blocks)
        ]
    )
    counts = sp.coo_array((np.ones(len(rows), dtype=np.float32), (rows, words)), shape=(len(blocks), n_words))
    return sp.csr_array(counts)
