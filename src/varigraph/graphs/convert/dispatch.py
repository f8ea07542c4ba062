"""A graph from an object of any of the libraries, told apart by its type."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.graphs.convert.arrays import from_edge_array
from varigraph.graphs.convert.attributes import checked_attributes
from varigraph.graphs.convert.frames import from_frame
from varigraph.graphs.convert.networkx_graphs import from_networkx
from varigraph.graphs.convert.pyg_data import from_pyg
from varigraph.graphs.convert.sparse_matrices import from_scipy
from varigraph.graphs.graph import Graph
from varigraph.tables import is_frame

__all__ = ["to_graph"]


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
        return replace(source, **checked_attributes(options))
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


def _is_of_package(candidate: Any, package: str) -> bool:
    return any(kind.__module__.partition(".")[0] == package for kind in type(candidate).__mro__)


def _unknown_message(source: Any) -> str:
    if isinstance(source, str | Path):
        return f"{str(source)!r} is a name or a path; load_graph reads those."
    kind = f"{type(source).__module__}.{type(source).__qualname__}".removeprefix("builtins.")
    return (
        f"No graph can be made of a {kind}. Give a numpy array of shape (n_edges, 2), a scipy sparse matrix, "
        "a networkx graph, a PyG Data object, or a pandas, polars or Arrow frame of edges."
    )
