"""`draw`: the pictures of a reproduction, from its record and the models that its trials have left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from varigraph.evaluation.drawn_pictures import note_drawn, remove_drawn
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.reporting.figures import save_figure
from varigraph.reporting.reproduction.curves import curve_figures
from varigraph.reporting.reproduction.images import manifold_figures, sample_figures
from varigraph.reporting.reproduction.latent_space import latent_space_figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PICTURES", "draw"]

Draw: TypeAlias = "Callable[[ReproductionRecord, Path], Mapping[str, Figure]]"
"""From a record and the folder of its reproduction to pictures by the stem of their file."""

PICTURES: MappingProxyType[str, Draw] = MappingProxyType(
    {
        "curves": curve_figures,
        "manifolds": manifold_figures,
        "samples": sample_figures,
        "latent_space": latent_space_figures,
    }
)
"""Who draws what, by the names in a recipe's `report`. "table" is none of them: it is printed."""


def draw(record: ReproductionRecord, folder: str | Path) -> list[Path]:
    """Draws every picture that the recipe reports, and writes each into the folder as PNG.

    Those of an earlier call are removed. Which ones they are is in the folder's `pictures.json`.

    Pictures of models are those of the first seed of each cell. What a trial did not leave is not drawn: a
    record that was made elsewhere still has its curves.

    Args:
        record: Of a reproduction.
        folder: Its folder, with the models under `models/`.

    Returns:
        The files that were written, in the order of the report.

    Raises:
        MissingExtraError: matplotlib is not installed.
        RunFolderError: A model that is there cannot be read.
        OSError: The folder cannot be written to.
    """
    place = Path(folder)
    written = []
    remove_drawn(place)
    for kind in record.report:
        if kind not in PICTURES:
            continue
        for stem, figure in PICTURES[kind](record, place).items():
            path = place / f"{stem}.png"
            save_figure(figure, path)
            written.append(path)
            note_drawn(place, [one.name for one in written])
    return written
