"""The embedding projector: latent vectors with the users' ids and labels, as files for its page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from varigraph.durable import atomic_file, write_text
from varigraph.reporting.plain_text import one_line
from varigraph.tensor_types import FloatArray, IntArray

__all__ = ["metadata_table", "spread", "write_projector"]

_LEAST_DIMENSIONS = 3
_TENSOR, _METADATA = "embedding.tsv", "metadata.tsv"


def spread(n_points: int, most: int) -> IntArray:
    """Positions of all points, or of as many as may be, evenly spaced, in order.

    Example:
        >>> spread(4, 9).tolist(), spread(9, 3).tolist()
        ([0, 1, 2, 3], [0, 4, 8])
    """
    return np.linspace(0, n_points - 1, min(n_points, most)).round().astype(np.int64)


def write_projector(
    folder: Path, embedding: FloatArray, *, ids: Sequence[Any], labels: Sequence[Any] | None
) -> None:
    """Writes one embedding for the projector's page; one that is there is replaced.

    Args:
        folder: Of the run's event files.
        embedding: shape (n_points, n_latent); fewer than three dimensions are filled up with zeros.
        ids: One a point.
        labels: One a point, None or NaN for "no label"; or None.
    """
    from tensorboard.plugins import projector

    # The page shows three dimensions; of fewer it shows nothing.
    n_lacking = max(0, _LEAST_DIMENSIONS - embedding.shape[1])
    with atomic_file(folder / _TENSOR) as temporary:
        np.savetxt(temporary, np.pad(embedding, ((0, 0), (0, n_lacking))), fmt="%.9g", delimiter="\t")
    write_text(folder / _METADATA, metadata_table(ids, labels))
    config = projector.ProjectorConfig()
    one = config.embeddings.add()
    one.tensor_name, one.tensor_path, one.metadata_path = "embedding", _TENSOR, _METADATA
    projector.visualize_embeddings(str(folder), config)


def metadata_table(ids: Sequence[Any], labels: Sequence[Any] | None = None) -> str:
    r"""Ids, and labels if there are any, a line a point; tabs and line ends in them stand as their escapes.

    The page takes a single column to have no header, and more than one to have one. A blank line it passes
    over, which would move all names after it by one, so a blank id is written as "(blank)".

    Example:
        >>> metadata_table(["a\tb", ""])
        'a\\tb\n(blank)\n'
        >>> metadata_table([1, 2], ["x", None])
        'id\tlabel\n1\tx\n2\t\n'
    """
    names = [one_line(str(one)) if str(one).strip() else "(blank)" for one in ids]
    if labels is None:
        return "".join(f"{name}\n" for name in names)
    rows = [f"{name}\t{_label(label)}\n" for name, label in zip(names, labels, strict=True)]
    return "".join(["id\tlabel\n", *rows])


def _label(label: Any) -> str:
    is_missing = label is None or label != label  # noqa: PLR0124 - NaN alone differs from itself
    return "" if is_missing else one_line(str(label))
