"""`split_edges_by`: the latest edges are the test part, those before them validation, the rest train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.errors import SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.graphs.splits.holding_out import check_room_for_negatives, hold_out, subgraph
from varigraph.graphs.splits.part_sizes import check_fractions, exact_share
from varigraph.seeding import resolve_seed
from varigraph.tensor_types import IntArray, RandomState

__all__ = ["OrderedParts", "ordered_parts", "split_edges_by"]


@dataclass(frozen=True, eq=False)
class OrderedParts:
    """Which edges are train, validation and test when they stand in order of a value.

    Attributes:
        train: Edge numbers, ascending by value, shape (n_train,).
        val: The same of validation.
        test: The same of test.
        last_train: The greatest value of a train edge, in words: numbers and dates in their shortest form.
        last_val: The greatest value of a train or validation edge, in words.
    """

    train: IntArray
    val: IntArray
    test: IntArray
    last_train: str
    last_val: str


def split_edges_by(
    graph: Graph,
    values: ArrayLike,
    *,
    val: float = 0.05,
    test: float = 0.10,
    random_state: RandomState = None,
) -> EdgeSplit:
    """Splits edges in order of a value such as time: train on the past, test on what came last.

    Edges of equal value stay together. The test part is all edges from some value on: of the cuts between
    two values, the one whose share is nearest to `test`; of two equally near, the later, which gives the
    smaller part. Then validation is cut from what is left by the same rule, its share too being one of all
    edges. Only cuts are taken that leave an edge for every part that was asked for and for training; so a
    share may be far from its fraction where many edges have one value.

    Nodes that appear only later are isolated in the message graph. Negatives are uniform pairs that are no
    edge of the full graph, as in `split_edges`; only they depend on the seed.

    Args:
        graph: The full graph; it is not changed.
        values: One an edge, in the order of `graph.edges`, shape (n_edges,): numbers, datetime64, or text
            that sorts, such as ISO dates.
        val: Fraction of edges for validation, 0 ≤ val, val + test < 1; 0 leaves the part empty.
        test: Fraction of edges for test.
        random_state: An integer makes the same split each time; see `EdgeSplit.seed`.

    Raises:
        SplitError: A value is missing or not to be compared with others, text is of numbers that do not
            sort as such, there are not as many values as edges, too few different values for the parts, or
            too few pairs that are not edges.

    Example:
        >>> ring = Graph.from_edges([(i, (i + 1) % 10) for i in range(10)])
        >>> years = [2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2008, 2009]
        >>> split_edges_by(ring, years, val=0.2, test=0.1, random_state=0)
        EdgeSplit(graph: train 7 + 0, val 2 + 2, test 1 + 1 positives + negatives)
    """
    parts = ordered_parts(graph, values, val=val, test=test)
    check_room_for_negatives(graph, len(parts.val), len(parts.test), advice="Hold out fewer edges.")
    return hold_out(
        subgraph(graph, parts.train),
        graph.edges[parts.val],
        graph.edges[parts.test],
        known_graph=graph,
        seed=resolve_seed(random_state),
    )


def ordered_parts(graph: Graph, values: ArrayLike, *, val: float = 0.05, test: float = 0.10) -> OrderedParts:
    """The parts of `split_edges_by`, which states the rule, the arguments and the errors."""
    check_fractions(graph, val, test)
    distinct, group_of, counts = _grouped(graph, values)
    _check_enough_values(graph, distinct, counts, n_parts=1 + (val > 0) + (test > 0))
    n_up_to = np.cumsum(counts)  # edges of a value or an earlier one
    n_before_test = n_before_val = graph.n_edges
    if test > 0:
        cuts = n_up_to[1 if val > 0 else 0 : -1]
        n_before_test = n_before_val = _nearest_cut(cuts, n_before_test, exact_share(test, graph.n_edges))
    if val > 0:
        cuts = n_up_to[n_up_to < n_before_test]
        n_before_val = _nearest_cut(cuts, n_before_test, exact_share(val, graph.n_edges))
    order = np.argsort(group_of, kind="stable")
    train, val_part, test_part = np.split(order, [n_before_val, n_before_test])
    return OrderedParts(
        train,
        val_part,
        test_part,
        last_train=_in_words(distinct[group_of[train[-1]]]),
        last_val=_in_words(distinct[group_of[order[n_before_test - 1]]]),
    )


def _nearest_cut(cuts: IntArray, end: int, wanted: float) -> int:
    """Of the ascending cuts the one with nearest to `wanted` edges between it and `end`; the later of two."""
    misses = np.abs((end - cuts) - wanted)
    return int(cuts[len(cuts) - 1 - int(np.argmin(misses[::-1]))])


def _grouped(graph: Graph, values: ArrayLike) -> tuple[NDArray[Any], IntArray, IntArray]:
    """The different values in ascending order, which of them each edge has, and how many edges have each."""
    # Of a list of numbers and text numpy would make text alone.
    array = np.asarray(values) if hasattr(values, "dtype") else np.asarray(values, dtype=object)
    if array.shape != (graph.n_edges,):
        raise SplitError(
            f"{graph.name} has {graph.n_edges:,} edges, but the values to split by have shape {array.shape}; "
            "give one an edge, in the order of graph.edges."
        )
    if array.dtype.kind not in "biufMmUTO":
        raise SplitError(f"The values to split by are {array.dtype}; give numbers, datetime64 or text.")
    missing = _first_missing(array)
    if missing is not None:
        source, target = graph.ids[graph.edges[missing]].tolist()
        raise SplitError(
            f"Edge {missing} of {graph.name} ({source!r} – {target!r}) has no value to split by; give every "
            "edge one, or leave such edges out of the graph."
        )
    try:
        distinct, group_of, counts = np.unique(array, return_inverse=True, return_counts=True)
    except TypeError as error:
        raise SplitError(
            f"The values to split by cannot be put in order ({error}); give only numbers, only datetime64 or "
            "only text."
        ) from error
    _refuse_numbers_as_text(distinct)
    return distinct, group_of.astype(np.int64), counts


def _refuse_numbers_as_text(distinct: NDArray[Any]) -> None:
    """Refuses text that is all numbers if they are not in ascending order as numbers."""
    if not all(isinstance(one, str) for one in distinct.tolist()):
        return
    try:
        numbers = np.array([float(one) for one in distinct.tolist()])
    except ValueError:
        return
    fall = np.flatnonzero(np.diff(numbers) < 0)
    if len(fall):
        raise SplitError(
            f"The values to split by are numbers as text, so {distinct[fall[0]]!s} would come before "
            f"{distinct[fall[0] + 1]!s}; give them as numbers."
        )


def _first_missing(array: NDArray[Any]) -> int | None:
    """The number of the first value that is None, NaN, NaT, NA or blank text."""
    if array.dtype.kind in "fMm":
        missing = np.isnan(array) if array.dtype.kind == "f" else np.isnat(array)
    elif array.dtype.kind in "UTO":
        missing = np.array([_is_missing(one) for one in array.tolist()], dtype=bool)
    else:
        return None
    return int(np.argmax(missing)) if missing.any() else None


def _is_missing(one: Any) -> bool:
    if isinstance(one, str):
        return not one.strip()
    # NaN and NaT differ from themselves; pandas' NA gives neither True nor False.
    equal = one == one  # noqa: PLR0124
    return one is None or not isinstance(equal, bool | np.bool_) or not equal


def _check_enough_values(graph: Graph, distinct: NDArray[Any], counts: IntArray, *, n_parts: int) -> None:
    if len(distinct) >= n_parts:
        return
    if len(distinct) == 1:
        raise SplitError(
            f"All {graph.n_edges:,} edges of {graph.name} have the value {_in_words(distinct[0])}, so none "
            "is later than another; split by a finer column, or at random with split_edges."
        )
    held = " and ".join(
        f"{_in_words(one)} ({n:,} edges)" for one, n in zip(distinct, counts.tolist(), strict=True)
    )
    raise SplitError(
        f"The edges of {graph.name} have only the values {held}, too few for {n_parts} parts: edges of equal "
        "value stay in one part. Split by a finer column, or ask for val=0 or test=0."
    )


def _in_words(value: Any) -> str:
    if isinstance(value, np.datetime64):
        return str(np.datetime_as_string(value, unit="auto"))
    if isinstance(value, np.floating | float):
        return f"{value:.15g}"
    return str(value)
