"""Latent spaces of the graphs of a reproduction: nodes by class, grey lines for the links between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.reporting.figures.latent_space import embedding_figure
from varigraph.reporting.projection import ProjectionMethod
from varigraph.reporting.reproduction.images import saved_models

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["latent_space_figures"]

_VIEWS: dict[ProjectionMethod, str] = {"pca": "principal components", "tsne": "t-SNE"}


def latent_space_figures(record: ReproductionRecord, folder: Path) -> dict[str, Figure]:
    """For each cell whose model is there, the plane it sees its graph in, with every edge as a grey line.

    Two dimensions are shown as they are. More are shown by principal components and by t-SNE, a picture each.
    Classes are called as the trial's `class_names` say, if it has any.

    Args:
        record: Of a reproduction whose models are of graphs.
        folder: Where it lies.

    Returns:
        Pictures by the stem of their file, such as `latent-space-vgae-tsne`.
    """
    figures = {}
    for cell, title, model in saved_models(record, folder):
        graph = model.message_graph_
        labels = _named(graph.labels, cell["facts"].get("class_names") or [])
        is_planar = model.embedding_.shape[1] == 2
        views: dict[ProjectionMethod, str] = {"auto": ""} if is_planar else _VIEWS
        for method, described in views.items():
            stem = "-".join(["latent-space", *cell["coordinates"].values(), *([] if is_planar else [method])])
            words = ", ".join(filter(None, [record.title, title, described]))
            figures[stem] = embedding_figure(
                model.embedding_,
                labels,
                title=words + (" (quick version)" if record.quick else ""),
                method=method,
                edges=graph.edges,
            )
    return figures


def _named(labels: Any, names: list[str]) -> list[Any] | None:
    """Labels with class k under the k-th name, where there is one."""
    if labels is None:
        return None
    listed = labels.tolist()
    return [names[one] if isinstance(one, int) and 0 <= one < len(names) else one for one in listed]
