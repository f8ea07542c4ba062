"""Open pairs: every pair of nodes that may be a missing link, walked in blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from varigraph.decoders import Decoder
from varigraph.distributions import Bernoulli
from varigraph.graphs.graph import Graph
from varigraph.tensor_types import IntArray

__all__ = ["LatentLinks", "LogitBlock", "open_pair_blocks"]

# Logits in one block: 32 MB in float32, twice as many with what is made from them.
_BLOCK_NUMBERS = 2**23


@dataclass(frozen=True, eq=False)
class LatentLinks:
    """What a fitted model knows of every pair: latent vectors and the decoder that joins two of them.

    Attributes:
        z: shape (n_nodes, n_latent), on the CPU.
        decoder: Built, on the CPU.
    """

    z: Tensor
    decoder: Decoder

    def logits(self, pairs: Tensor) -> Tensor:
        """Logits of pairs, shape (n_pairs,), float64."""
        with torch.no_grad():
            likelihood: Bernoulli = self.decoder(self.z, pairs)
        return likelihood.logits.double()


@dataclass(frozen=True, eq=False)
class LogitBlock:
    """The logits of some nodes with every node from a position on.

    Attributes:
        rows: Node positions, shape (n_rows,), ascending.
        start: The node of the first column.
        logits: shape (n_rows, n_nodes − start); −inf where the pair is not open, or comes up elsewhere.
    """

    rows: Tensor
    start: int
    logits: Tensor


def open_pair_blocks(
    links: LatentLinks, closed: Graph, *, nodes: IntArray | None = None, both_ways: bool = False
) -> Iterator[LogitBlock]:
    """Walks the logits of all pairs that are no edge of `closed`, a block of rows at a time.

    Nothing of size N² is made: a block has as many rows as fit into a fixed number of logits, one at least.
    The caller may overwrite a block's logits.

    Args:
        links: The model.
        closed: Pairs to leave out, as the edges of a graph on the same nodes.
        nodes: Only pairs with at least one end among these positions; ascending, each once.
        both_ways: Show a pair at both its ends, as is wanted for the best of each node; otherwise each
            unordered pair is open once.
    """
    n_nodes = closed.n_nodes
    rows_of_all = torch.arange(n_nodes) if nodes is None else torch.from_numpy(np.ascontiguousarray(nodes))
    if not len(rows_of_all):
        return
    size = max(1, _BLOCK_NUMBERS // max(1, n_nodes))
    with torch.no_grad():
        for rows in rows_of_all.split(size):
            start = int(rows[0]) if nodes is None and not both_ways else 0
            logits = links.decoder.row_logits(links.z, rows, start=start)
            _close_edges(logits, rows, start, closed)
            logits[torch.arange(len(rows)), rows - start] = -torch.inf
            if not both_ways:
                _close_repeats(logits, rows, rows_of_all, start)
            yield LogitBlock(rows, start, logits)


def _close_edges(logits: Tensor, rows: Tensor, start: int, closed: Graph) -> None:
    neighbours = closed.adjacency[rows.numpy()].tocoo()
    at_row, column = (torch.from_numpy(axis.astype(np.int64)) for axis in neighbours.coords)
    is_shown = column >= start
    logits[at_row[is_shown], column[is_shown] - start] = -torch.inf


def _close_repeats(logits: Tensor, rows: Tensor, all_rows: Tensor, start: int) -> None:
    """Of a pair whose ends are both rows, the one whose row comes first stays."""
    earlier = all_rows[(all_rows >= start) & (all_rows < rows[-1])]
    at_row, at_column = (earlier[None, :] < rows[:, None]).nonzero().unbind(1)
    logits[at_row, earlier[at_column] - start] = -torch.inf
