"""`SplitReport`: what is wrong with a split, counted by comparing one sorted integer a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from varigraph.tensor_types import IndexPairs, IntArray

__all__ = ["FLAWS", "PairSet", "PartPairs", "SplitFinding", "SplitReport", "find_flaws"]

FLAWS: Mapping[str, str] = MappingProxyType(
    {
        "out_of_range": "hold a position that is no node",
        "self_pair": "join a node to itself",
        "repeated": "repeat another in the same or the other direction",
        "shared_positive": "are positives of two parts",
        "leaked_positive": "are message edges that the encoder sees",
        "negative_is_edge": "are edges of some part",
        "shared_negative": "are negatives of two parts",
    }
)
"""The kinds of flaw, each with the words that follow "3 of 10 test positives"."""

_NO_KEY = -1  # stands for a pair that is out of range or joins a node to itself


@dataclass(frozen=True)
class SplitFinding:
    """One flaw of a split, with its extent.

    Attributes:
        kind: A key of `FLAWS`.
        where: The pairs concerned, such as "test negatives" or "val positives and test positives".
        count: How many pairs have the flaw.
        total: How many pairs were looked at (of two sets, those of the smaller).
    """

    kind: str
    where: str
    count: int
    total: int

    def __str__(self) -> str:
        return f"{self.count:,} of {self.total:,} {self.where} {FLAWS[self.kind]}"


@dataclass(frozen=True)
class SplitReport:
    """What `EdgeSplit.verify` found.

    Attributes:
        findings: The flaws; none for a sound split.
        fingerprint: The split's sha256.
        sizes: (positives, negatives) of each part by its name.
    """

    findings: tuple[SplitFinding, ...]
    fingerprint: str
    sizes: Mapping[str, tuple[int, int]]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def __str__(self) -> str:
        sizes = ", ".join(f"{name} {plus:,} + {minus:,}" for name, (plus, minus) in self.sizes.items())
        verdict = "sound" if self.is_sound else "NOT sound"
        head = f"Split {self.fingerprint[:12]} is {verdict} (positives + negatives: {sizes})"
        return "\n".join([head, *(f"- {finding}" for finding in self.findings)])


@dataclass(frozen=True, eq=False)
class PairSet:
    """Pairs as integers i · n_nodes + j with i < j, so that both directions of a pair are equal.

    Attributes:
        name: What messages call it, such as "test negatives".
        pairs: shape (n_pairs, 2), or (n_positives, n_each, 2) for each positive's own negatives.
        n_nodes: Positions run from 0 to n_nodes − 1.
    """

    name: str
    pairs: IndexPairs
    n_nodes: int

    @cached_property
    def keys(self) -> IntArray:
        """One a pair, shape `pairs.shape[:-1]`; −1 if a pair is out of range or joins a node to itself."""
        low = np.minimum(self.pairs[..., 0], self.pairs[..., 1])
        high = np.maximum(self.pairs[..., 0], self.pairs[..., 1])
        usable = (low >= 0) & (high < self.n_nodes) & (low != high)
        return np.where(usable, low * self.n_nodes + high, _NO_KEY)

    @cached_property
    def ascending(self) -> IntArray:
        """The keys of usable pairs in ascending order, repeats kept, shape (n_usable,)."""
        ordered = _sorted(self.keys.ravel())
        return ordered[np.searchsorted(ordered, 0) :]

    @property
    def size(self) -> int:
        """The number of pairs."""
        return self.pairs.size // 2

    @property
    def is_pool(self) -> bool:
        """Whether all positives share these pairs, so that a repeat is a repeat."""
        return self.pairs.ndim == 2

    def count_repeats(self) -> int:
        """Pairs that stand before in the pool, or among the negatives of the same positive."""
        keys = self.ascending if self.is_pool else np.sort(self.keys, axis=-1)
        return int(((np.diff(keys, axis=-1) == 0) & (keys[..., 1:] != _NO_KEY)).sum())


@dataclass(frozen=True, eq=False)
class PartPairs:
    """What of a part is compared with other parts.

    Attributes:
        positives: Its positive pairs.
        negatives: Its negative pairs.
        message_keys: Ascending keys of the edges that its encoder sees, shape (n_edges,).
    """

    positives: PairSet
    negatives: PairSet
    message_keys: IntArray


def find_flaws(train: PartPairs, val: PartPairs, test: PartPairs) -> tuple[SplitFinding, ...]:
    """Every flaw of `FLAWS` that occurs, in its order; see `EdgeSplit.verify` for what counts as one."""
    parts = (train, val, test)
    found = [*_flaws_within(parts), *_shared(parts), *_leaks(train, val, test), *_negative_edges(parts)]
    order = list(FLAWS)
    return tuple(sorted((one for one in found if one.count), key=lambda one: order.index(one.kind)))


def _flaws_within(parts: Sequence[PartPairs]) -> Iterator[SplitFinding]:
    for pairs in (one for part in parts for one in (part.positives, part.negatives)):
        first, second = pairs.pairs[..., 0], pairs.pairs[..., 1]
        outside = (np.minimum(first, second) < 0) | (np.maximum(first, second) >= pairs.n_nodes)
        yield SplitFinding("out_of_range", pairs.name, int(outside.sum()), pairs.size)
        yield SplitFinding("self_pair", pairs.name, int((first == second).sum()), pairs.size)
        yield SplitFinding("repeated", pairs.name, pairs.count_repeats(), pairs.size)


def _shared(parts: Sequence[PartPairs]) -> Iterator[SplitFinding]:
    for one, other in combinations(parts, 2):
        yield _in_both("shared_positive", one.positives, other.positives)
        if one.negatives.is_pool and other.negatives.is_pool:
            yield _in_both("shared_negative", one.negatives, other.negatives)


def _in_both(kind: str, one: PairSet, other: PairSet) -> SplitFinding:
    small, large = sorted((one, other), key=lambda pairs: len(pairs.ascending))
    count = int(_is_in(small.ascending, large.ascending).sum())
    return SplitFinding(kind, f"{one.name} and {other.name}", count, small.size)


def _leaks(train: PartPairs, val: PartPairs, test: PartPairs) -> Iterator[SplitFinding]:
    # A test encoder that sees validation edges is a protocol (PyG's) and no leak.
    for part, seen_by in ((val, (train, val)), (test, (train, val, test))):
        seen = np.zeros(len(part.positives.ascending), dtype=bool)
        for other in seen_by:
            seen |= _is_in(part.positives.ascending, other.message_keys)
        yield SplitFinding("leaked_positive", part.positives.name, int(seen.sum()), part.positives.size)


def _negative_edges(parts: Sequence[PartPairs]) -> Iterator[SplitFinding]:
    edge_sets = [keys for part in parts for keys in (part.positives.ascending, part.message_keys)]
    for negatives in (part.negatives for part in parts):
        hit = np.zeros(len(negatives.ascending), dtype=bool)
        for edges in edge_sets:
            hit |= _is_in(negatives.ascending, edges)
        yield SplitFinding("negative_is_edge", negatives.name, int(hit.sum()), negatives.size)


def _is_in(keys: IntArray, ascending: IntArray) -> NDArray[np.bool_]:
    """Whether each key is among the ascending ones, shape (n_keys,)."""
    if not len(ascending):
        return np.zeros(len(keys), dtype=bool)
    at = np.searchsorted(ascending, keys).clip(max=len(ascending) - 1)
    return np.asarray(ascending[at] == keys)


def _sorted(keys: IntArray) -> IntArray:
    """Sorted keys; those of a graph's own edges are in order already, and a look is cheaper than a sort."""
    return keys if (keys[1:] >= keys[:-1]).all() else np.sort(keys)
