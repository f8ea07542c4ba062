"""`Graph`: a frozen undirected simple graph with the user's ids; its invariants are checked once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.tables import FrameKind
from varigraph.tensor_types import FloatArray, IndexPairs, IntArray

__all__ = ["DroppedRows", "Graph", "as_id_array"]

# Integer ids taken for positions would make a node of every number below the largest.
_FEW_NODES = 1_000_000
_MOST_NODES_A_ROW = 100


@dataclass(frozen=True)
class DroppedRows:
    """What was left out when rows became the edges of a simple graph.

    Attributes:
        self_loops: Rows that join a node to itself.
        duplicates: Rows that repeat an earlier row in the same direction.
        reversed: Rows that repeat an earlier row the other way round; an input that lists both
            directions of every edge (PyG, a symmetric matrix) has one for each edge.
    """

    self_loops: int = 0
    duplicates: int = 0
    reversed: int = 0


@dataclass(frozen=True, eq=False, repr=False)
class Graph:
    """An undirected graph without self-loops or repeated edges.

    Make one with `Graph.from_edges`, which sorts and cleans, or with `varigraph.load_graph`.

    Attributes:
        edges: Node positions of each edge once, shape (n_edges, 2), int64, column 0 < column 1, rows in
            ascending order.
        ids: The user's name of each node, shape (n_nodes,): int64, or object (strings, other hashables).
        weights: Positive weight of each edge, shape (n_edges,), float64, or None for 1 throughout.
        features: shape (n_nodes, n_features), a dense float array or a `scipy.sparse.csr_array`, or None.
        labels: shape (n_nodes,), or None; used for colours and probes, never for training.
        feature_names: Length n_features, or None.
        name: What the graph is called in tables.
        dropped: What `from_edges` left out.
        frame_kind: The library whose frames the user brought, so that frames given back are of that kind.
    """

    edges: IndexPairs
    ids: NDArray[Any]
    weights: FloatArray | None = None
    features: FloatArray | sp.csr_array | None = None
    labels: NDArray[Any] | None = None
    feature_names: tuple[str, ...] | None = None
    name: str = "graph"
    dropped: DroppedRows = field(default_factory=DroppedRows)
    frame_kind: FrameKind = "pandas"

    def __post_init__(self) -> None:
        _check_edges(self.edges, self.n_nodes)
        _check_lengths(self)

    @classmethod
    def from_edges(
        cls,
        pairs: IndexPairs | Sequence[Sequence[int]],
        *,
        n_nodes: int | None = None,
        ids: Iterable[Any] | None = None,
        weights: FloatArray | Sequence[float] | None = None,
        **attributes: Any,
    ) -> Graph:
        """Cleans rows into a graph: self-loops go, and of rows that repeat an edge the first stays.

        Args:
            pairs: Node positions, shape (n_rows, 2), in any order and direction.
            n_nodes: The number of nodes; by default `len(ids)`, or the largest position plus one.
            ids: The user's names, one a node; by default the positions.
            weights: Positive and finite, shape (n_rows,).
            **attributes: `features`, `labels`, `feature_names`, `name` as on `Graph`.

        Raises:
            GraphError: A position is out of range, ids repeat, or a weight is not positive and finite; or
                positions are so far apart that they must be ids.

        Example:
            >>> graph = Graph.from_edges([(0, 1), (1, 0), (2, 2), (1, 2)])
            >>> graph.edges.tolist(), graph.dropped.self_loops, graph.dropped.reversed
            ([[0, 1], [1, 2]], 1, 1)
        """
        rows = _position_pairs(pairs)
        names = None if ids is None else as_id_array(ids)
        if n_nodes is None:
            n_nodes = len(names) if names is not None else _inferred_n_nodes(rows)
        _check_range(rows, n_nodes)
        edges, kept, dropped = _simple_edges(rows, n_nodes)
        if weights is not None:
            weights = _checked_weights(np.asarray(weights, dtype=np.float64), len(rows))[kept]
        return cls(
            edges=edges,
            ids=np.arange(n_nodes) if names is None else names,
            weights=weights,
            dropped=dropped,
            **attributes,
        )

    @property
    def n_nodes(self) -> int:
        """The number of nodes, isolated ones included."""
        return len(self.ids)

    @property
    def n_edges(self) -> int:
        """The number of undirected edges."""
        return len(self.edges)

    @property
    def n_features(self) -> int:
        """The number of feature columns; 0 without features."""
        return 0 if self.features is None else int(self.features.shape[1])

    @property
    def n_pairs(self) -> int:
        """The number of unordered pairs of different nodes, N(N − 1)/2."""
        return self.n_nodes * (self.n_nodes - 1) // 2

    @property
    def density(self) -> float:
        """Edges over unordered pairs, in [0, 1]."""
        return self.n_edges / self.n_pairs if self.n_pairs else 0.0

    @cached_property
    def degrees(self) -> IntArray:
        """The number of neighbours of each node, shape (n_nodes,)."""
        return np.bincount(self.edges.ravel(), minlength=self.n_nodes)

    @cached_property
    def adjacency(self) -> sp.csr_array:
        """The symmetric weighted adjacency matrix, shape (n_nodes, n_nodes), float64, zero diagonal."""
        values = np.ones(self.n_edges) if self.weights is None else self.weights
        rows, columns = self.edges.T
        matrix = sp.coo_array((values, (rows, columns)), shape=(self.n_nodes, self.n_nodes)).tocsr()
        return sp.csr_array(matrix + matrix.T)

    @cached_property
    def edge_keys(self) -> IntArray:
        """One ascending integer an edge, i · n_nodes + j with i < j, shape (n_edges,)."""
        return self.edges[:, 0] * self.n_nodes + self.edges[:, 1]

    def has_edges(self, pairs: IndexPairs) -> NDArray[np.bool_]:
        """Whether each pair is an edge, in either order.

        Args:
            pairs: shape (n_pairs, 2).

        Returns:
            shape (n_pairs,), boolean.
        """
        pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        low, high = pairs.min(axis=1), pairs.max(axis=1)
        if not self.n_edges:
            return np.zeros(len(low), dtype=bool)
        keys = low * self.n_nodes + high
        at = np.searchsorted(self.edge_keys, keys).clip(max=self.n_edges - 1)
        # A position past the last node would otherwise share its key with a pair of the next row.
        return np.asarray((self.edge_keys[at] == keys) & (high < self.n_nodes))

    def with_edges(self, edges: IndexPairs, weights: FloatArray | None = None) -> Graph:
        """The same nodes with other edges: what message graphs are made of. `edges` may be in any order."""
        bare = Graph.from_edges(edges, n_nodes=self.n_nodes, weights=weights)
        return replace(self, edges=bare.edges, weights=bare.weights, dropped=bare.dropped)

    def index_of(self, ids: Iterable[Any]) -> IntArray:
        """Positions of the user's ids, shape (len(ids),).

        Raises:
            GraphError: An id is not a node of the graph; the message names the first.
        """
        wanted = as_id_array(ids)
        positions = np.fromiter(
            (self._position.get(one, -1) for one in wanted.tolist()), np.int64, len(wanted)
        )
        if len(positions) and positions.min() < 0:
            missing = wanted.tolist()[int(np.argmin(positions))]
            raise GraphError(f"{missing!r} is not a node of {self.name} ({self.n_nodes} nodes).")
        return positions

    @cached_property
    def _position(self) -> dict[Any, int]:
        return {one: position for position, one in enumerate(self.ids.tolist())}

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 over ids, edges, weights and features: equal for equal graphs, whatever their source."""
        digest = hashlib.sha256()
        digest.update(ascii(self.ids.tolist()).encode())
        digest.update(np.ascontiguousarray(self.edges).tobytes())
        if self.weights is not None:
            digest.update(np.ascontiguousarray(self.weights, dtype=np.float64).tobytes())
        if self.features is not None:
            rows = sp.csr_array(self.features).astype(np.float64)  # a copy: what follows works in place
            rows.sum_duplicates()
            rows.eliminate_zeros()
            digest.update(repr(rows.shape).encode())
            for array, dtype in ((rows.indptr, np.int64), (rows.indices, np.int64), (rows.data, np.float64)):
                digest.update(array.astype(dtype).tobytes())
        return digest.hexdigest()

    def __repr__(self) -> str:
        parts = [f"{self.n_nodes:,} nodes", f"{self.n_edges:,} edges"]
        if self.features is not None:
            parts.append(f"{self.n_features:,} features")
        if self.weights is not None:
            parts.append("weighted")
        return f"Graph({self.name}: {', '.join(parts)})"


def as_id_array(ids: Iterable[Any]) -> NDArray[Any]:
    """User's ids as an array of shape (n,): int64 when all are integers, object otherwise."""
    if isinstance(ids, np.ndarray):
        if ids.ndim != 1:
            raise GraphError(f"An array of ids must have one axis, got shape {ids.shape}.")
        if ids.dtype.kind == "i":
            return ids.astype(np.int64)
        ids = ids.tolist()
    listed = [one.item() if isinstance(one, np.generic) else one for one in ids]
    if all(isinstance(one, int) and not isinstance(one, bool) for one in listed):
        try:
            return np.array(listed, dtype=np.int64)
        except OverflowError as error:
            raise GraphError("An integer id is beyond 64 bits; give the ids as strings.") from error
    return np.fromiter(listed, dtype=object, count=len(listed))


def _position_pairs(pairs: Any) -> IndexPairs:
    rows = np.asarray(pairs)
    if rows.size == 0:
        return np.empty((0, 2), dtype=np.int64)
    if rows.ndim != 2 or rows.shape[1] != 2 or rows.dtype.kind not in "iu":
        raise GraphError(
            f"Edge rows must be whole numbers of shape (n_rows, 2), got {rows.dtype} of shape {rows.shape}."
        )
    return rows.astype(np.int64, copy=False)


def _inferred_n_nodes(rows: IndexPairs) -> int:
    n_nodes = int(rows.max(initial=-1)) + 1
    if n_nodes > max(_FEW_NODES, _MOST_NODES_A_ROW * len(rows)):
        raise GraphError(
            f"{len(rows):,} edge rows name positions up to {n_nodes - 1:,}, so these look like ids. For ids, "
            "give a frame with columns source and target; for positions, say n_nodes."
        )
    return n_nodes


def _simple_edges(rows: IndexPairs, n_nodes: int) -> tuple[IndexPairs, IntArray, DroppedRows]:
    """Sorted simple edges, the row that each came from, and what was dropped."""
    loop = rows[:, 0] == rows[:, 1]
    at = np.flatnonzero(~loop)
    low, high = rows[at].min(axis=1), rows[at].max(axis=1)
    keys, first = np.unique(low * n_nodes + high, return_index=True)
    directed = _n_distinct(rows[at, 0] * n_nodes + rows[at, 1])
    dropped = DroppedRows(
        self_loops=int(loop.sum()), duplicates=len(at) - directed, reversed=directed - len(keys)
    )
    edges = np.stack(np.divmod(keys, max(n_nodes, 1)), axis=1)
    return edges, at[first], dropped


def _n_distinct(keys: IntArray) -> int:
    # np.unique hashes when it need not say where; sorting is many times faster for millions of keys.
    return int(np.count_nonzero(np.diff(np.sort(keys)))) + bool(len(keys))


def _check_range(rows: IndexPairs, n_nodes: int) -> None:
    if rows.size and (rows.min() < 0 or rows.max() >= n_nodes):
        row = int(np.flatnonzero(((rows < 0) | (rows >= n_nodes)).any(axis=1))[0])
        raise GraphError(
            f"Edge row {row} is {rows[row].tolist()}, but positions run from 0 to {n_nodes - 1}."
        )


def _checked_weights(weights: FloatArray, n_rows: int) -> FloatArray:
    if weights.shape != (n_rows,):
        raise GraphError(
            f"There are {n_rows} edge rows but weights of shape {weights.shape}; give one a row."
        )
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
    if bad.size:
        raise GraphError(
            f"The weight of edge row {bad[0]} is {weights[bad[0]]}; weights must be positive and finite "
            f"({bad.size} of {n_rows} are not)."
        )
    with np.errstate(over="ignore"):
        is_summable = bool(np.isfinite(4 * weights.sum()))  # both directions, and self-loops
    if not is_summable:
        raise GraphError("The weights are so large that their sum is infinite; divide all by one number.")
    return weights


def _check_edges(edges: IndexPairs, n_nodes: int) -> None:
    if edges.ndim != 2 or edges.shape[1] != 2 or edges.dtype != np.int64:
        raise GraphError(f"edges must be int64 of shape (n_edges, 2), got {edges.dtype} of {edges.shape}.")
    _check_range(edges, n_nodes)
    keys = edges[:, 0] * n_nodes + edges[:, 1]
    if (edges[:, 0] >= edges[:, 1]).any() or (np.diff(keys) <= 0).any():
        raise GraphError("edges must be sorted, each once, the smaller position first; use Graph.from_edges.")


def _check_lengths(graph: Graph) -> None:
    n_nodes = graph.n_nodes
    listed = graph.ids.tolist()
    if len(set(listed)) != n_nodes:
        repeated, count = Counter(listed).most_common(1)[0]
        raise GraphError(f"Node ids must differ; {repeated!r} stands {count} times.")
    if graph.weights is not None:
        _checked_weights(graph.weights, graph.n_edges)
    for what, n_axes in (("features", 2), ("labels", 1)):
        array: Any = getattr(graph, what)
        if array is not None and not _is_array(array):
            raise GraphError(
                f"{what} must be a numpy array or a scipy sparse matrix, got a {type(array).__name__}; "
                f"to_graph(graph, {what}=…) converts lists, tensors and frames."
            )
        if array is not None and array.ndim != n_axes:
            raise GraphError(
                f"{what} must have {n_axes} axes, the first over nodes; got shape {array.shape}."
            )
        if array is not None and array.shape[0] != n_nodes:
            raise GraphError(f"There are {n_nodes} nodes but {array.shape[0]} rows of {what}.")
    if graph.features is not None:
        _check_features(graph.features, graph.feature_names)


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) or bool(sp.issparse(value))


def _check_features(features: FloatArray | sp.csr_array, names: tuple[str, ...] | None) -> None:
    values = features.data if sp.issparse(features) else features
    if values.dtype.kind not in "fiub":
        raise GraphError(f"Node features must be numbers, got {values.dtype}.")
    if values.dtype == np.float16:
        raise GraphError("Node features of float16 have no sparse matrix; give them as float32.")
    if not np.isfinite(values).all():
        raise GraphError("Node features must be finite; there is a NaN or an infinity among them.")
    if names is not None and len(names) != features.shape[1]:
        raise GraphError(f"There are {features.shape[1]} feature columns but {len(names)} feature names.")
