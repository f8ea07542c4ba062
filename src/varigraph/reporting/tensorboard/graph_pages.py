"""What TensorBoard shows of a fitted model of a graph: its embedding and its validation pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata

from varigraph.reporting.tensorboard.projector import spread, write_projector
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

__all__ = ["add_precision_recall", "evenly_placed", "project_nodes"]


def project_nodes(model: Any, folder: Path, *, labels: Sequence[Any] | None, max_points: int) -> None:
    """Writes the posterior means of the nodes with their ids, and the graph's labels if it has any.

    Args:
        model: Fitted.
        folder: Of the run's event files.
        labels: One a node, in place of the graph's.
        max_points: Of more nodes so many are written, evenly spaced.
    """
    graph = model.message_graph_
    at = spread(graph.n_nodes, max_points)
    known = graph.labels if labels is None else np.asarray(labels, dtype=object)
    of_points = None if known is None else known[at].tolist()
    write_projector(folder, model.embedding_[at], ids=graph.ids[at].tolist(), labels=of_points)


def add_precision_recall(writer: SummaryWriter, model: Any, validation: Any, *, step: int) -> None:
    """Adds the precision-recall curve of the validation pairs, from the posterior means.

    Args:
        writer: Of the run.
        model: Fitted.
        validation: A `SplitPart`.
        step: The epoch whose weights were kept.
    """
    pairs = (validation.positives, validation.negatives.reshape(-1, 2))
    is_edge = np.repeat([True, False], [len(one) for one in pairs])
    places = evenly_placed(model.score_pairs(np.concatenate(pairs)))
    writer.add_pr_curve("val/precision_recall", is_edge, places, global_step=step)


def evenly_placed(scores: FloatArray) -> FloatArray:
    """Scores as the share of all scores that they reach or exceed, in (0, 1].

    A curve of precision and recall knows the order of the scores alone. TensorBoard takes its thresholds
    evenly from 0 to 1, where the sigmoids of some models crowd at one end.

    Example:
        >>> evenly_placed(np.array([-9.0, -8.0, -9.5, -8.0])).tolist()
        [0.5, 1.0, 0.25, 1.0]
    """
    ranks: FloatArray = rankdata(scores, method="max")
    return ranks / len(scores)
