"""Link predictors and their evaluation on one part of a split, heuristics beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from varigraph.errors import GraphError, LeakError, SplitError
from varigraph.evaluation.documents import json_ready
from varigraph.evaluation.ranking import DEFAULT_KS, link_metrics
from varigraph.evaluation.repeats import Summary, summarise
from varigraph.graphs.graph import Graph
from varigraph.graphs.heuristics import HEURISTICS, heuristics_for
from varigraph.graphs.splits import SplitPart
from varigraph.tensor_types import FloatArray, IndexPairs, TieRule

__all__ = [
    "LinkEvaluation",
    "LinkPredictor",
    "NegativeSharing",
    "check_no_leak",
    "evaluate_links",
    "summarise_evaluations",
]

NegativeSharing: TypeAlias = Literal["shared", "own"]
"""Whether positives are ranked in one pool of negatives, or each among its own."""


class LinkPredictor(Protocol):
    """What can be evaluated: a model of this library, a baseline, or a class of your own."""

    @property
    def message_graph_(self) -> Graph:
        """The graph that `fit` was given, with every edge that any score may depend on."""
        ...

    def fit(self, graph: Any, /) -> Any:
        """Learns from a message graph (or a split's part, which has one) and returns itself."""
        ...

    def score_pairs(self, index_pairs: IndexPairs, /) -> FloatArray:
        """Scores of pairs, the higher the likelier an edge; symmetric in the two nodes.

        Models give logits, from the *mean* of the posterior: scores of sampled latent vectors are noisier,
        and the published numbers do not use them.

        Args:
            index_pairs: Node positions in `message_graph_`, shape (n_pairs, 2).

        Returns:
            shape (n_pairs,).
        """
        ...


@dataclass(frozen=True, eq=False)
class LinkEvaluation:
    """How a model and the heuristics do on one part of a split; print it for a table.

    Attributes:
        model: The model's name in `metrics`.
        metrics: For each predictor, the model first: `auc`, `ap`, `hits@K`, `mrr`, as fractions. Hits@K is
            NaN when a positive has fewer than K negatives.
        part: Which part was scored: "train", "val" or "test".
        n_positives: How many positives were scored.
        n_negatives: Their negatives: the size of the shared pool, or how many each positive has.
        negatives: "shared" or "own".
        ties: Where a positive stands among negatives of the same score.
        n_message_edges: Edges that the model saw, and that the part allows (which the heuristics see).
    """

    model: str
    metrics: Mapping[str, Mapping[str, float]]
    part: str
    n_positives: int
    n_negatives: int
    negatives: NegativeSharing
    ties: TieRule
    n_message_edges: Mapping[Literal["model", "part"], int]

    @property
    def model_metrics(self) -> Mapping[str, float]:
        """The metrics of the model alone."""
        return self.metrics[self.model]

    @property
    def heuristics_metrics(self) -> dict[str, Mapping[str, float]]:
        """The metrics of the heuristics, by name."""
        return {name: metrics for name, metrics in self.metrics.items() if name != self.model}

    def to_dict(self) -> dict[str, Any]:
        """A JSON document; NaN is None there."""
        document: dict[str, Any] = json_ready(vars(self))
        return document

    def __str__(self) -> str:
        width = max(map(len, self.metrics))
        header = " ".join(f"{name:>8}" for name in self.model_metrics)
        rows = (
            f"{name:<{width}} " + " ".join(_percent(value) for value in metrics.values())
            for name, metrics in self.metrics.items()
        )
        return "\n".join([f"{'%':<{width}} {header}", *rows, self.caption])

    @property
    def caption(self) -> str:
        """One sentence on what was ranked against what."""
        shared = "in one pool" if self.negatives == "shared" else "for each of them"
        return (
            f"{self.part} part: {self.n_positives:,} positives, {self.n_negatives:,} negatives {shared}; "
            f"{self.ties} rank for ties."
        )


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


def check_no_leak(seen: Graph, part: SplitPart) -> None:
    """Refuses a message graph that holds a positive of the part, and a part that leaks itself.

    Args:
        seen: What a model has passed messages over, its `message_graph_`.
        part: What it is to be scored on.

    Raises:
        LeakError: With counts, an example by the user's ids, and what to do.
        GraphError: The model was fitted on other nodes, so positions mean nothing to it.
    """
    allowed = part.message_graph
    if seen.n_nodes != allowed.n_nodes:
        raise GraphError(
            f"The model was fitted on {seen.n_nodes:,} nodes, but the {part.name} part has "
            f"{allowed.n_nodes:,}; fit it on a message graph of the same split."
        )
    if seen.ids is not allowed.ids and seen.ids.tolist() != allowed.ids.tolist():
        raise GraphError(
            "The model was fitted on nodes with other ids, or in another order, than those of the "
            f"{part.name} part; fit it on a message graph of the same split."
        )
    _refuse_leak(
        seen, part, "The model has passed messages over", "Fit it on split.train, then evaluate again."
    )
    _refuse_leak(
        allowed, part, "Its own message graph holds", "Look at split.verify() and make the split anew."
    )


def _message_graph_of(model: LinkPredictor) -> Graph:
    seen: Graph | None = getattr(model, "message_graph_", None)
    if seen is None:
        kind = type(model).__name__
        raise ValueError(
            f"This {kind} has no message_graph_, so it is not fitted; call fit(split.train) first."
        )
    return seen


def summarise_evaluations(evaluations: Sequence[LinkEvaluation]) -> dict[str, dict[str, Summary]]:
    """Mean, sd and 95 % interval of each predictor's metrics over repeated evaluations.

    Args:
        evaluations: One a seed, with the same predictors and metrics.

    Returns:
        For each predictor, a `Summary` by metric.

    Raises:
        ValueError: There are none, or they differ in part, negatives, tie rule, predictors or metrics.
    """
    if not evaluations:
        raise ValueError("There are no evaluations to summarise.")
    first = evaluations[0]
    for one in evaluations[1:]:
        if _protocol(one) != _protocol(first):
            raise ValueError(
                "Evaluations of different protocols cannot be summarised together: "
                f"{_protocol(first)} and {_protocol(one)}."
            )
    return {
        name: {key: summarise([one.metrics[name][key] for one in evaluations]) for key in metrics}
        for name, metrics in first.metrics.items()
    }


def _protocol(evaluation: LinkEvaluation) -> dict[str, Any]:
    return {
        "part": evaluation.part,
        "negatives": evaluation.negatives,
        "ties": evaluation.ties,
        "predictors": list(evaluation.metrics),
        "metrics": list(evaluation.model_metrics),
    }


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


def _refuse_leak(graph: Graph, part: SplitPart, what: str, advice: str) -> None:
    leaked = graph.has_edges(part.positives)
    if not leaked.any():
        return
    source, target = (graph.ids.tolist()[position] for position in part.positives[leaked.argmax()])
    raise LeakError(
        f"{what} {int(leaked.sum()):,} of the {part.n_positives:,} {part.name} positives, such as "
        f"({source!r}, {target!r}); a score on edges that were shown says nothing about edges that were not. "
        f"{advice}"
    )


def _percent(value: float) -> str:
    return f"{'–':>8}" if np.isnan(value) else f"{100 * value:8.2f}"
