"""`varigraph fit --tensorboard`: what TensorBoard is to show of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from varigraph.evaluation.records import RunRecord
    from varigraph.evaluation.row_record import RowRecord
    from varigraph.training import Callback

__all__ = ["RunLog", "check_log"]


@dataclass(frozen=True)
class RunLog:
    """The log of a run: `fit/` of the training that is evaluated, `refit/` of the one on all edges.

    They are runs of their own to TensorBoard, side by side: what a resumed training makes it forget is all of
    one folder's, and its table of runs counts what lies below a run among that run's metrics.

    Attributes:
        folder: Where it is written; None where none is wanted.
    """

    folder: Path | None

    @classmethod
    def of(cls, run: Path, *, is_wanted: bool) -> RunLog:
        """The log of the run in a folder: one that was begun goes on unasked.

        Raises:
            FileContentError: The log is a link that leads out of the folder.
            MissingExtraError: TensorBoard is not installed.
        """
        from varigraph.errors import FileContentError

        folder = run / "tensorboard"
        if not (is_wanted or folder.exists()):
            return cls(None)
        if not folder.resolve().is_relative_to(run.resolve()):
            raise FileContentError(
                f"{folder} is a link that leads out of {run}, so nothing is written there."
            )
        check_log(is_wanted=True)
        return cls(folder)

    def fit(self, *, ids: Sequence[Any] | None = None, labels: Sequence[Any] | None = None) -> list[Callback]:
        """What is told of the epochs of the training that is evaluated.

        Args:
            ids: Of rows; a graph brings its own.
            labels: Of rows.
        """
        if self.folder is None:
            return []
        from varigraph.reporting.tensorboard import TensorBoard

        return [TensorBoard(self.folder / "fit", ids=ids, labels=labels, hparams=None, overwrite=True)]

    def refit(self) -> list[Callback]:
        """What is told of the epochs of the training on all edges."""
        if self.folder is None:
            return []
        from varigraph.reporting.tensorboard import TensorBoard

        return [TensorBoard(self.folder / "refit", phase="refit", hparams=None, overwrite=True)]

    def finish(self, record: RunRecord | RowRecord) -> None:
        """Writes settings and test metrics, as the record of the finished run has them."""
        if self.folder is None:
            return
        from varigraph.reporting.tensorboard import write_hyperparameters

        about = {"model": record.model, "dataset": record.dataset, "preset": record.preset}
        metrics = {f"test/{name}": value for name, value in record.metrics["test"].items()}
        step = record.counts.get("best_epoch", 0)
        write_hyperparameters(self.folder / "fit", about | record.settings, metrics, step=step)


def check_log(*, is_wanted: bool) -> None:
    """Checks before any work that a log that is wanted can be written.

    Raises:
        MissingExtraError: TensorBoard is not installed.
    """
    if is_wanted:
        from varigraph.reporting.tensorboard import require_tensorboard

        require_tensorboard()
