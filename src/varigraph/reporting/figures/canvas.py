"""The empty figure that pictures are drawn on, and how a picture reaches a file.

Figures are made without pyplot: no window, no global state, and nothing to close afterwards.
"""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING

from varigraph.durable import atomic_file
from varigraph.errors import MissingExtraError
from varigraph.reporting.style import GROUND

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DOTS_PER_INCH", "FIGURE_FORMATS", "check_drawable", "new_figure", "save_figure"]

FIGURE_FORMATS = (".png", ".svg", ".pdf")

DOTS_PER_INCH = 200


def check_drawable() -> None:
    """Tells before any work that there will be no pictures.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    _figure_class()


def new_figure(*, width: float, height: float) -> Figure:
    """An empty figure of so many inches that lays itself out.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    return _figure_class()(figsize=(width, height), layout="compressed", facecolor=GROUND)


@functools.cache
def _figure_class() -> type[Figure]:
    """A `Figure` that notebooks show, as they do matplotlib's own only when pyplot made it."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError(
            "Pictures need matplotlib, which is not installed: python -m pip install matplotlib"
        ) from error

    class NotebookFigure(Figure):
        """A figure that shows itself as the value of a notebook's cell."""

        def _repr_png_(self) -> bytes:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=100)
            return buffer.getvalue()

    return NotebookFigure


def save_figure(figure: Figure, path: str | Path) -> None:
    """Writes a figure as a whole or not at all; the same figure gives the same PNG.

    Args:
        figure: From this module, or any matplotlib figure.
        path: Its suffix says the format: .png, .svg or .pdf.

    Raises:
        ValueError: The suffix is none of these.
        OSError: The folder cannot be written to.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FIGURE_FORMATS:
        raise ValueError(f"A figure is saved as {', '.join(FIGURE_FORMATS)}, not as {str(path)!r}.")
    # Without the date, equal pictures are nearer to equal files.
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(suffix)
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format=suffix[1:], dpi=DOTS_PER_INCH, metadata=metadata)
