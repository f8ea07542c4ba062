"""A graph from a PyG `Data` object; PyG itself need not be there."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from varigraph.errors import GraphError
from varigraph.graphs.convert.attributes import checked_attributes, own_array
from varigraph.graphs.convert.edge_rows import graph_from_pairs
from varigraph.graphs.graph import Graph
from varigraph.tensor_types import FloatArray

__all__ = ["from_pyg"]


def from_pyg(data: Any, *, ids: Iterable[Any] | None = None, **attributes: Any) -> Graph:
    """A graph from a PyG `Data`: `x` are its features, `y` its labels, `edge_weight` its weights.

    A one-dimensional `edge_attr` serves as weight when there is no `edge_weight`; one with several columns
    is left aside.

    Args:
        data: A `torch_geometric.data.Data` with `edge_index`.
        ids: Names of the nodes, in PyG's order; by default their positions.
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
            attributes[option] = own_array(value)
    pairs = own_array(data.edge_index).T
    with warnings.catch_warnings():
        # PyG warns when it has to infer the count; from_edges infers it in the same way.
        warnings.simplefilter("ignore")
        n_nodes = data.num_nodes
    weights = _pyg_weights(data)
    return graph_from_pairs(pairs, weights, n_nodes=n_nodes, ids=ids, **checked_attributes(attributes))


def _pyg_weights(data: Any) -> FloatArray | None:
    for field in ("edge_weight", "edge_attr"):
        value = getattr(data, field, None)
        if value is not None and (value.dim() == 1 or (value.dim() == 2 and value.shape[1] == 1)):
            return own_array(value).reshape(-1).astype(np.float64)
    return None
