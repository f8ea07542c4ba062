"""An embedding as the columns of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["embedding_columns"]


def embedding_columns(ids: NDArray[Any], embedding: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The user's ids as `id`, then a column a dimension: `z0`, `z1`, ….

    Args:
        ids: Of the nodes or rows, shape (n,).
        embedding: Their vectors, shape (n, latent_dim).

    Returns:
        The columns, each of shape (n,) and contiguous.
    """
    vectors = {f"z{k}": np.ascontiguousarray(column) for k, column in enumerate(embedding.T)}
    return {"id": ids} | vectors
