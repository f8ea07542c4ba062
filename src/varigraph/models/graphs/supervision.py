"""What a model is trained on and what chooses its epoch: message graph and validation pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from varigraph.encoders import GraphInputs
from varigraph.errors import DivergenceError, GraphError, SplitError
from varigraph.evaluation.link_prediction import check_no_leak
from varigraph.evaluation.ranking import average_precision, mean_reciprocal_rank, roc_auc
from varigraph.graphs.convert import to_graph
from varigraph.graphs.graph import Graph
from varigraph.graphs.known_edges import unite_edges
from varigraph.graphs.splits import split_edges
from varigraph.graphs.splits.edge_split import EdgeSplit, SplitPart
from varigraph.models.graphs.parts import Autoencoder
from varigraph.tensor_types import IndexPairs

__all__ = ["Supervision", "supervision"]


@dataclass(frozen=True, eq=False)
class Supervision:
    """The edges to learn, and the pairs that choose the epoch.

    Attributes:
        message_graph: What the encoder sees and the decoder reconstructs.
        validation: Scored after every epoch; None when nothing was held out.
        known_graph: Every edge that the user has, as far as the data tells; no prediction brings one back.
    """

    message_graph: Graph
    validation: SplitPart | None
    known_graph: Graph

    @property
    def held_out(self) -> IndexPairs:
        """The validation links, shape (n_links, 2)."""
        if self.validation is None:
            return np.empty((0, 2), dtype=np.int64)
        return self.validation.positives

    def validate(self, parts: Autoencoder, inputs: GraphInputs) -> dict[str, float]:
        """Metrics on the validation pairs, from the posterior mean.

        Returns:
            `auc`, `ap` and the `score` that chooses the epoch: the mean of the two, or, when each positive
            has negatives of its own as under HeaRT's protocol, `mrr`, which is then there too.

        Raises:
            DivergenceError: A score is not finite.
        """
        assert self.validation is not None
        positives = torch.from_numpy(np.ascontiguousarray(self.validation.positives))
        negatives = torch.from_numpy(np.ascontiguousarray(self.validation.negatives.reshape(-1, 2)))
        pairs = torch.cat([positives, negatives]).to(inputs.edge_index.device)
        parts.eval()
        with torch.no_grad():
            logits = parts.decoder(parts.encoder(inputs).mean, pairs).logits.double().cpu().numpy()
        if not np.isfinite(logits).all():
            raise DivergenceError(
                "The scores of the validation pairs became infinite or not a number; lower learning_rate, or "
                "scale the features."
            )
        scores = logits[: len(positives)], logits[len(positives) :]
        auc, ap = roc_auc(*scores), average_precision(*scores)
        if not self.validation.has_own_negatives:
            return {"auc": auc, "ap": ap, "score": (auc + ap) / 2}
        mrr = mean_reciprocal_rank(scores[0], scores[1].reshape(self.validation.negatives.shape[:2]))
        return {"auc": auc, "ap": ap, "mrr": mrr, "score": mrr}


def supervision(data: Any, validation: SplitPart | None, *, fraction: float, seed: int) -> Supervision:
    """Sorts out what `fit` was given.

    Args:
        data: A graph, the train part of a split, or something that becomes a graph.
        validation: Given validation pairs, or None.
        fraction: The share of edges to hold out when there are none.
        seed: Of that holdout.

    Raises:
        GraphError: A whole split was given instead of its train part.
        LeakError: A validation edge is a message edge.
        SplitError: The validation part is empty, or positives of `data` are not in its message graph.
        TypeError: The validation is no part of a split.
    """
    if isinstance(data, EdgeSplit):
        raise GraphError("fit takes the train part of a split: fit(split.train, validation=split.val).")
    graph = _learnable(data) if isinstance(data, SplitPart) else to_graph(data)
    known = (data.known_graph or graph) if isinstance(data, SplitPart) else graph
    if validation is not None:
        if not isinstance(validation, SplitPart):
            raise TypeError(f"validation takes split.val, got {type(validation).__name__}.")
        if not validation.n_positives or not validation.n_negatives:
            raise SplitError(
                "The validation part has no positives or no negatives, so it cannot choose an epoch; leave "
                "validation out and say validation_fraction=0 to train without."
            )
        check_no_leak(graph, validation)
        also = [] if validation.known_graph is None else [validation.known_graph.edges]
        return Supervision(graph, validation, unite_edges(known, [validation.positives, *also]))
    if not fraction:
        return Supervision(graph, None, known)
    split = split_edges(graph, val=fraction, test=0.0, random_state=seed)
    return Supervision(split.train.message_graph, split.val, known)


def _learnable(part: SplitPart) -> Graph:
    """The part's message graph, which is both seen and learnt; other positives would be passed over."""
    graph, pairs = part.message_graph, part.positives
    n_left_out = int((~graph.has_edges(pairs[pairs[:, 0] != pairs[:, 1]])).sum())
    if n_left_out:
        raise SplitError(
            f"{n_left_out:,} of the {part.n_positives:,} {part.name} positives are not in the part's message "
            "graph, whose edges are what fit learns. Fit on split.train, or on a graph of the edges to learn."
        )
    return graph
