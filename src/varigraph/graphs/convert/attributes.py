"""Features, labels and names of a graph as users give them: checked, and copied from what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse as sp

from varigraph.errors import GraphError
from varigraph.tensor_types import IntArray

__all__ = ["checked_attributes", "own_array"]


def checked_attributes(
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
        labels = own_array(taken["labels"])
        taken["labels"] = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if "feature_names" in taken:
        taken["feature_names"] = tuple(str(one) for one in taken["feature_names"])
    for key in {"features", "labels"} & set(taken):
        if order is not None and taken[key].shape[:1] == (n_nodes,):
            taken[key] = taken[key][order]
    return taken


def own_array(value: Any) -> NDArray[Any]:
    """An array of its own memory; tensors leave their graph and device first."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    return np.array(value)


def _feature_rows(features: Any) -> Any:
    """A copy of features as a dense or sparse float array; float64 and float32 stay what they are."""
    is_sparse: bool = sp.issparse(features)
    rows: Any = features.tocsr() if is_sparse else own_array(features)
    if rows.dtype.kind not in "biuf":
        raise GraphError(f"Node features must be numbers, got {rows.dtype}; encode the other columns first.")
    dtype = rows.dtype if rows.dtype.kind == "f" and rows.dtype.itemsize >= 4 else np.float32
    copied = rows.astype(dtype, copy=is_sparse)  # a dense one is a copy already
    if is_sparse:
        copied.sum_duplicates()
        return sp.csr_array(copied)
    return copied
