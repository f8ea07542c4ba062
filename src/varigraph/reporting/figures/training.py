"""The picture of a training run: losses and validation metrics by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from varigraph.reporting.figures.canvas import new_figure
from varigraph.reporting.style import INK, MUTED_INK, dress, entitle
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["training_figure"]

_LOG_FROM = 20.0  # a loss that falls by more than this factor is drawn on a logarithmic axis

_SAME = 1e-5  # two curves that differ relatively by less are one, such as the loss and the negative ELBO

_VALIDATION_TITLES = {"val_auc": "AUC", "val_ap": "AP"}

# Dashes tell the curves apart where colours do not.
_PLAIN, _OTHER = ("#332288", "-"), ("#CC6677", (0, (4, 1.5)))
_LOOKS = {
    "reconstruction": _OTHER,
    "validation loss": ("#DDAA33", "-"),
    "−ELBO": ("#117733", (0, (5, 1, 1, 1))),
    "validation −ELBO": ("#117733", (0, (1, 1))),
    "validation KL": ("#DDAA33", "-"),
    "AP": _OTHER,
}


def training_figure(
    history: Sequence[Mapping[str, float]],
    *,
    chosen_epoch: int | None = None,
    unit: str = "",
    title: str = "Training",
) -> Figure:
    """The loss, its divergence term and the validation metrics of every epoch, the chosen epoch marked.

    The validation loss stands beside the training loss. So does the ELBO of either, as its negative, where
    that is not the loss itself. A curve that is known at some epochs alone joins those.

    Args:
        history: One record an epoch, as a fitted model's `history_`: `epoch`, `loss`, and where there are any
            `reconstruction`, `kl`, `elbo`, and `val_loss`, `val_elbo`, `val_kl`, `val_auc`, `val_ap`.
        chosen_epoch: Whose weights were kept; None marks none.
        unit: Of the losses, such as "nats per row"; empty if it depends on the objective.
        title: Above the picture.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ValueError: The history is empty.

    Example:
        >>> figure = training_figure([{"epoch": 1, "loss": 2.0, "val_loss": 2.1}], unit="nats per row")
        >>> figure.axes[0].get_ylabel(), [line.get_label() for line in figure.axes[0].get_lines()]
        ('loss (nats per row)', ['loss', 'validation loss'])
    """
    if not history:
        raise ValueError("The history is empty: the model has not run an epoch.")
    panels = _panels(history, unit=unit)
    figure = new_figure(width=7.0, height=1.2 + 2.0 * len(panels))
    every_axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    epochs = np.array([record["epoch"] for record in history], dtype=np.float64)
    for axes, (what, curves) in zip(every_axes, panels.items(), strict=True):
        dress(axes)
        axes.set_ylabel(what)
        _draw_curves(axes, epochs, curves)
        if chosen_epoch is not None:
            axes.axvline(chosen_epoch, color=MUTED_INK, linewidth=1.0, linestyle=(0, (1, 2)))
    every_axes[-1].set_xlabel("epoch")
    # An epoch is a whole number, also where there are few of them.
    every_axes[-1].xaxis.get_major_locator().set_params(integer=True)
    entitle(every_axes[0], title, pad=18)
    if chosen_epoch is not None:
        _name_epoch(every_axes[0], chosen_epoch)
    return figure


def _panels(history: Sequence[Mapping[str, float]], *, unit: str) -> dict[str, dict[str, FloatArray]]:
    """Curves by panel: what has another scale has another panel, and a term that is always 0 has none."""
    has_kl = any(record.get("kl") for record in history)
    losses = _curves(history, {"loss": "loss", "val_loss": "validation loss"})
    bounds = _curves(history, {"elbo": "−ELBO", "val_elbo": "validation −ELBO"})
    if has_kl:
        losses |= _curves(history, {"reconstruction": "reconstruction"})
    for name, elbo in bounds.items():
        if not any(_is_same(-elbo, loss) for loss in losses.values()):
            losses[name] = -elbo
    panels = {f"loss ({unit})" if unit else "loss": losses}
    if has_kl:
        name = f"divergence (KL, {unit})" if unit else "divergence (KL)"
        panels[name] = _curves(history, {"kl": "KL", "val_kl": "validation KL"})
    validation = _curves(history, _VALIDATION_TITLES)
    if validation:
        panels["validation " + " and ".join(validation)] = validation
    return panels


def _curves(history: Sequence[Mapping[str, float]], names: Mapping[str, str]) -> dict[str, FloatArray]:
    """What the history knows of these keys under the names of their curves."""
    found = {
        name: np.array([record.get(key, np.nan) for record in history], dtype=np.float64)
        for key, name in names.items()
    }
    return {name: values for name, values in found.items() if np.isfinite(values).any()}


def _is_same(curve: FloatArray, other: FloatArray) -> bool:
    return np.allclose(curve, other, rtol=_SAME, atol=0.0, equal_nan=True)


def _draw_curves(axes: Axes, epochs: FloatArray, curves: Mapping[str, FloatArray]) -> None:
    for name, values in curves.items():
        colour, dashes = _LOOKS.get(name, _PLAIN)
        known = np.isfinite(values)
        # A line needs two points; one alone is seen by its marker.
        marker = "o" if known.sum() == 1 else ""
        axes.plot(
            epochs[known],
            values[known],
            color=colour,
            linestyle=dashes,
            linewidth=1.4,
            marker=marker,
            label=name,
        )
    # Beside an offset of its own, an axis of losses near 1 shows 1e−5 + 0.99.
    axes.ticklabel_format(axis="y", useOffset=False)
    lowest, highest = (extreme([*curves.values()]) for extreme in (np.nanmin, np.nanmax))
    if lowest > 0 and highest > _LOG_FROM * lowest:
        axes.set_yscale("log")
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
