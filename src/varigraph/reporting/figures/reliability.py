"""The picture of reliability: predicted probabilities beside the shares of links that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from varigraph.evaluation.reliability import Reliability, share_interval
from varigraph.reporting.figures.canvas import new_figure
from varigraph.reporting.style import INK, MUTED_INK, dress, entitle
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["reliability_figure"]

# Apart in grey too: the one is dark and filled, the other light with a dark edge.
_FOUND, _EXPECTED = "#332288", "#DDDDDD"
_ROOM = 1.8  # the factor between the outermost mark and the frame
_FLOOR = 1.2  # the factor between the frame and the marks of bins without a link
_MOST_NUMBERED_BINS = 20


def reliability_figure(measured: Reliability, *, title: str = "Reliability") -> Figure:
    """Whether pairs of probability p are links a share p of the time, and how many links that makes.

    On the left a point a bin of equal predicted mass, on logarithmic axes: its mean probability, and the
    share of its pairs that are links with a 95 % interval. Right probabilities lie on the diagonal. A bin
    without a link has no place on a logarithmic axis; it is a hollow triangle at the lower edge whose bar
    ends where the interval does. On the right the links that each bin was expected to hold, beside those
    that were found in it.

    Args:
        measured: From `reliability`, its base rate being that of the test edges.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.

    Example:
        >>> from varigraph.evaluation.reliability import reliability
        >>> p, n_pairs = np.array([0.01, 0.2]), np.array([500.0, 25.0])
        >>> figure = reliability_figure(reliability(p, n_pairs, np.repeat(p, 5), n_bins=2))
        >>> [axes.get_ylabel() for axes in figure.axes]
        ['share of links found (links per pair)', 'links in the bin']
    """
    figure = new_figure(width=9.6, height=5.4)
    shares, links = figure.subplots(1, 2, width_ratios=(1.35, 1))
    _draw_shares(shares, measured.bins)
    _draw_links(links, measured.bins)
    dress(shares)
    dress(links)
    entitle(shares, title)
    shares.legend(frameon=False, fontsize=9, labelcolor=INK, loc="best")
    # Above the frame: no place inside is free of bars for sure.
    links.legend(frameon=False, fontsize=9, labelcolor=INK, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    figure.supxlabel(_caption(measured), x=0.01, ha="left", fontsize=9, color=MUTED_INK)
    return figure


def _draw_shares(axes: Axes, bins: dict[str, FloatArray]) -> None:
    """Share against probability of each bin; both axes have the same limits, so right is the diagonal."""
    probability, share, is_met = bins["probability"], bins["share"], bins["found"] > 0
    low, high = share_interval(bins["found"], bins["n_pairs"])
    drawn = np.concatenate([probability, share[is_met], low[is_met], high])
    limits = drawn.min() / _ROOM, drawn.max() * _ROOM
    axes.plot(limits, limits, color=MUTED_INK, linewidth=1.0, linestyle=(0, (4, 2)), label="as predicted")
    axes.errorbar(
        probability[is_met],
        share[is_met],
        # Against rounding: matplotlib refuses a length below 0.
        np.maximum([share - low, high - share], 0)[:, is_met],
        fmt="o",
        color=_FOUND,
        markersize=6,
        elinewidth=1.4,
        label="found, 95 % interval",
    )
    if not is_met.all():
        _draw_empty(axes, probability[~is_met], high[~is_met], floor=limits[0] * _FLOOR)
    axes.set(xscale="log", yscale="log", xlim=limits, ylim=limits)
    axes.set_aspect("equal", adjustable="box")
    axes.set(
        xlabel="mean predicted probability (links per pair)", ylabel="share of links found (links per pair)"
    )


def _draw_empty(axes: Axes, probability: FloatArray, high: FloatArray, *, floor: float) -> None:
    axes.vlines(probability, floor, high, color=_FOUND, linewidth=1.0, linestyle=(0, (1, 1.5)))
    axes.plot(
        probability,
        np.full(len(probability), floor),
        "v",
        markersize=7,
        markerfacecolor="none",
        markeredgecolor=_FOUND,
        label="none found, 95 % limit",
    )


def _draw_links(axes: Axes, bins: dict[str, FloatArray]) -> None:
    numbers = np.arange(1, len(bins["found"]) + 1)
    for name, offset, colour in (("expected", -0.2, _EXPECTED), ("found", 0.2, _FOUND)):
        axes.bar(
            numbers + offset,
            bins[name],
            width=0.4,
            color=colour,
            edgecolor=INK,
            linewidth=0.6,
            label=f"{name} ({bins[name].sum():,.0f})",
        )
    for number in numbers[bins["found"] == 0]:
        axes.annotate(
            "0", (number + 0.2, 0), (0, 2), textcoords="offset points", ha="center", fontsize=8, color=INK
        )
    if len(numbers) <= _MOST_NUMBERED_BINS:
        axes.set_xticks(numbers)
    axes.set(xlabel="bin of equal predicted mass, lowest probability first", ylabel="links in the bin")


def _caption(measured: Reliability) -> str:
    figures = measured.metrics
    return (
        f"base rate counted from hidden test edges: {measured.n_links:,} of {measured.n_pairs:,.0f} pairs, "
        f"{measured.base_rate:.3g}\n"
        f"mean probability {figures['mean_ratio']:.2f} × base rate · ECE {figures['ece_ratio']:.2f} × base "
        f"rate · log loss {figures['log_loss_ratio']:.2f} × that of the constant base rate"
    )
