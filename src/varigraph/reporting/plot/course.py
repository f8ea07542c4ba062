"""The course of training, of any model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from varigraph.reporting.figures import training_figure
from varigraph.reporting.plot.fitted import require_fitted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["training"]


def training(model: Any, *, title: str | None = None) -> Figure:
    """Loss, divergence and validation of a fitted model by epoch, the kept epoch marked.

    Losses of models of rows are in nats per row; those of graphs are in the unit of their objective.

    Args:
        model: A fitted model.
        title: Above the picture; by default the model and its graph, if it has one.

    Raises:
        MissingExtraError: matplotlib is not installed.
        sklearn.exceptions.NotFittedError: The model has not been fitted.
    """
    require_fitted(model, "history_")
    graph = getattr(model, "message_graph_", None)
    where = f" on {graph.name}" if graph is not None else ""
    return training_figure(
        model.history_,
        chosen_epoch=getattr(model, "best_epoch_", None),
        unit="nats per row" if graph is None else "",
        title=title or f"Training of {type(model).__name__}{where}",
    )
