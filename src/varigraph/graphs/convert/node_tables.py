"""Tables of nodes, joined to the edges by id: features, a bag of words, labels, and nodes without edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.convert.attributes import checked_attributes
from varigraph.graphs.convert.edge_rows import Links, graph_from_pairs, ids_in_order, of_one_kind
from varigraph.graphs.graph import Graph
from varigraph.tables import (
    FeatureEntries,
    NodeColumns,
    NodeNames,
    is_frame,
    read_feature_entries,
    read_node_columns,
    take_feature_entries,
    take_node_columns,
)
from varigraph.tensor_types import FloatArray, IntArray

__all__ = ["NodeTables", "graph_with_nodes", "take_node_tables"]

_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class NodeTables:
    """What the user brought about the nodes, beside the edges.

    Attributes:
        columns: One row a node, or None.
        entries: A bag of words, one word of a node a row, or None.
    """

    columns: NodeColumns | None = None
    entries: FeatureEntries | None = None


def take_node_tables(nodes: Any, node_features: Any, names: NodeNames) -> NodeTables:
    """The tables of nodes at these paths or in these frames; None is for one that there is not.

    Raises:
        DataError: A table cannot be read; the message names file, line and column.
        TypeError: A column of a table of nodes is named, but no such table is given.
    """
    if nodes is None and (names.id is not None or names.label is not None):
        raise TypeError("id_column and label_column are columns of a table of nodes; give one as nodes=.")
    columns: NodeColumns | None = None
    entries: FeatureEntries | None = None
    if nodes is not None:
        columns = (take_node_columns if is_frame(nodes) else read_node_columns)(nodes, names)
    if node_features is not None:
        entries = (take_feature_entries if is_frame(node_features) else read_feature_entries)(node_features)
    return NodeTables(columns, entries)


def graph_with_nodes(links: Links, tables: NodeTables, **attributes: Any) -> Graph:
    """A graph from links and tables of nodes; nodes stand in ascending order of their ids.

    With a table of nodes, its nodes are the graph's, with edges or without, and every end of an edge must be
    among them. If some tables hold integer ids and others strings, all ids are strings.

    Args:
        links: The edges, and perhaps nodes.
        tables: What else is known about the nodes.
        **attributes: As for `graph_from_links`.

    Raises:
        DataError: An edge or a word is of a node that is not there; the message names it and its row.
    """
    links = _renamed(links, tables.columns)
    known = _NONE if links.nodes is None else links.nodes
    listed = _NONE if tables.columns is None else tables.columns.ids
    worded = _NONE if tables.entries is None else tables.entries.ids
    source, target, known, listed, worded = of_one_kind([links.source, links.target, known, listed, worded])
    mentioned = np.concatenate([source, target, known])
    if tables.columns is None:
        ids, positions = ids_in_order(mentioned)
    else:
        ids, _ = ids_in_order(listed)
        positions = _positions(ids, mentioned)
    pairs, at = positions[: 2 * len(source)].reshape(2, -1).T, positions[2 * len(source) :]
    _check_ends(links, pairs, (source, target), tables)
    _check_known(links, known, at, tables)
    taken = _label_rows(links, tables, at, _positions(ids, listed))
    taken |= _feature_rows(tables, _positions(ids, listed), _positions(ids, worded), len(ids))
    for twice in taken.keys() & {key for key, value in attributes.items() if value is not None}:
        raise GraphError(f"There are {twice} both in the tables and as {twice}=; give one of them.")
    return graph_from_pairs(pairs, links.weights, ids=ids, **checked_attributes(attributes), **taken)


def _renamed(links: Links, columns: NodeColumns | None) -> Links:
    """Positions in a matrix as the ids that the table of nodes gives its rows."""
    if not links.are_positions or columns is None or links.nodes is None:
        return links
    if len(columns.ids) != len(links.nodes):
        raise links.error(
            f"{columns.source_name} has {len(columns.ids):,} rows, but {links.source_name} is a matrix of "
            f"{len(links.nodes):,}; give one row a node, in the order of the matrix."
        )
    ids = columns.ids
    return replace(links, source=ids[links.source], target=ids[links.target], nodes=ids)


def _positions(ids: NDArray[Any], wanted: NDArray[Any]) -> IntArray:
    """Where the wanted ids stand among ascending ones; −1 for one that does not."""
    if ids.dtype == np.int64 and wanted.dtype == np.int64:
        at = np.searchsorted(ids, wanted).clip(max=max(len(ids) - 1, 0))
        found = ids[at] == wanted if len(ids) else np.zeros(len(wanted), dtype=bool)
        return np.where(found, at, -1)
    position = {one: at for at, one in enumerate(ids.tolist())}
    return np.fromiter((position.get(one, -1) for one in wanted.tolist()), np.int64, len(wanted))


def _check_ends(
    links: Links, pairs: IntArray, ends: tuple[NDArray[Any], NDArray[Any]], tables: NodeTables
) -> None:
    missing = np.flatnonzero((pairs < 0).any(axis=1))
    if missing.size and tables.columns is not None:
        row = int(missing[0])
        one = ends[0 if pairs[row, 0] < 0 else 1].tolist()[row]
        raise links.error(
            f"The node {one!r} in {links.place(row)} is not in {tables.columns.source_name}; add a row for "
            f"it there, or leave its edges out ({missing.size:,} of {len(pairs):,} edge rows name a node "
            "without one)."
        )


def _check_known(links: Links, known: NDArray[Any], at: IntArray, tables: NodeTables) -> None:
    missing = np.flatnonzero(at < 0)
    if missing.size and tables.columns is not None:
        raise links.error(
            f"The node {known.tolist()[int(missing[0])]!r} of {links.source_name} is not in "
            f"{tables.columns.source_name}; add a row for it there ({missing.size:,} nodes have none)."
        )


def _label_rows(links: Links, tables: NodeTables, known_at: IntArray, listed_at: IntArray) -> dict[str, Any]:
    """Labels in the order of the nodes, if there are any."""
    labels, at = links.labels, known_at
    if tables.columns is not None and tables.columns.labels is not None:
        labels, at = tables.columns.labels, listed_at
    return {} if labels is None else {"labels": labels[np.argsort(at)]}


def _feature_rows(
    tables: NodeTables, listed_at: IntArray, worded_at: IntArray, n_nodes: int
) -> dict[str, Any]:
    """Features and their names in the order of the nodes: columns of the table first, then words."""
    dense: FloatArray | None = None
    names: tuple[str, ...] = ()
    if tables.columns is not None and tables.columns.features is not None:
        dense = tables.columns.features[np.argsort(listed_at)]
        names = tables.columns.feature_names
    if tables.entries is None:
        return {} if dense is None else {"features": dense, "feature_names": names}
    words, word_names = _words(tables.entries, worded_at, n_nodes)
    rows = words if dense is None else sp.csr_array(sp.hstack([sp.csr_array(dense), words], format="csr"))
    return {"features": rows, "feature_names": (*names, *word_names)}


def _words(entries: FeatureEntries, at: IntArray, n_nodes: int) -> tuple[sp.csr_array, tuple[str, ...]]:
    missing = np.flatnonzero(at < 0)
    if missing.size:
        row = int(missing[0])
        raise entries.error(
            f"The node {entries.ids.tolist()[row]!r} in {entries.place(row)} is not a node of the graph; "
            f"leave the row out, or list the node in a table of nodes ({missing.size:,} of {len(at):,} rows "
            "name a node that is not there)."
        )
    names = _in_order(sorted(set(entries.features.tolist())))
    column = {name: position for position, name in enumerate(names)}
    columns = np.fromiter(map(column.__getitem__, entries.features.tolist()), np.int64, len(at))
    rows = sp.coo_array((entries.values, (at, columns)), shape=(n_nodes, len(names))).tocsr()
    rows.eliminate_zeros()
    return sp.csr_array(rows), tuple(map(str, names))


def _in_order(names: Sequence[Any]) -> list[Any]:
    """By number if all are whole numbers, whichever type a format gave them; otherwise by code point."""
    if all(str(name).removeprefix("-").isdecimal() for name in names):
        return sorted(names, key=int)
    return sorted(names)
