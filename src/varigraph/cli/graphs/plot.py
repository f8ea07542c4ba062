"""`varigraph plot` of a run on a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

__all__ = ["picture"]


def picture(context: typer.Context, run: Path, what: str) -> Any:
    """The figure: the embedding, the course of training, or the reliability of probabilities."""
    from varigraph.models import load
    from varigraph.reporting import plot

    if what == "reliability":
        return plot.reliability(run)
    model = load(run)
    return plot.training(model) if what == "training" else plot.embedding(model, method="pca")
