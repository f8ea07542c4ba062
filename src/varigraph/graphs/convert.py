"""Graphs from what other libraries hold: arrays, sparse matrices, networkx, PyG and data frames.

Every way in ends in `Graph.from_edges`, so self-loops and repeated edges are dropped and counted alike.
Nothing that is passed in is changed, and nothing of it is shared with the graph.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.graph import Graph, as_id_array
from varigraph.tables import EdgeNames, is_frame, take_edge_columns
from varigraph.tensor_types import FloatArray, IndexPairs, IntArray

__all__ = [
    "from_edge_array",
    "from_frame",
    "from_networkx",
    "from_pyg",
    "from_scipy",
    "graph_from_links",
    "to_graph",
]


def to_graph(source: Any, **options: Any) -> Graph:
    """A graph from an object of another library, told apart by its type.

    | object | nodes stand in the order of |
    |---|---|
    | numpy array of shape (n_rows, 2) | positions, or of ids if it holds strings (`from_edge_array`) |
    | scipy sparse matrix | its rows (`from_scipy`) |
    | networkx graph | ids; as they stand if not all integers or all strings (`from_networkx`) |
    | PyG `Data` | its rows (`from_pyg`) |
    | pandas, polars or Arrow frame of edges | ids (`from_frame`) |

    Args:
        source: The object; a `Graph` is given back, with the options put in.
        **options: `features`, `labels`, `feature_names` and `name` for all; what else there is depends on
            the object and is described at the function named above.

    Raises:
        GraphError: The object is of another kind, or does not make a graph.

    Example:
        >>> to_graph(sp.coo_array(([1.0, 1.0], ([0, 1], [1, 2])), shape=(4, 4)), name="path")
        Graph(path: 4 nodes, 2 edges)
    """
    if isinstance(source, Graph):
        return replace(source, **_attributes(options))
    if sp.issparse(source):
        return from_scipy(source, **options)
    if isinstance(source, np.ndarray):
        return from_edge_array(source, **options)
    if _is_of_package(source, "networkx"):
        return from_networkx(source, **options)
    if _is_of_package(source, "torch_geometric"):
        return from_pyg(source, **options)
    if is_frame(source):
        return from_frame(source, **options)
    raise GraphError(_unknown_message(source))


def from_edge_array(
    array: NDArray[Any],
    *,
    n_nodes: int | None = None,
    ids: Iterable[Any] | None = None,
    weights: ArrayLike | None = None,
    **attributes: Any,
) -> Graph:
    """A graph from rows of pairs.

    Args:
        array: shape (n_rows, 2). Integers are positions 0 … n_nodes − 1, as in PyG; strings are ids, and
            nodes then stand in their order.
        n_nodes: The number of nodes; by default as many as ids, features, labels or positions need.
        ids: Names of the positions.
        weights: Positive, shape (n_rows,).
        **attributes: `features`, `labels`, `feature_names`, `name`.

    Raises:
        GraphError: The shape is another, a position is out of range, or a weight is not positive.
    """
    if array.ndim != 2 or array.shape[1] != 2:
        raise GraphError(_array_shape_message(array))
    checked = None if weights is None else np.asarray(weights, dtype=np.float64)
    if array.dtype.kind in "OU" and array.size:
        if n_nodes is not None or ids is not None:
            raise GraphError("An array of ids names its nodes itself; leave n_nodes and ids out.")
        return graph_from_links(array[:, 0], array[:, 1], checked, **attributes)
    attributes = _attributes(attributes)
    if n_nodes is None and ids is None:
        n_nodes = _n_rows(attributes)
    return _cleaned(array, checked, n_nodes=n_nodes, ids=ids, **attributes)


def from_scipy(matrix: Any, *, ids: Iterable[Any] | None = None, **attributes: Any) -> Graph:
    """A graph from an adjacency matrix, symmetric or not: an entry either way is an edge.

    Values are weights; a matrix of ones makes an unweighted graph. If the entries (i, j) and (j, i)
    differ, the one in the upper row stays.

    Args:
        matrix: A scipy sparse matrix or array, shape (n_nodes, n_nodes). Stored zeros are no edges, and
            repeated entries of the COO format add up, as everywhere in scipy.
        ids: Names of the rows.
        **attributes: `features`, `labels`, `feature_names`, `name`.

    Raises:
        GraphError: The matrix is not square, or a value is negative, complex or not finite.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise GraphError(f"An adjacency matrix is square; this one has shape {matrix.shape}.")
    if matrix.dtype.kind not in "biuf":
        raise GraphError(f"An adjacency matrix holds real numbers; this one holds {matrix.dtype}.")
    rows = sp.csr_array(matrix).astype(np.float64)  # a copy: what follows works in place
    rows.sum_duplicates()
    rows.eliminate_zeros()
    entries = rows.tocoo()
    bad = np.flatnonzero(~(np.isfinite(entries.data) & (entries.data > 0)))
    if bad.size:
        i, j = (int(axis[bad[0]]) for axis in entries.coords)
        raise GraphError(
            f"The entry ({i}, {j}) of the adjacency matrix is {entries.data[bad[0]]:g}; weights are positive "
            f"and finite ({bad.size} entries are not)."
        )
    pairs = np.stack(entries.coords, axis=1).astype(np.int64)
    return _cleaned(pairs, entries.data, n_nodes=matrix.shape[0], ids=ids, **_attributes(attributes))


def from_networkx(graph: Any, *, weight: str = "weight", **attributes: Any) -> Graph:
    """A graph from networkx: directions are dropped, and parallel edges are one edge.

    Nodes stand in ascending order when their ids are all integers or all strings, so that every format
    gives the same graph; otherwise in the order of `graph.nodes`.

    Args:
        graph: A networkx Graph, DiGraph, MultiGraph or MultiDiGraph.
        weight: The edge attribute to take as weight; an edge without it weighs 1.
        **attributes: `features` and `labels`, one row a node in the order of `graph.nodes` (they are put
            in the graph's order), `feature_names`, `name`.

    Raises:
        GraphError: A weight is no positive number.
    """
    names = as_id_array(graph.nodes)
    order = _order_of(names)
    ids = names[order]
    position = {one: at for at, one in enumerate(ids.tolist())}
    links = list(graph.edges(data=weight))
    pairs = np.array([(position[a], position[b]) for a, b, _ in links], dtype=np.int64).reshape(-1, 2)
    taken = _attributes(attributes, order=order, n_nodes=len(ids))
    taken.setdefault("name", graph.name or "graph")
    return _cleaned(pairs, _link_weights(links, weight), ids=ids, **taken)


def from_pyg(data: Any, **attributes: Any) -> Graph:
    """A graph from a PyG `Data`: `x` are its features, `y` its labels, `edge_weight` its weights.

    A one-dimensional `edge_attr` serves as weight when there is no `edge_weight`; one with several columns
    is left aside.

    Args:
        data: A `torch_geometric.data.Data` with `edge_index`.
        **attributes: `features` and `labels` instead of x and y, `feature_names`, `name`.

    Raises:
        GraphError: It is of several node types, holds no `edge_index`, or a weight is not positive.
    """
    if hasattr(data, "edge_types") or getattr(data, "edge_index", None) is None:
        raise GraphError(
            f"This {type(data).__name__} has no single edge_index. Give a torch_geometric Data object with "
            "one (for a heterogeneous graph: data.to_homogeneous())."
        )
    for option, field in (("features", "x"), ("labels", "y")):
        value = getattr(data, field, None)
        if option not in attributes and value is not None:
            attributes[option] = _numpy(value)
    pairs = _numpy(data.edge_index).T
    with warnings.catch_warnings():
        # PyG warns when it has to infer the count; from_edges infers it in the same way.
        warnings.simplefilter("ignore")
        n_nodes = data.num_nodes
    return _cleaned(pairs, _pyg_weights(data), n_nodes=n_nodes, **_attributes(attributes))


def from_frame(
    frame: Any,
    *,
    source_column: str | None = None,
    target_column: str | None = None,
    weight_column: str | None = None,
    **attributes: Any,
) -> Graph:
    """A graph from a pandas, polars or Arrow frame with one edge a row.

    Nodes stand in the order of their ids, ascending, and columns are found as in
    `varigraph.graphs.files.read_edge_table`. Ids keep the frame's type; if one column holds integers and
    the other strings, all are strings.

    Args:
        frame: The frame; it is only read.
        source_column: The column of one end.
        target_column: The column of the other end.
        weight_column: The column of the weights.
        **attributes: `features` and `labels`, one row a node in ascending order of the ids,
            `feature_names`, `name`.

    Raises:
        GraphError: A column is missing, an id is blank, or a weight is not positive and finite.
    """
    columns = take_edge_columns(frame, EdgeNames(source_column, target_column, weight_column))
    return graph_from_links(columns.source, columns.target, columns.weights, **attributes)


def graph_from_links(
    source: NDArray[Any], target: NDArray[Any], weights: FloatArray | None = None, **attributes: Any
) -> Graph:
    """A graph from the ids at both ends of each row; nodes stand in ascending order of the ids.

    Args:
        source: Ids, shape (n_rows,): all integers or all strings.
        target: Ids of the same kind, shape (n_rows,).
        weights: Positive, shape (n_rows,).
        **attributes: `features` and `labels`, one row a node in ascending order of the ids,
            `feature_names`, `name`.

    Raises:
        GraphError: The ids are of several kinds, or a weight is not positive.

    Example:
        >>> graph_from_links(np.array(["b", "c"]), np.array(["a", "b"])).ids.tolist()
        ['a', 'b', 'c']
    """
    is_alike = source.dtype == target.dtype  # numpy would turn integers beside strings into strings
    joined = np.concatenate([source, target]) if is_alike else [*source.tolist(), *target.tolist()]
    ids, positions = _factorised(as_id_array(joined))
    pairs = positions.reshape(2, -1).T
    return _cleaned(pairs, weights, ids=ids, **_attributes(attributes))


def _cleaned(pairs: IndexPairs, weights: FloatArray | None, **attributes: Any) -> Graph:
    """`Graph.from_edges`, with weights that are 1 throughout told as none."""
    graph = Graph.from_edges(pairs, weights=weights, **attributes)
    if graph.weights is not None and (graph.weights == 1).all():
        return replace(graph, weights=None)
    return graph


def _factorised(links: NDArray[Any]) -> tuple[NDArray[Any], IntArray]:
    """The different ids in ascending order, and the position of each entry among them."""
    if links.dtype == np.int64:
        ids, positions = np.unique(links, return_inverse=True)
        return ids, positions.astype(np.int64)
    listed = links.tolist()
    try:
        ordered = sorted(set(listed))
    except TypeError as error:
        kinds = ", ".join(sorted({type(one).__name__ for one in listed}))
        raise GraphError(f"Ids must be all integers or all strings; there are {kinds}.") from error
    position = {one: at for at, one in enumerate(ordered)}
    positions = np.fromiter(map(position.__getitem__, listed), dtype=np.int64, count=len(listed))
    return as_id_array(ordered), positions


def _order_of(names: NDArray[Any]) -> IntArray:
    """Positions in ascending order of the names when they can be sorted, otherwise as they are."""
    if names.dtype == np.int64:
        return np.argsort(names, kind="stable")
    listed = names.tolist()
    if all(isinstance(one, str) for one in listed):
        return np.array(sorted(range(len(listed)), key=listed.__getitem__), dtype=np.int64)
    return np.arange(len(listed))


def _link_weights(links: Sequence[tuple[Any, Any, Any]], attribute: str) -> FloatArray | None:
    if all(value is None for _, _, value in links):
        return None
    weights = np.ones(len(links))
    for row, (a, b, value) in enumerate(links):
        try:
            weights[row] = 1.0 if value is None else float(value)
        except (TypeError, ValueError):
            weights[row] = np.nan
        if not (np.isfinite(weights[row]) and weights[row] > 0):
            raise GraphError(
                f"The {attribute!r} of the edge ({a!r}, {b!r}) is {value!r}; weights are positive and finite."
            )
    return weights


def _pyg_weights(data: Any) -> FloatArray | None:
    for field in ("edge_weight", "edge_attr"):
        value = getattr(data, field, None)
        if value is not None and (value.dim() == 1 or (value.dim() == 2 and value.shape[1] == 1)):
            return _numpy(value).reshape(-1).astype(np.float64)
    return None


def _attributes(
    given: dict[str, Any], *, order: IntArray | None = None, n_nodes: int | None = None
) -> dict[str, Any]:
    """Checked and copied attributes of a graph, their rows put in another order if one is given."""
    taken: dict[str, Any] = {}
    for key, value in given.items():
        if key not in ("features", "labels", "feature_names", "name"):
            raise TypeError(
                f"There is no option {key!r} here; for every source there are features, labels, "
                "feature_names and name."
            )
        if value is not None:
            taken[key] = value
    if "features" in taken:
        taken["features"] = _feature_rows(taken["features"])
    if "labels" in taken:
        labels = _numpy(taken["labels"])
        taken["labels"] = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if "feature_names" in taken:
        taken["feature_names"] = tuple(str(one) for one in taken["feature_names"])
    for key in {"features", "labels"} & set(taken):
        if order is not None and taken[key].shape[:1] == (n_nodes,):
            taken[key] = taken[key][order]
    return taken


def _feature_rows(features: Any) -> Any:
    """A copy of features as a dense or sparse float array; float64 and float32 stay what they are."""
    is_sparse: bool = sp.issparse(features)
    rows: Any = features.tocsr() if is_sparse else _numpy(features)
    if rows.dtype.kind not in "biuf":
        raise GraphError(f"Node features must be numbers, got {rows.dtype}; encode the other columns first.")
    dtype = rows.dtype if rows.dtype.kind == "f" and rows.dtype.itemsize >= 4 else np.float32
    copied = rows.astype(dtype, copy=is_sparse)  # a dense one is a copy already
    if is_sparse:
        copied.sum_duplicates()
        return sp.csr_array(copied)
    return copied


def _n_rows(attributes: dict[str, Any]) -> int | None:
    sized = [attributes[key] for key in ("features", "labels") if key in attributes]
    return int(sized[0].shape[0]) if sized else None


def _numpy(value: Any) -> NDArray[Any]:
    """An array of its own memory; tensors leave their graph and device first."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    return np.array(value)


def _is_of_package(candidate: Any, package: str) -> bool:
    return any(kind.__module__.partition(".")[0] == package for kind in type(candidate).__mro__)


def _array_shape_message(array: NDArray[Any]) -> str:
    advice = "give one row an edge"
    if array.ndim == 2 and array.shape[0] == 2:
        advice = "transpose an edge_index of shape (2, n_edges)"
    elif array.ndim == 2 and array.shape[0] == array.shape[1]:
        advice = "wrap an adjacency matrix in scipy.sparse.csr_array"
    elif array.ndim == 2 and array.shape[1] == 3:
        advice = "pass the third column as weights="
    return f"An edge array has shape (n_rows, 2), got {array.shape}; {advice}."


def _unknown_message(source: Any) -> str:
    if isinstance(source, str | Path):
        return f"{str(source)!r} is a name or a path; load_graph reads those."
    kind = f"{type(source).__module__}.{type(source).__qualname__}".removeprefix("builtins.")
    return (
        f"No graph can be made of a {kind}. Give a numpy array of shape (n_edges, 2), a scipy sparse matrix, "
        "a networkx graph, a PyG Data object, or a pandas, polars or Arrow frame of edges."
    )
