"""What TensorBoard shows of a fitted model of rows: its embedding, and images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from varigraph.reporting.pixels import (
    checked_images,
    display_range,
    image_shape_of,
    known_image_shape,
    mosaic,
    to_bytes,
)
from varigraph.reporting.tensorboard.projector import spread, write_projector
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

    from varigraph.models.rows.row_part import RowPart

__all__ = ["add_images", "are_images", "project_rows"]

_N_RECONSTRUCTIONS, _N_SAMPLES = 16, 64
_LEAST_SIDE = 48  # dots of an image; smaller ones are enlarged


def project_rows(
    model: Any,
    folder: Path,
    train: RowPart,
    *,
    ids: Sequence[Any] | None,
    labels: Sequence[Any] | None,
    max_points: int,
) -> None:
    """Writes the posterior means of the rows that `fit` was given, held-out ones included.

    Args:
        model: Fitted.
        folder: Of the run's event files.
        train: A part of those rows.
        ids: One a row; by default their positions.
        labels: One a row, or None.
        max_points: Of more rows so many are written, evenly spaced.
    """
    at = spread(len(train.values), max_points)
    names = range(len(train.values)) if ids is None else ids
    write_projector(
        folder,
        np.asarray(model.transform(_as_trained(model, train.values[at]))),
        ids=[names[one] for one in at.tolist()],
        labels=None if labels is None else [labels[one] for one in at.tolist()],
    )


def are_images(model: Any) -> bool:
    """Whether the model knows its rows to be images that can be shown: grey, or red, green and blue."""
    shape = known_image_shape(model)
    return shape is not None and (len(shape) == 2 or shape[2] in (1, 3))


def add_images(writer: SummaryWriter, model: Any, rows: RowPart, *, step: int) -> None:
    """Adds reconstructions and, of a model that draws them, samples; of rows that are images.

    Args:
        writer: Of the run.
        model: Fitted.
        rows: Whose reconstructions are shown, the rows above them.
        step: The epoch whose weights were kept.
    """
    shape = image_shape_of(model.n_features_in_, model)
    originals = rows[spread(len(rows), _N_RECONSTRUCTIONS)]
    pairs = np.concatenate([originals, np.asarray(model.reconstruct(_as_trained(model, originals)))])
    picture = _picture(pairs, shape, n_columns=len(originals))
    writer.add_image("images/reconstructions", picture, step, dataformats="HWC")
    if hasattr(model, "sample"):
        drawn = np.asarray(model.sample(_N_SAMPLES, mean=True))
        picture = _picture(drawn, shape, n_columns=round(_N_SAMPLES**0.5))
        writer.add_image("images/samples", picture, step, dataformats="HWC")


def _picture(rows: FloatArray, shape: Sequence[int], *, n_columns: int) -> NDArray[np.uint8]:
    images = checked_images(rows, shape)
    scale = max(1, -(-_LEAST_SIDE // max(images.shape[1:3])))
    return mosaic(to_bytes(images, display_range(images)), n_columns=n_columns, scale=scale, gap=2)


def _as_trained(model: Any, values: FloatArray) -> Any:
    """Rows as the model was given them: one that was fitted on a frame wants the names of its columns."""
    if not hasattr(model, "feature_names_in_"):
        return values
    import pandas as pd

    return pd.DataFrame(values, columns=model.feature_names_in_)
