"""The evaluation of a link predictor on one part of a split, heuristics beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from varigraph.errors import SplitError
from varigraph.evaluation.link_prediction.leaks import check_no_leak
from varigraph.evaluation.link_prediction.predictor import LinkPredictor
from varigraph.evaluation.link_prediction.result import LinkEvaluation
from varigraph.evaluation.ranking import DEFAULT_KS, link_metrics
from varigraph.graphs.graph import Graph
from varigraph.graphs.heuristics import HEURISTICS, heuristics_for
from varigraph.graphs.splits import SplitPart
from varigraph.tensor_types import FloatArray, TieRule

__all__ = ["evaluate_links"]


def evaluate_links(
    model: LinkPredictor,
    part: SplitPart,
    *,
    heuristics: bool | Sequence[str] = True,
    ties: TieRule = "average",
    ks: Sequence[int] = DEFAULT_KS,
    name: str | None = None,
) -> LinkEvaluation:
    """Scores all pairs of one part and ranks positives against negatives; the model is not changed.

    Heuristics are computed on the part's message graph, so they know what an encoder may know and no more.
    Before any score, the model is refused if it has seen one of the positives (`check_no_leak`). Choose
    epochs and settings on `split.val`; `split.test` is for one last call.

    Args:
        model: Fitted; for a graph autoencoder the scores come from the posterior's mean.
        part: `split.val` or `split.test`.
        heuristics: True for all that the graph allows (`feature_cosine` needs features), False for none, or
            names of `varigraph.graphs.heuristics.HEURISTICS`.
        ties: Where a positive stands among negatives of the same score; heuristics tie a lot.
        ks: The K of Hits@K.
        name: What the table calls the model; its class name unless told otherwise.

    Raises:
        LeakError: The model has seen positives of the part, or the part's message graph holds them.
        GraphError: The model was fitted on other nodes.
        SplitError: The part has no positives or no negatives.
        TypeError: Instead of a part there is something else, such as the whole split.
        ValueError: The model is not fitted or gives unusable scores; or there is no such heuristic.
    """
    if not isinstance(part, SplitPart):
        raise TypeError(f"Give one part of a split, such as split.test; got {type(part).__name__}.")
    name = name or type(model).__name__
    names = _heuristic_names(heuristics, part.message_graph)
    if name in names:
        raise ValueError(f"The model's name {name!r} is that of a heuristic; give it another with name=.")
    if not part.n_positives or not part.n_negatives:
        raise SplitError(
            f"The {part.name} part has {part.n_positives} positives and {part.n_negatives} negatives, so "
            "nothing can be ranked; evaluate a part that has both, such as split.test."
        )
    check_no_leak(_message_graph_of(model), part)

    pairs = np.concatenate([part.positives, part.negatives.reshape(-1, 2)])
    scores = {name: np.asarray(model.score_pairs(pairs))}
    scores |= {one: HEURISTICS[one](part.message_graph, pairs) for one in names}
    return LinkEvaluation(
        model=name,
        metrics={one: _metrics(one, found, part, ties, ks) for one, found in scores.items()},
        part=part.name,
        n_positives=part.n_positives,
        n_negatives=part.negatives.shape[-2],
        negatives="own" if part.has_own_negatives else "shared",
        ties=ties,
        n_message_edges={"model": model.message_graph_.n_edges, "part": part.message_graph.n_edges},
    )


def _message_graph_of(model: LinkPredictor) -> Graph:
    seen: Graph | None = getattr(model, "message_graph_", None)
    if seen is None:
        kind = type(model).__name__
        raise ValueError(
            f"This {kind} has no message_graph_, so it is not fitted; call fit(split.train) first."
        )
    return seen


def _heuristic_names(heuristics: bool | Sequence[str], graph: Graph) -> list[str]:
    if isinstance(heuristics, bool):
        return list(heuristics_for(graph)) if heuristics else []
    names = [heuristics] if isinstance(heuristics, str) else list(heuristics)
    unknown = [one for one in names if one not in HEURISTICS]
    if unknown:
        raise ValueError(f"There is no heuristic {unknown[0]!r}; there are {', '.join(HEURISTICS)}.")
    return names


def _metrics(
    name: str, scores: FloatArray, part: SplitPart, ties: TieRule, ks: Sequence[int]
) -> dict[str, float]:
    n_pairs = part.n_positives + part.n_negatives
    if scores.shape != (n_pairs,):
        raise ValueError(
            f"{name} scored {n_pairs:,} pairs with an array of shape {scores.shape}; give one a pair."
        )
    positives = scores[: part.n_positives]
    negatives = scores[part.n_positives :].reshape(part.negatives.shape[:-1])
    try:
        return link_metrics(positives, negatives, ties=ties, ks=ks)
    except ValueError as error:
        raise ValueError(f"{name} cannot be evaluated on the {part.name} part: {error}") from error
