"""How many edges go to validation and to test, and fractions that work where those asked for do not."""

from __future__ import annotations

import math
from fractions import Fraction

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph

__all__ = ["check_fractions", "exact_share", "floor_of", "random_part_sizes", "share_of"]


def check_fractions(graph: Graph, val: float, test: float) -> None:
    """Refuses fractions that are none and a graph without edges.

    Raises:
        SplitError: A fraction is below 0, both together are 1 or more, or there is no edge.
    """
    if not (min(val, test) >= 0 and val + test < 1):
        raise SplitError(f"val={val} and test={test} must be fractions of 0 or more, together below 1.")
    if graph.n_edges == 0:
        raise SplitError(f"{graph.name} has no edges, so there is nothing to split.")


def random_part_sizes(graph: Graph, val: float, test: float) -> tuple[int, int]:
    """⌊val · E⌋ and ⌊test · E⌋, with as many pairs that are no edges to be had.

    Raises:
        SplitError: As on `check_fractions`; or a part that was asked for would be empty, or there are too few
            pairs that are no edges. The message names fractions that work on this graph.
    """
    check_fractions(graph, val, test)
    n_val, n_test = floor_of(val, graph.n_edges), floor_of(test, graph.n_edges)
    n_free, advice = graph.n_pairs - graph.n_edges, _what_works(graph, val, test)
    if (val > 0 or test > 0) and n_free == 0:
        raise SplitError(
            f"{graph.name} is complete: every pair of its {graph.n_nodes:,} nodes is an edge, so there is "
            f"nothing to tell held-out edges from. {advice}"
        )
    for name, fraction, size in (("val", val, n_val), ("test", test, n_test)):
        if fraction > 0 and size == 0:
            raise SplitError(
                f"{name}={fraction} of the {_edges(graph.n_edges)} of {graph.name} is less than one edge. "
                f"{advice}"
            )
    if n_free < n_val + n_test:
        raise SplitError(
            f"Validation and test need {n_val + n_test:,} pairs that are not edges, but {graph.name} has "
            f"only {n_free:,} ({graph.n_pairs:,} pairs, {graph.n_edges:,} edges). {advice}"
        )
    return n_val, n_test


def floor_of(fraction: float, n_edges: int) -> int:
    """⌊fraction · n_edges⌋ of the fraction as the decimal that was written."""
    return math.floor(_exactly(fraction) * n_edges)


def exact_share(fraction: float, n_edges: int) -> float:
    """The fraction of n_edges, not rounded to an integer."""
    return float(_exactly(fraction) * n_edges)


def _exactly(fraction: float) -> Fraction:
    # As the decimal that was written: in floating point, 0.29 · 100 is just below 29.
    return Fraction(str(float(fraction)))


def share_of(n: int, n_edges: int) -> float:
    """A short decimal of which `floor_of` makes `n` again."""
    steps: int = 10 ** (len(str(n_edges)) + 1)
    return -(-n * steps // n_edges) / steps


def _what_works(graph: Graph, val: float, test: float) -> str:
    """Advice: fractions that this graph can give, as near to those asked for as it goes."""
    n_edges = graph.n_edges
    room = min(n_edges - 1, graph.n_pairs - n_edges)  # one edge must stay, each other needs a negative
    n_val, n_test = _sizes_within(room, _at_least_one(val, n_edges), _at_least_one(test, n_edges))
    if n_val == n_test == 0:
        return "No edge of it can be held out: val=0 and test=0 leave every edge for training."
    asked = [(name, n) for name, fraction, n in (("val", val, n_val), ("test", test, n_test)) if fraction > 0]
    advice = " and ".join(f"{name}={share_of(n, n_edges) or 0}" for name, n in asked)
    if not all(n for _, n in asked):
        return f"Ask for {advice}; there is room for one of the two parts only."
    return f"Ask for {advice}, or for 0 where no such part is wanted."


def _at_least_one(fraction: float, n_edges: int) -> int:
    return max(1, floor_of(fraction, n_edges)) if fraction > 0 else 0


def _sizes_within(room: int, n_val: int, n_test: int) -> tuple[int, int]:
    """The two sizes, shrunk alike until they fit; with room for one edge alone, it goes to test."""
    if n_val + n_test <= room:
        return n_val, n_test
    if n_val and n_test and room >= 2:
        n_test = max(1, room * n_test // (n_val + n_test))
        return room - n_test, n_test
    return (0, min(n_test, room)) if n_test else (min(n_val, room), 0)


def _edges(n: int) -> str:
    return "1 edge" if n == 1 else f"{n:,} edges"
