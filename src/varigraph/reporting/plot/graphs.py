"""Pictures of models of graphs and of their runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from varigraph.evaluation.records import RunRecord
from varigraph.evaluation.reliability import Reliability
from varigraph.evaluation.reliability_document import read_reliability
from varigraph.reporting.figures import embedding_figure, reliability_figure
from varigraph.reporting.plot.fitted import is_model, require_fitted
from varigraph.reporting.projection import ProjectionMethod
from varigraph.untrusted import file_inside

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["embedding", "reliability"]


def embedding(
    model: Any,
    *,
    labels: Iterable[Any] | None = None,
    ids: Iterable[Any] | None = None,
    title: str | None = None,
    method: ProjectionMethod = "auto",
) -> Figure:
    """The latent space of a fitted model, coloured by the classes of its graph's nodes.

    Args:
        model: A fitted model, or an array of shape (n_points, n_latent).
        labels: The class of each point; by default the labels of the model's graph, if it has any.
        ids: The name of each point, written when there are at most 60; by default the graph's ids.
        title: Above the picture; by default the model, its graph and the number of nodes.
        method: "pca" (also "auto"), or "tsne" for neighbourhoods.

    Returns:
        A matplotlib figure: the value of a notebook's cell, or for `vg.plot.save(figure, path)`.

    Raises:
        MissingExtraError: matplotlib is not installed.
        sklearn.exceptions.NotFittedError: The model has not been fitted.
        ValueError: As `embedding_figure`.

    Example:
        >>> import numpy as np
        >>> figure = embedding(np.eye(4), labels=[0, 0, 1, 1], title="Corners")
        >>> figure.axes[0].get_title(loc="left")
        'Corners'
    """
    if not is_model(model):
        return embedding_figure(model, labels, ids=ids, title=title or "Latent space", method=method)
    require_fitted(model, "embedding_")
    graph = model.message_graph_
    return embedding_figure(
        model.embedding_,
        graph.labels if labels is None else labels,
        ids=graph.ids if ids is None else ids,
        title=title or f"{type(model).__name__} on {graph.name} ({graph.n_nodes:,} nodes)",
        method=method,
    )


def reliability(source: Any, *, title: str | None = None) -> Figure:
    """Whether the probabilities of a run come true: shares of links by predicted probability.

    Args:
        source: The path of a finished run's folder, what `start_run` returned, its `checks`, or a
            `Reliability`.
        title: Above the picture; by default the data set, if the source tells it.

    Raises:
        MissingExtraError: matplotlib is not installed.
        RunFolderError: The folder holds no figures of reliability, or damaged ones.
        FileContentError: Its record is damaged.
        TypeError: The source is something else.
        ValueError: The run made no checks.
    """
    if isinstance(source, str | Path):
        measured, dataset = read_reliability(source), _recorded_dataset(Path(source))
    else:
        measured, dataset = _reliability_of(source), getattr(getattr(source, "record", None), "dataset", "")
    where = f" on {dataset}, test part" if dataset else ""
    return reliability_figure(measured, title=title or f"Reliability{where}")


def _recorded_dataset(folder: Path) -> str:
    record = file_inside(folder, "record.json")
    return RunRecord.read(record).dataset if record.exists() else ""


def _reliability_of(source: Any) -> Reliability:
    """Of a result, of its checks, or the thing itself; the classes of the first two are unseen from here."""
    if hasattr(source, "checks"):
        source = source.checks
        if source is None:
            raise ValueError("This run has no checks, because every pair that may be a link is a test edge.")
    measured = getattr(source, "reliability", source)
    if not isinstance(measured, Reliability):
        raise TypeError(
            "Reliability is drawn of a run: its folder, its result, its checks or a Reliability; got "
            f"{type(source).__name__}."
        )
    return measured
