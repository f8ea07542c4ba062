"""Single figures of a reproduction, as a document quotes them beside others."""

from __future__ import annotations

import math
from pathlib import Path

from varigraph.evaluation.repeats import Summary
from varigraph.evaluation.reproduction_record import CellRecord, ReproductionRecord
from varigraph.evaluation.verdicts import shown_scale

__all__ = ["QuotedReproduction"]

_NO_VALUE = "–"
_FEWEST = 3  # Student's interval of two values is 12.7 times as wide as they are apart


class QuotedReproduction:
    """The cells of a record by their coordinates; a figure that is not there is a dash.

    Args:
        path: Of the record. If there is no such file, every figure is a dash.

    Raises:
        FileContentError: The file holds no record of a reproduction.
        RunFolderError: The record has another schema version.
        ValueError: It is of the quick version, which is for tests and not for quotes.
    """

    def __init__(self, path: str | Path) -> None:
        self._record = ReproductionRecord.read(path) if Path(path).exists() else None
        if self._record is not None and self._record.quick:
            raise ValueError(f"{path} is of the quick version, whose figures are not quoted.")

    def ours(self, metric: str, **coordinates: str) -> str:
        """Mean ± half its 95 % interval, in the metric's unit; of fewer than three seeds each value."""
        cell = self._cell(coordinates)
        if cell is None or self._record is None or metric not in cell["metrics"]:
            return _NO_VALUE
        described, summary = self._record.metrics[metric], cell["metrics"][metric]
        return _shown(summary, shown_scale(described["unit"]), described["decimals"])

    def published(self, metric: str, **coordinates: str) -> str:
        """The document's figure, with its decimals."""
        cell = self._cell(coordinates)
        if cell is None or self._record is None or metric not in cell["published"]:
            return _NO_VALUE
        published_as = self._record.published_as
        decimals = published_as["decimals"] if published_as is not None else 1
        return f"{cell['published'][metric]:.{decimals}f}".replace("-", "−")

    def _cell(self, coordinates: dict[str, str]) -> CellRecord | None:
        cells = [] if self._record is None else self._record.cells
        return next((cell for cell in cells if cell["coordinates"] == coordinates), None)


def _shown(summary: Summary, scale: float, decimals: int) -> str:
    values, (low, high) = summary["values"], summary["ci95"]
    if len(values) < _FEWEST or math.isnan(high):
        shown = ", ".join(f"{scale * value:.{decimals}f}" for value in values if not math.isnan(value))
        return shown.replace("-", "−") or _NO_VALUE
    mean, half_width = scale * summary["mean"], scale * (high - low) / 2
    return f"{mean:.{decimals}f} ± {half_width:.{decimals}f}".replace("-", "−")
