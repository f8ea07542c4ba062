"""Faults of pictures of rows as sentences: rows that are no images, models that cannot do what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from varigraph.errors import VarigraphError

__all__ = ["told_in_words"]


@contextmanager
def told_in_words(run: Path) -> Iterator[None]:
    """Tells what a picture cannot show as wrong use of the program.

    Raises:
        typer.BadParameter: The rows are no images, or the model has nothing of the kind to show.
    """
    try:
        yield
    except VarigraphError:
        raise
    except (TypeError, ValueError) as error:
        words = str(error).replace("image_shape=(height, width)", "--image-shape HxW")
        raise typer.BadParameter(f"{run}: {words}") from error
