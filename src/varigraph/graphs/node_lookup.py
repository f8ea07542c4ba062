"""Ids found among the nodes of a graph: those that a file names, and those of a user's links."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import FileContentError, GraphError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.edge_split import as_pairs
from varigraph.tables import is_frame, take_edge_columns
from varigraph.tensor_types import IndexPairs, IntArray

__all__ = ["check_nodes_known", "find_nodes", "link_positions", "pair_positions"]

_MOST_COMPARED = 100_000  # ids that a misspelt one is compared with: some tenths of a second


def find_nodes(graph: Graph, columns: Sequence[NDArray[Any]]) -> IntArray:
    """Positions of the nodes that columns of a file name.

    A file of integers and one of text may mean the same nodes: an id is matched by its value, or else by how
    it is written.

    Args:
        graph: The graph.
        columns: Ids, each column of shape (n_rows,): int64, or object holding strings and integers.

    Returns:
        shape (n_rows, n_columns); −1 where there is no such node.

    Example:
        >>> graph = Graph.from_edges([(0, 1)], ids=["7", "b"])
        >>> find_nodes(graph, [np.array([7, 8])]).tolist()
        [[0], [-1]]
    """
    listed = graph.ids.tolist()
    known = {str(one): at for at, one in enumerate(listed)} | {one: at for at, one in enumerate(listed)}
    return np.stack(
        [
            np.fromiter(
                (known.get(one, known.get(str(one), -1)) for one in column.tolist()), np.int64, len(column)
            )
            for column in columns
        ],
        axis=1,
    )


def check_nodes_known(
    graph: Graph,
    positions: IntArray,
    columns: Sequence[NDArray[Any]],
    *,
    place: Callable[[int], str],
    advice: str,
) -> None:
    """Refuses rows of a file that name what is no node.

    Args:
        graph: The graph.
        positions: What `find_nodes` found.
        columns: What it was given.
        place: From a row's position to words such as `line 4 of pairs.csv`.
        advice: The last sentence of the message: what else can be done.

    Raises:
        FileContentError: The message names the first unknown id, its place, the id probably meant, and how
            many rows have one.
    """
    unknown = np.argwhere(positions < 0)
    if not len(unknown):
        return
    row, column = unknown[0].tolist()
    one = columns[column].tolist()[row]
    n_rows = len(np.unique(unknown[:, 0]))
    others = (
        ""
        if n_rows == 1
        else " So does 1 other row."
        if n_rows == 2
        else f" So do {n_rows - 1:,} other rows."
    )
    where = place(row)
    raise FileContentError(
        f"{where[0].upper()}{where[1:]} names {one!r}, which is no node of {graph.name}."
        f"{_guess(graph, str(one))}{others} {advice}"
    )


def link_positions(graph: Graph, links: Any) -> IndexPairs:
    """Node positions of links by the user's ids, shape (n_links, 2).

    Args:
        graph: The graph.
        links: Pairs of ids, or a frame with a column for each end.

    Raises:
        GraphError: An id is not a node of the graph, or a link is no pair.
    """
    if is_frame(links):
        columns = take_edge_columns(links)
        return np.stack([graph.index_of(columns.source), graph.index_of(columns.target)], axis=1)
    ends = list(links)
    for link in ends:
        if not isinstance(link, tuple | list | np.ndarray) or len(link) != 2:
            raise GraphError(f"A link is a pair of two ids, as in [(a, b), (c, d)]; got {link!r}.")
    return graph.index_of([one for link in ends for one in link]).reshape(-1, 2)


def _guess(graph: Graph, wanted: str) -> str:
    """A question that names the id probably meant, or nothing."""
    known = [str(one) for one in graph.ids.tolist()]
    folded = _plain(wanted)
    alike = [one for one in known if _plain(one) == folded]
    if not alike and len(known) <= _MOST_COMPARED and not wanted.lstrip("-").isdecimal():
        # Of two numbers one is as close as the next: a guess would be chance.
        alike = difflib.get_close_matches(wanted, known, n=1, cutoff=0.75)
    return f" Did you mean {alike[0]!r}?" if alike else ""


def _plain(text: str) -> str:
    """Without what is easily lost on the way from one file to another: case, blanks, leading zeros."""
    folded = " ".join(text.casefold().split())
    return folded.lstrip("0") if folded.isdecimal() else folded


def pair_positions(graph: Graph, index_pairs: IndexPairs) -> IndexPairs:
    """Pairs of node positions that a user gives, checked.

    Returns:
        shape (n_pairs, 2), int64.

    Raises:
        SplitError: The array is not of pairs of whole numbers.
        GraphError: It has another shape, or a position is no node.
    """
    positions = as_pairs(index_pairs, "index_pairs")
    if positions.ndim != 2:
        raise GraphError(f"index_pairs must have shape (n_pairs, 2), got {positions.shape}.")
    if positions.size and not 0 <= positions.min() <= positions.max() < graph.n_nodes:
        raise GraphError(f"index_pairs hold positions that are not in 0 … {graph.n_nodes - 1}.")
    return positions
