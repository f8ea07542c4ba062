"""What lies in a graph store, and which graphs have a place there.

```
graph.json            schema, name, counts, fingerprint, what was dropped, what the other files hold
indptr.npy            int64, shape (n_nodes + 1,): row i lists the neighbours j > i, so each edge stands once
indices.npy           int32, shape (n_edges,), ascending within a row
weight.npy            float64, shape (n_edges,); absent when every weight is 1
features.npy          dense features; or as compressed rows:
features.indptr.npy   features.indices.npy   features.values.npy
labels.npy            or labels.json when they are Python objects
ids.npy               int64; or ids.json when some are strings; absent when ids are 0 … n_nodes − 1
feature_names.json    a list of strings
```
"""

from __future__ import annotations

from typing import Any

__all__ = ["MAX_NODES", "SCHEMA_VERSION", "is_storable_id"]

SCHEMA_VERSION = 1
"""Written into `graph.json`; a store of another version is refused."""

MAX_NODES = 2**31 - 1
"""Positions are stored as int32."""


def is_storable_id(one: Any) -> bool:
    """Whether an id has a form on disk: strings and integers do, and True and False are neither."""
    return isinstance(one, str | int) and not isinstance(one, bool)
