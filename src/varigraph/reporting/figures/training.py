"""The picture of a training run: losses and validation metrics by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from varigraph.reporting.figures.canvas import new_figure
from varigraph.reporting.style import INK, MUTED_INK, dress, entitle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["training_figure"]

_LOG_FROM = 20.0  # a loss that falls by more than this factor is drawn on a logarithmic axis

_VALIDATION_TITLES = {"val_auc": "AUC", "val_ap": "AP"}


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
    figure = new_figure(width=7.0, height=1.2 + 2.0 * len(panels))
    every_axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    epochs = [record["epoch"] for record in history]
    for axes, (what, curves) in zip(every_axes, panels.items(), strict=True):
        dress(axes)
        axes.set_ylabel(what)
        _draw_curves(axes, epochs, curves)
        if chosen_epoch is not None:
            axes.axvline(chosen_epoch, color=MUTED_INK, linewidth=1.0, linestyle=(0, (1, 2)))
    every_axes[-1].set_xlabel("epoch")
    entitle(every_axes[0], title, pad=18)
    if chosen_epoch is not None:
        _name_epoch(every_axes[0], chosen_epoch)
    return figure


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
