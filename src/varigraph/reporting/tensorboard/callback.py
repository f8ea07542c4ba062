"""`TensorBoard`: a callback that logs a training for TensorBoard's pages."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from varigraph.durable import check_nameable
from varigraph.reporting.tensorboard.event_files import replacing_writer, require_tensorboard
from varigraph.reporting.tensorboard.graph_pages import add_precision_recall, project_nodes
from varigraph.reporting.tensorboard.hyperparameters import (
    final_metrics,
    model_settings,
    write_hyperparameters,
)
from varigraph.reporting.tensorboard.row_pages import add_images, are_images, project_rows
from varigraph.reporting.tensorboard.scalars import EpochScalars
from varigraph.training import EpochReport, TrainingState

__all__ = ["TensorBoard"]

_MOST_POINTS = 50_000
"""In the projector, whose page holds them all in the browser's memory."""

_FITTED = ".fitted"


class TensorBoard:
    """A callback that logs a training in a folder that `tensorboard --logdir` shows.

    It writes, with TensorBoard's own writers:

    - scalars, one an epoch: loss terms as `train/loss`, `train/kl`, …, validation metrics as `val/auc`, …;
    - at the end of a `fit` that succeeds, the settings and the metrics of the epoch that was kept
      (`final/val_auc`, …) as one row of the page HPARAMS;
    - the embedding, with ids and labels, for the page PROJECTOR;
    - of graphs the precision-recall curve of the validation pairs (the threshold is the share of the pairs
      that score no higher); of rows that are images, reconstructions and samples.

    A fit that is resumed goes on with the log of the one that was interrupted: no epoch is missing, and none
    is there twice. Training is the same with and without it, bit for bit.

    Args:
        folder: One a run; TensorBoard calls the run by its path below the logdir.
        ids: Names of the rows that `fit` is given, for the projector; by default their positions. A graph
            has ids of its own.
        labels: One a row or node, None for "no label"; by default a graph's own.
        hparams: More to note beside the model's settings, such as the name of the data; None notes neither.
        phase: The group of the training scalars, "train" in `train/loss`.
        overwrite: A fit from the start replaces the log that is in the folder.

    Raises:
        FileContentError: The folder's path is not UTF-8.
        MissingExtraError: TensorBoard is not installed.

    Example:
        >>> import tempfile
        >>> from varigraph.graphs.graph import Graph
        >>> from varigraph.models import GAE
        >>> ring = Graph.from_edges([(i, (i + 1) % 30) for i in range(30)])
        >>> log = TensorBoard(tempfile.mkdtemp(), hparams={"note": "a ring"})
        >>> model = GAE(latent_dim=2, max_epochs=2, random_state=0).fit(ring, callbacks=[log])
        >>> sorted(path.name for path in log.folder.glob("*.tsv"))
        ['embedding.tsv', 'metadata.tsv']
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        ids: Iterable[Any] | None = None,
        labels: Iterable[Any] | None = None,
        hparams: Mapping[str, str | float | bool] | None = {},
        phase: str = "train",
        overwrite: bool = False,
    ) -> None:
        require_tensorboard()
        check_nameable(folder)
        self.folder = Path(folder)
        self.ids = None if ids is None else list(ids)
        self.labels = None if labels is None else list(labels)
        self.hparams = hparams
        self.phase = phase
        self.overwrite = overwrite
        self._scalars: EpochScalars | None = None
        self._is_refused = False

    def on_epoch(self, report: EpochReport, state: TrainingState) -> None:
        """Notes the epoch.

        Raises:
            RunFolderError: The folder holds the log of another training.
        """
        # One that was broken off within an epoch was never told to end.
        if self._scalars is not None and self._scalars.n_epochs != report.epoch - 1:
            self._close()
        if self._scalars is None:
            self._is_refused = True
            self._scalars = self._open(state, n_new=1)
            self._is_refused = False
        self._scalars.catch_up(state.history)

    def on_end(self, state: TrainingState) -> None:
        """Writes what is not written yet, and closes the file; of a run without an epoch nothing is left."""
        if self._scalars is None and state.epoch and not self._is_refused:
            self._scalars = self._open(state, n_new=0)
        if self._scalars is not None:
            self._scalars.catch_up(state.history)
        self._close()

    def on_fitted(self, model: Any, *, train: Any, validation: Any) -> None:
        """Writes what is known of the fitted model; it replaces what an earlier call wrote.

        Raises:
            ValueError: There are not as many ids or labels as nodes or rows.
        """
        is_graph = hasattr(model, "score_pairs")
        self._check_lengths(train.n_nodes if is_graph else len(train.values))
        if is_graph:
            self._show_graph(model, validation)
        else:
            self._show_rows(model, train, train if validation is None else validation)
        if self.hparams is not None:
            about = {"dataset": train.name} if is_graph else {}
            settings = model_settings(model) | about | dict(self.hparams)
            write_hyperparameters(self.folder, settings, final_metrics(model), step=model.best_epoch_)

    def _show_graph(self, model: Any, validation: Any) -> None:
        project_nodes(model, self.folder, labels=self.labels, max_points=_MOST_POINTS)
        if validation is not None:
            with replacing_writer(self.folder, _FITTED) as writer:
                add_precision_recall(writer, model, validation, step=model.best_epoch_)

    def _show_rows(self, model: Any, train: Any, watched: Any) -> None:
        named = {"ids": self.ids, "labels": self.labels}
        project_rows(model, self.folder, train, **named, max_points=_MOST_POINTS)
        if are_images(model):
            with replacing_writer(self.folder, _FITTED) as writer:
                add_images(writer, model, watched, step=model.best_epoch_)

    def _open(self, state: TrainingState, *, n_new: int) -> EpochScalars:
        """The scalars of a training of which `n_new` epochs were run since it began or was resumed."""
        scalars = EpochScalars(
            self.folder, phase=self.phase, n_earlier=state.epoch - n_new, overwrite=self.overwrite
        )
        weakref.finalize(self, scalars.close)  # where training is broken off within an epoch
        return scalars

    def _close(self) -> None:
        if self._scalars is not None:
            self._scalars.close()
        self._scalars, self._is_refused = None, False

    def _check_lengths(self, n_points: int) -> None:
        for what, given in (("ids", self.ids), ("labels", self.labels)):
            if given is not None and len(given) != n_points:
                raise ValueError(
                    f"TensorBoard(…, {what}=…) has {len(given):,} {what} for {n_points:,} nodes or rows; the "
                    "model itself is fitted."
                )
