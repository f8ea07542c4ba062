"""Training curves of a reproduction, laid out as the document's figure, from its record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from varigraph.evaluation.reproduction_record import CellRecord, ReproductionRecord
from varigraph.reporting.figures.curves import Curve, CurvePanel, curve_figure
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["curve_figures"]

_PANEL_AXIS = "panel"
_X = "samples"
_X_LABEL = "training samples evaluated"
_PARTS = ("test", "train")
_LOWER_IS_BETTER = ("loss", "error")


def curve_figures(record: ReproductionRecord, folder: Path) -> dict[str, Figure]:
    """One picture for each quantity that metrics of the recipe name for a part: `train_…` and `test_…`.

    The axis "panel", or else the last one, makes the panels; the others tell the methods. Panels whose titles
    have the same words before their last comma stand in one line: "MNIST, N_z = 3" and "MNIST, N_z = 5".

    Args:
        record: Of a reproduction whose cells have curves with `samples` as their x.
        folder: Not looked at: the curves are in the record.

    Returns:
        Pictures by the stem of their file, such as `curves-bound`.
    """
    quantities = dict.fromkeys(_quantity(name) for name in record.metrics if _quantity(name))
    figures = {}
    for quantity in quantities:
        rows = _panel_rows(record, quantity)
        if rows:
            unit = next(one["unit"] for name, one in record.metrics.items() if _quantity(name) == quantity)
            figures[f"curves-{quantity}"] = curve_figure(
                rows,
                x_label=_X_LABEL,
                y_label=f"{_in_words(quantity)} ({unit} per row)" if unit else _in_words(quantity),
                title=record.title + (" (quick version)" if record.quick else ""),
            )
    return figures


def _quantity(name: str) -> str:
    """What a metric measures, without the part it is measured on; empty if it names no part."""
    part, _, quantity = name.partition("_")
    return quantity if part in _PARTS else ""


def _in_words(quantity: str) -> str:
    return "lower bound" if quantity == "bound" else quantity.replace("_", " ")


def _panel_rows(record: ReproductionRecord, quantity: str) -> list[list[CurvePanel]]:
    axis = _PANEL_AXIS if _PANEL_AXIS in record.axes else list(record.axes)[-1]
    rows: dict[str, list[CurvePanel]] = {}
    for name, title in record.axes[axis].items():
        cells = [cell for cell in record.cells if cell["coordinates"][axis] == name]
        curves = [curve for cell in cells for curve in _curves(record, cell, quantity, panel_axis=axis)]
        if curves:
            rows.setdefault(title.rpartition(",")[0], []).append(CurvePanel(title, curves))
    return list(rows.values())


def _curves(
    record: ReproductionRecord, cell: CellRecord, quantity: str, *, panel_axis: str
) -> Iterable[Curve]:
    others = {axis: name for axis, name in cell["coordinates"].items() if axis != panel_axis}
    method = ", ".join(record.axes[axis][name] for axis, name in others.items())
    for part in _PARTS:
        found = cell["curves"].get(f"{part}_{quantity}")
        if found and any(found):
            x = max(cell["curves"][_X], key=len)
            yield Curve(
                method,
                part,
                np.asarray(x, dtype=np.float64),
                _padded(found, len(x)),
                is_better_higher=not quantity.endswith(_LOWER_IS_BETTER),
            )


def _padded(curves: Sequence[Sequence[float]], length: int) -> FloatArray:
    """One line a seed, shape (n_seeds, length): a run that stopped early has NaN where it has no value."""
    padded = np.full((len(curves), length), np.nan)
    for line, curve in zip(padded, curves, strict=True):
        line[: len(curve)] = curve
    return padded
