"""Images that the models of a reproduction make: their latent manifolds and their samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from varigraph.evaluation.reproduction_record import CellRecord, ReproductionRecord
from varigraph.models import load
from varigraph.reporting.figures.sample_grids import image_grids_figure
from varigraph.reporting.pixels import image_shape_of
from varigraph.reporting.plot.rows import manifold

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["manifold_figures", "sample_figures", "saved_models"]

_MANIFOLD_SIDE = 20
_N_SAMPLES = 100
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def manifold_figures(record: ReproductionRecord, folder: Path) -> dict[str, Figure]:
    """For each cell whose model is there, what it decodes all over its two latent dimensions.

    Args:
        record: Of a reproduction whose models have `latent_dim=2`.
        folder: Where it lies.

    Returns:
        Pictures by the stem of their file, such as `manifold-mnist`.
    """
    figures = {}
    for cell, title, model in saved_models(record, folder):
        name = "-".join(cell["coordinates"].values())
        figures[f"manifold-{name}"] = manifold(
            model, n=_MANIFOLD_SIDE, title=f"{_number(record)}{title}: latent manifold{_quickly(record)}"
        )
    return figures


def sample_figures(record: ReproductionRecord, folder: Path) -> dict[str, Figure]:
    """Images that the model of each cell makes up, a grid a cell, lettered as in a paper.

    Shown is the mean of p(x | z) for z from the prior. Cells of one image shape share a picture.

    Args:
        record: Of a reproduction of models of images.
        folder: Where it lies.

    Returns:
        One picture, `samples`; none if no model is there.
    """
    grids: dict[str, Any] = {}
    shape: tuple[int, ...] = ()
    for letter, (_, title, model) in zip(_LETTERS, saved_models(record, folder), strict=False):
        shape = image_shape_of(model.n_features_in_, model)
        grids[f"({letter}) {title}"] = model.sample(_N_SAMPLES, random_state=0, mean=True)
    if not grids:
        return {}
    return {"samples": image_grids_figure(grids, shape, title=record.title + _quickly(record))}


def saved_models(record: ReproductionRecord, folder: Path) -> Iterator[tuple[CellRecord, str, Any]]:
    """The model of the first seed of each cell that has left one, with the cell and its title.

    Args:
        record: Of a reproduction.
        folder: Where it lies.

    Raises:
        RunFolderError: A model that is there cannot be read.
    """
    for cell in record.cells:
        place = folder / "models" / cell["trials"][0] if cell["trials"] else None
        if place is not None and (place / "config.json").exists():
            title = ", ".join(record.axes[axis][name] for axis, name in cell["coordinates"].items())
            yield cell, title, load(place)


def _number(record: ReproductionRecord) -> str:
    """The number that the document gives the figure, as in "Figure 4, "; nothing if the title has none."""
    number, colon, _ = record.title.partition(":")
    return f"{number}, " if colon else ""


def _quickly(record: ReproductionRecord) -> str:
    return " (quick version)" if record.quick else ""
