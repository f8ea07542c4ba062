"""Figures: a latent space, the course of a training run, and how they reach a file.

Figures are made without pyplot: no window, no global state, and nothing to close afterwards.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.durable import atomic_file
from varigraph.errors import MissingExtraError
from varigraph.reporting.classes import PointGroup, point_groups
from varigraph.reporting.projection import ProjectionMethod, planar_view
from varigraph.reporting.style import CLASS_STYLES, GROUND, INK, MUTED_INK, OTHER_STYLE, dress, point_area

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FIGURE_FORMATS", "embedding_figure", "save_figure", "training_figure"]

FIGURE_FORMATS = (".png", ".svg", ".pdf")

_MOST_NAMED_POINTS = 60  # more names than this cover each other
_LEGEND_AREA = 45.0  # of a disc, in square points
_RASTER_FROM = 5_000  # as vectors so many points make a file that viewers choke on
_OUTLYING = 0.005  # on each axis, the share of points that may not squeeze the others
_SQUEEZED_FROM = 1.5  # how much wider those points must make the view before they are left out
_ROOM = 1.2  # the view's side in units of what it has to show
_LOG_FROM = 20.0  # a loss that falls by more than this factor is drawn on a logarithmic axis
_DOTS_PER_INCH = 200

_VALIDATION_TITLES = {"val_auc": "AUC", "val_ap": "AP"}


def embedding_figure(
    embedding: ArrayLike,
    labels: Iterable[Any] | None = None,
    *,
    ids: Iterable[Any] | None = None,
    title: str = "Latent space",
    method: ProjectionMethod = "auto",
) -> Figure:
    """Points of a latent space in the plane, coloured by class.

    Args:
        embedding: shape (n_points, n_latent), n_latent ≥ 2.
        labels: The class of each point; None (or NaN) among them is "no label". The ten largest classes have
            a colour and a marker each, the rest is "other".
        ids: The name of each point; written beside it when there are at most 60 points.
        title: Above the picture.
        method: How more than two dimensions become two: "pca" (also "auto"), or "tsne"; see `planar_view`.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: The embedding has fewer than two dimensions or is not finite, or the number of labels or
            ids differs from that of points.

    Example:
        >>> figure = embedding_figure([[0.0, 1.0], [1.0, 0.0]], labels=["cat", "dog"])
        >>> figure.axes[0].get_xlabel()
        'latent dimension 1'
    """
    view = planar_view(np.asarray(embedding, dtype=np.float64), method=method)
    groups = [] if labels is None else point_groups(_one_a_point(labels, view.points, "labels"))
    figure = _new_figure(width=7.6 if groups else 6.0, height=6.0)
    axes = figure.add_subplot()
    dress(axes)
    axes.set(xlabel=view.axis_titles[0], ylabel=view.axis_titles[1])
    axes.set_title(title, loc="left", color=INK, fontsize=12, pad=10)
    everyone = PointGroup("", np.arange(len(view.points)), CLASS_STYLES[0])
    _draw_groups(axes, view.points, groups or [everyone])
    _set_view(axes, view.points)
    if groups:
        _add_legend(axes, len(view.points))
    if ids is not None:
        _write_names(axes, view.points, _one_a_point(ids, view.points, "ids"))
    return figure


def training_figure(
    history: Sequence[Mapping[str, float]],
    *,
    chosen_epoch: int | None = None,
    title: str = "Training",
) -> Figure:
    """The loss, its divergence term and the validation metrics of every epoch, the chosen epoch marked.

    Args:
        history: One record an epoch, as a fitted model's `history_`: `epoch`, `loss`, and where there are any
            `reconstruction`, `kl`, `val_auc`, `val_ap`. Losses are in the units of the objective.
        chosen_epoch: Whose weights were kept; None marks none.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: The history is empty.
    """
    if not history:
        raise ValueError("The history is empty: the model has not run an epoch.")
    panels = _panels(history)
    figure = _new_figure(width=7.0, height=1.2 + 2.0 * len(panels))
    every_axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    epochs = [record["epoch"] for record in history]
    for axes, (what, curves) in zip(every_axes, panels.items(), strict=True):
        dress(axes)
        axes.set_ylabel(what)
        _draw_curves(axes, epochs, curves)
        if chosen_epoch is not None:
            axes.axvline(chosen_epoch, color=MUTED_INK, linewidth=1.0, linestyle=(0, (1, 2)))
    every_axes[-1].set_xlabel("epoch")
    every_axes[0].set_title(title, loc="left", color=INK, fontsize=12, pad=18)
    if chosen_epoch is not None:
        _name_epoch(every_axes[0], chosen_epoch)
    return figure


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
        figure.savefig(temporary, format=suffix[1:], dpi=_DOTS_PER_INCH, metadata=metadata)


def _new_figure(*, width: float, height: float) -> Figure:
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


def _one_a_point(values: Iterable[Any], points: NDArray[Any], what: str) -> list[Any]:
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    if len(listed) != len(points):
        raise ValueError(f"There are {len(points)} points but {len(listed)} {what}; give one a point.")
    return listed


def _draw_groups(axes: Axes, points: NDArray[Any], groups: Sequence[PointGroup]) -> None:
    area = point_area(len(points))
    # Small classes are drawn over large ones, which would cover them.
    by_size = sorted(groups, key=lambda group: (group.style is not OTHER_STYLE, -len(group.members)))
    depth = {group.name: 2 + number / 100 for number, group in enumerate(by_size)}
    for group in groups:
        x, y = points[group.members].T
        axes.scatter(
            x,
            y,
            s=area * group.style.scale,
            c=group.style.colour,
            marker=group.style.marker,
            linewidths=0.25,
            edgecolors=GROUND,
            alpha=0.9,
            label=f"{group.name} ({len(group.members):,})",
            zorder=depth[group.name],
            rasterized=len(points) >= _RASTER_FROM,
        )


def _set_view(axes: Axes, points: NDArray[Any]) -> None:
    """A square with equal scales; far outliers may lie outside, and then the picture says how many do."""
    low, high = _bounds(points)
    centre, half = (low + high) / 2, (high - low).max() / 2 * _ROOM or 1.0
    axes.set(xlim=(centre[0] - half, centre[0] + half), ylim=(centre[1] - half, centre[1] + half))
    axes.set_aspect("equal", adjustable="box")
    n_outside = int((np.abs(points - centre) > half).any(axis=1).sum())
    if n_outside:
        verb = "lies" if n_outside == 1 else "lie"
        note = f"{n_outside:,} of {len(points):,} points {verb} farther out"
        axes.text(0.99, 0.01, note, transform=axes.transAxes, ha="right", fontsize=8, color=MUTED_INK)


def _bounds(points: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Lowest and highest values, shape (2,) each: of all points, or of nearly all if that is far less."""
    of_all, of_most = (np.quantile(points, [out / 2, 1 - out / 2], axis=0) for out in (0.0, _OUTLYING))
    is_squeezed = np.ptp(of_all, axis=0).max() > _SQUEEZED_FROM * np.ptp(of_most, axis=0).max()
    low, high = of_most if is_squeezed else of_all
    return low, high


def _add_legend(axes: Axes, n_points: int) -> None:
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0.0,
        frameon=False,
        fontsize=9,
        labelcolor=INK,
        handletextpad=0.3,
        # One size of marker, however small the points are.
        markerscale=(_LEGEND_AREA / point_area(n_points)) ** 0.5,
    )


def _write_names(axes: Axes, points: NDArray[Any], ids: Sequence[Any]) -> None:
    if len(ids) > _MOST_NAMED_POINTS:
        return
    for name, point in zip(ids, points, strict=True):
        axes.annotate(
            str(name), point, xytext=(4, 3), textcoords="offset points", fontsize=8, color=INK, zorder=4
        )


def _panels(history: Sequence[Mapping[str, float]]) -> dict[str, dict[str, list[float]]]:
    """Curves by panel: what has another scale has another panel, and a term that is always 0 has none."""

    def curve(key: str) -> list[float]:
        return [record.get(key, np.nan) for record in history]

    losses, validation = {"loss": curve("loss")}, {}
    panels = {"loss": losses}
    if any(record.get("kl") for record in history):
        losses["reconstruction"] = curve("reconstruction")
        panels["divergence (KL)"] = {"KL": curve("kl")}
    for key, name in _VALIDATION_TITLES.items():
        if any(key in record for record in history):
            validation[name] = curve(key)
    if validation:
        panels["validation " + " and ".join(validation)] = validation
    return panels


def _draw_curves(axes: Axes, epochs: Sequence[float], curves: Mapping[str, Sequence[float]]) -> None:
    # Dashes tell the curves apart where colours do not.
    looks = (("#332288", "-"), ("#CC6677", (0, (4, 1.5))))
    for (name, values), (colour, dashes) in zip(curves.items(), looks, strict=False):
        axes.plot(epochs, values, color=colour, linestyle=dashes, linewidth=1.4, label=name)
    lowest, highest = (extreme([*curves.values()]) for extreme in (np.nanmin, np.nanmax))
    if lowest > 0 and highest > _LOG_FROM * lowest:
        axes.set_yscale("log")
    if len(epochs) == 1:
        for line in axes.get_lines():
            line.set_marker("o")
    if len(curves) > 1:
        axes.legend(frameon=False, fontsize=9, labelcolor=INK)


def _name_epoch(axes: Axes, epoch: int) -> None:
    axes.annotate(
        f"kept: epoch {epoch}",
        (epoch, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=9,
        color=MUTED_INK,
        annotation_clip=False,
    )
