"""The best open pairs, overall or of each node: exact, in blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from varigraph.errors import DataError
from varigraph.graphs.graph import Graph
from varigraph.links.open_pairs import LatentLinks, LogitBlock, open_pair_blocks
from varigraph.tensor_types import FloatArray, IndexPairs, IntArray

__all__ = ["MOST_LINKS", "RankedPairs", "best_pairs", "best_pairs_of_each_node"]

MOST_LINKS = 20_000_000
"""The most pairs that are gathered: 20 million of them take 1 GB while they are sorted."""

# A product over a block and one over a pair round differently, so pairs at the boundary may change places;
# so many more are kept until the final logits are there.
_SPARE = 64


@dataclass(frozen=True, eq=False)
class RankedPairs:
    """Pairs with their logits, best first (of each node in turn, if asked for by node).

    Attributes:
        pairs: Node positions, shape (n_pairs, 2). Smaller position first; by node, the node asked for.
        logits: shape (n_pairs,), float64, equal to what `score_pairs` says of the pairs.
    """

    pairs: IndexPairs
    logits: FloatArray


def best_pairs(
    links: LatentLinks,
    closed: Graph,
    k: int | None,
    *,
    nodes: IntArray | None = None,
    least: float = -np.inf,
) -> RankedPairs:
    """The k pairs of highest logit among those that are no edge of `closed`.

    Every pair is looked at, in blocks; memory is O(k + block). Of equal logits the pair comes first whose
    smaller position is smaller, then the one whose larger position is.

    Args:
        links: The model.
        closed: Pairs to leave out.
        k: How many; None for all from `least` on.
        nodes: Only pairs with an end among these positions (ascending, each once).
        least: Only pairs of this logit or a higher one.

    Raises:
        DataError: More than `MOST_LINKS` pairs would have to be gathered.
    """
    wanted = None if k is None else k + _SPARE
    pairs, logits = torch.empty((0, 2), dtype=torch.int64), torch.empty(0, dtype=links.z.dtype)
    floor = _just_below(least)
    for block in open_pair_blocks(links, closed, nodes=nodes):
        found = _at_least(block, floor, wanted)
        if not len(found):
            continue
        values = block.logits[found[:, 0], found[:, 1]]
        ends = torch.stack([block.rows[found[:, 0]], found[:, 1] + block.start], dim=1)
        pairs, logits = torch.cat([pairs, ends]), torch.cat([logits, values])
        _check_number(len(logits))
        if wanted is not None and len(logits) > wanted:
            # Stable, so of equal logits those of earlier rows stay.
            order = logits.argsort(descending=True, stable=True)[:wanted]
            pairs, logits = pairs[order], logits[order]
            floor = max(floor, float(logits[-1]))
    return _ranked(links, pairs.sort(dim=1).values, least, k)


def best_pairs_of_each_node(
    links: LatentLinks,
    closed: Graph,
    k: int,
    *,
    nodes: IntArray | None = None,
    least: float = -np.inf,
) -> RankedPairs:
    """For each node the k partners of highest logit that it has no edge of `closed` with.

    A pair may come up twice, once at each end. Of equal logits the partner at the smaller position is first.

    Args:
        links: The model.
        closed: Pairs to leave out.
        k: How many a node, or fewer if it has no more open pairs.
        nodes: Only these positions (ascending, each once).
        least: Only pairs of this logit or a higher one.

    Raises:
        DataError: More than `MOST_LINKS` pairs would have to be gathered.
    """
    gathered, n_gathered = [], 0
    for block in open_pair_blocks(links, closed, nodes=nodes, both_ways=True):
        n_kept = min(k + _SPARE, block.logits.shape[1])
        row, column = _best_of_rows(block.logits, n_kept, _just_below(least)).nonzero().unbind(1)
        ranked = _ranked_within(links, torch.stack([block.rows[row], column], dim=1), least, k)
        gathered.append(ranked)
        n_gathered += len(ranked.logits)
        _check_number(n_gathered)
    if not gathered:
        return RankedPairs(np.empty((0, 2), dtype=np.int64), np.empty(0))
    return RankedPairs(
        np.concatenate([one.pairs for one in gathered]), np.concatenate([one.logits for one in gathered])
    )


def _best_of_rows(logits: Tensor, n_kept: int, floor: float) -> Tensor:
    """Which are among the n best of their row and not below the floor; of ties at the end, the first."""
    last = logits.topk(n_kept, dim=1).values[:, -1:]
    is_best = logits > last
    is_last = logits == last
    if int(is_last.sum()) > len(logits):  # more than one in some row
        is_last &= is_last.cumsum(dim=1, dtype=torch.int32) <= n_kept - is_best.sum(dim=1, keepdim=True)
    return (is_best | is_last) & (logits >= floor) & (logits > -torch.inf)


def _at_least(block: LogitBlock, floor: float, wanted: int | None) -> Tensor:
    """Where in the block the logits above a floor are; of more than wanted, the best and their ties."""
    is_candidate = block.logits > floor
    n_candidates = int(is_candidate.sum())
    if wanted is not None and n_candidates > wanted:
        is_candidate = block.logits >= block.logits.flatten().topk(wanted).values[-1]
    elif wanted is None:
        _check_number(n_candidates)
    return is_candidate.nonzero()


def _just_below(least: float) -> float:
    """A floor that lets `least` through under the other rounding of a product over a block."""
    return least if np.isinf(least) else least - 1e-4 * (1 + abs(least))


def _ranked(links: LatentLinks, pairs: Tensor, least: float, k: int | None) -> RankedPairs:
    logits = links.logits(pairs).numpy()
    ends = pairs.numpy()
    order = np.lexsort((ends[:, 1], ends[:, 0], -logits))
    order = order[logits[order] >= least][:k]
    return RankedPairs(ends[order], logits[order])


def _ranked_within(links: LatentLinks, pairs: Tensor, least: float, k: int) -> RankedPairs:
    """The k best of each first end; first ends come in ascending order."""
    logits = links.logits(pairs).numpy()
    ends = pairs.numpy()
    order = np.lexsort((ends[:, 1], -logits, ends[:, 0]))
    order = order[logits[order] >= least]
    node = ends[order, 0]
    place = np.arange(len(node)) - np.searchsorted(node, node)
    order = order[place < k]
    return RankedPairs(ends[order], logits[order])


def _check_number(n_pairs: int) -> None:
    if n_pairs > MOST_LINKS:
        raise DataError(
            f"More than {MOST_LINKS:,} links would come out; say how many, or raise the threshold."
        )
