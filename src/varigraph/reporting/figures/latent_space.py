"""The picture of a latent space: points in the plane, coloured by class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from varigraph.reporting.classes import PointGroup, point_groups
from varigraph.reporting.figures.canvas import new_figure
from varigraph.reporting.projection import ProjectionMethod, planar_view
from varigraph.reporting.style import (
    CLASS_STYLES,
    GROUND,
    INK,
    MUTED_INK,
    OTHER_STYLE,
    dress,
    entitle,
    point_area,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["embedding_figure"]

_MOST_NAMED_POINTS = 60  # more names than this cover each other
_LEGEND_AREA = 45.0  # of a disc, in square points
_RASTER_FROM = 5_000  # as vectors so many points make a file that viewers choke on
_OUTLYING = 0.005  # on each axis, the share of points that may not squeeze the others
_SQUEEZED_FROM = 1.5  # how much wider those points must make the view before they are left out
_ROOM = 1.2  # the view's side in units of what it has to show
_LINK_INK = "#9A9A9A"
_LINK_SHADE = 1_000.0  # opacity times number of lines: many of them must not become a plane
_LINK_OPACITIES = (0.15, 0.6)


def embedding_figure(
    embedding: ArrayLike,
    labels: Iterable[Any] | None = None,
    *,
    ids: Iterable[Any] | None = None,
    title: str = "Latent space",
    method: ProjectionMethod = "auto",
    edges: ArrayLike | None = None,
) -> Figure:
    """Points of a latent space in the plane, coloured by class.

    Args:
        embedding: shape (n_points, n_latent), n_latent ≥ 2.
        labels: The class of each point; None (or NaN) among them is "no label". The ten largest classes have
            a colour and a marker each, the rest is "other".
        ids: The name of each point; written beside it when there are at most 60 points.
        title: Above the picture.
        method: How more than two dimensions become two: "pca" (also "auto"), or "tsne"; see `planar_view`.
        edges: Pairs of positions of points that a thin grey line joins, shape (n_edges, 2).

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: The embedding has fewer than two dimensions or is not finite, the number of labels or ids
            differs from that of points, or an edge's end is no point.

    Example:
        >>> figure = embedding_figure([[0.0, 1.0], [1.0, 0.0]], labels=["cat", "dog"])
        >>> figure.axes[0].get_xlabel()
        'latent dimension 1'
    """
    view = planar_view(np.asarray(embedding, dtype=np.float64), method=method)
    groups = [] if labels is None else point_groups(_one_a_point(labels, view.points, "labels"))
    figure = new_figure(width=7.6 if groups else 6.0, height=6.0)
    axes = figure.add_subplot()
    dress(axes)
    axes.set(xlabel=view.axis_titles[0], ylabel=view.axis_titles[1])
    entitle(axes, title)
    if edges is not None:
        _draw_edges(axes, view.points, np.asarray(edges))
    everyone = PointGroup("", np.arange(len(view.points)), CLASS_STYLES[0])
    _draw_groups(axes, view.points, groups or [everyone])
    _set_view(axes, view.points)
    if groups:
        _add_legend(axes, len(view.points))
    if ids is not None:
        _write_names(axes, view.points, _one_a_point(ids, view.points, "ids"))
    return figure


def _one_a_point(values: Iterable[Any], points: NDArray[Any], what: str) -> list[Any]:
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    if len(listed) != len(points):
        raise ValueError(f"There are {len(points)} points but {len(listed)} {what}; give one a point.")
    return listed


def _draw_edges(axes: Axes, points: NDArray[Any], edges: NDArray[Any]) -> None:
    from matplotlib.collections import LineCollection

    if edges.ndim != 2 or edges.shape[1] != 2 or not ((edges >= 0) & (edges < len(points))).all():
        raise ValueError(
            f"edges must be pairs of positions in 0 … {len(points) - 1}, got an array of {edges.shape}."
        )
    faint, strong = _LINK_OPACITIES
    opacity = min(strong, max(faint, _LINK_SHADE / max(len(edges), 1)))
    lines = LineCollection(
        list(points[edges]),
        colors=_LINK_INK,
        linewidths=0.4,
        alpha=opacity,
        zorder=1.5,
        rasterized=len(edges) >= _RASTER_FROM,
    )
    axes.add_collection(lines, autolim=False)


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
        ground = {"facecolor": GROUND, "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
        style: dict[str, Any] = {"ha": "right", "fontsize": 8, "color": MUTED_INK, "bbox": ground}
        axes.text(0.99, 0.01, note, transform=axes.transAxes, **style)


def _bounds(points: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Lowest and highest values, shape (2,) each: of all points, or of nearly all if that is far less."""
    of_all, of_most = (np.quantile(points, [out / 2, 1 - out / 2], axis=0) for out in (0.0, _OUTLYING))
    is_squeezed = np.ptp(of_all, axis=0).max() > _SQUEEZED_FROM * np.ptp(of_most, axis=0).max()
    low, high = of_most if is_squeezed else of_all
    return low, high


def _add_legend(axes: Axes, n_points: int) -> None:
    legend = axes.legend(
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
    for text in legend.get_texts():
        text.set_parse_math(False)  # a class may be called $100


def _write_names(axes: Axes, points: NDArray[Any], ids: Sequence[Any]) -> None:
    if len(ids) > _MOST_NAMED_POINTS:
        return
    for name, point in zip(ids, points, strict=True):
        axes.annotate(
            str(name),
            point,
            xytext=(4, 3),
            textcoords="offset points",
            fontsize=8,
            color=INK,
            zorder=4,
            parse_math=False,  # an id may be called $100
        )
