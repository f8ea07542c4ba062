"""`to_split`: what PyG's `RandomLinkSplit` makes, as a split of this library."""

from __future__ import annotations

from typing import Any

import numpy as np

from varigraph.errors import SplitError
from varigraph.graphs.convert import to_graph
from varigraph.graphs.splits.edge_split import EdgeSplit, PartName
from varigraph.tensor_types import IndexPairs

__all__ = ["to_split"]


def to_split(train_data: Any, val_data: Any, test_data: Any) -> EdgeSplit:
    """The three `Data` of `RandomLinkSplit` as an `EdgeSplit` with the same pairs and message edges.

    The test encoder sees what it sees in PyG: train and validation edges. Nothing is put right: an
    undirected graph that was split without `is_undirected=True` has the two directions of an edge in
    different parts, which `verify` reports.

    Args:
        train_data: The first of the three, with `split_labels=True` or without.
        val_data: The second.
        test_data: The third; features and labels of the nodes are taken from it.

    Raises:
        SplitError: One of them is no `Data`, or has no supervision pairs.
    """
    parts: dict[PartName, Any] = {"train": train_data, "val": val_data, "test": test_data}
    for name, data in parts.items():
        if getattr(data, "edge_index", None) is None:
            raise SplitError(
                f"The {name} data is a {type(data).__name__} without an edge_index; give the three Data that "
                "RandomLinkSplit returns."
            )
    pairs = {name: _labelled_pairs(name, data) for name, data in parts.items()}
    return EdgeSplit.from_pairs(
        to_graph(test_data),
        train=pairs["train"][0],
        val=pairs["val"][0],
        test=pairs["test"][0],
        val_negatives=pairs["val"][1],
        test_negatives=pairs["test"][1],
        message_edges={name: _pairs(data.edge_index) for name, data in parts.items()},
    )


def _labelled_pairs(name: str, data: Any) -> tuple[IndexPairs, IndexPairs]:
    """Positive and negative supervision pairs, each of shape (n_pairs, 2)."""
    if "pos_edge_label_index" in data:
        negatives = data.neg_edge_label_index if "neg_edge_label_index" in data else data.edge_index[:, :0]
        return _pairs(data.pos_edge_label_index), _pairs(negatives)
    if "edge_label_index" not in data:
        raise SplitError(
            f"The {name} data has neither pos_edge_label_index nor edge_label_index; give the three Data "
            "that RandomLinkSplit returns."
        )
    pairs, is_edge = _pairs(data.edge_label_index), data.edge_label.cpu().numpy() > 0
    return pairs[is_edge], pairs[~is_edge]


def _pairs(edge_index: Any) -> IndexPairs:
    return np.ascontiguousarray(edge_index.cpu().numpy().T, dtype=np.int64)
