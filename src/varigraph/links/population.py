"""The logits of all open pairs of a graph, as counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from varigraph.graphs.graph import Graph
from varigraph.graphs.negatives import sample_non_edges
from varigraph.links.open_pairs import LatentLinks, open_pair_blocks
from varigraph.seeding import numpy_generator
from varigraph.tensor_types import FloatArray

__all__ = ["MOST_COUNTED_PAIRS", "N_SAMPLED", "LogitCounts", "count_open_pairs"]

MOST_COUNTED_PAIRS = 300_000_000
"""Of graphs with more open pairs a uniform sample is counted; this many take some seconds."""

N_SAMPLED = 10_000_000
"""How many pairs such a sample has: of a share of 10⁻⁵ of all pairs still 100."""

_SAMPLING_SEED = 0  # the sample belongs to the graph, not to a run

_SAMPLED_AT_ONCE = 500_000  # pairs whose two latent vectors are held at once

# A float32 is cut after 11 bits of its fraction: logits within 0.05 % of each other share a count.
_CUT_BITS = 12
_N_KEYS = 2 ** (32 - _CUT_BITS)


@dataclass(frozen=True, eq=False)
class LogitCounts:
    """How many pairs have which logit.

    Attributes:
        logits: Ascending, shape (n,), each the middle of a narrow interval (0.05 % wide).
        counts: How many pairs, shape (n,), > 0; of a sample, scaled to all of them.
        is_sampled: Whether the counts come from a sample.
    """

    logits: FloatArray
    counts: FloatArray
    is_sampled: bool = False

    @property
    def n_pairs(self) -> float:
        """The number of pairs."""
        return float(self.counts.sum())

    def threshold_of_share(self, share: float) -> float:
        """The lowest logit that at most a share of the pairs have or exceed; infinite if one pair is more.

        Args:
            share: In (0, 1). Pairs of one logit go together, so fewer may be taken.

        Raises:
            ValueError: The share is out of range.
        """
        if not 0 < share < 1:
            raise ValueError(f"A density lies between 0 and 1, both left out; got {share!r}.")
        above = np.cumsum(self.counts[::-1])[::-1]
        within = np.flatnonzero(above <= share * self.n_pairs)
        return float(self.logits[within[0]]) if within.size else np.inf


def count_open_pairs(links: LatentLinks, closed: Graph) -> LogitCounts:
    """Counts the logits of all pairs that are no edge of `closed`, in memory that does not grow with N².

    Exact up to `MOST_COUNTED_PAIRS`; beyond, a uniform sample stands for all.

    Args:
        links: The model.
        closed: Pairs to leave out, as the edges of a graph on the same nodes.
    """
    n_open = closed.n_pairs - closed.n_edges
    totals = torch.zeros(_N_KEYS, dtype=torch.int64)
    if n_open > MOST_COUNTED_PAIRS:
        generator = numpy_generator(_SAMPLING_SEED)
        sampled = torch.from_numpy(sample_non_edges(closed, N_SAMPLED, generator=generator))
        for block in sampled.split(_SAMPLED_AT_ONCE):
            totals += torch.bincount(_keys(links.logits(block)), minlength=_N_KEYS)
    else:
        for logit_block in open_pair_blocks(links, closed):
            totals += torch.bincount(_keys(logit_block.logits).flatten(), minlength=_N_KEYS)
        totals[_keys(torch.tensor([-torch.inf]))] = 0
    used = totals.nonzero().flatten()
    counts = totals[used].double().numpy()
    is_sampled = n_open > MOST_COUNTED_PAIRS
    return LogitCounts(_middles(used), counts * (n_open / N_SAMPLED if is_sampled else 1.0), is_sampled)


def _keys(logits: Tensor) -> Tensor:
    """Whole numbers in [0, 2²⁰) in the order of the logits: leading bits, those of negatives flipped."""
    bits = logits.float().view(torch.int32)
    ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    keys: Tensor = (ordered >> _CUT_BITS) + _N_KEYS // 2
    return keys


def _middles(keys: Tensor) -> FloatArray:
    """The middle of each key's interval of logits."""
    ordered = (keys - _N_KEYS // 2).to(torch.int32) << _CUT_BITS
    ordered += 2 ** (_CUT_BITS - 1)
    bits = ordered ^ ((ordered >> 31) & 0x7FFFFFFF)
    return np.asarray(bits.view(torch.float32).double().numpy())
