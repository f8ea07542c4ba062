"""The record of one evaluation, or of the same evaluation repeated over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from varigraph.evaluation.link_prediction import LinkEvaluation, summarise_evaluations
from varigraph.evaluation.records import RunRecord
from varigraph.evaluation.repeats import summarise
from varigraph.experiments.link_checks import LinkChecks
from varigraph.experiments.protocols import KIPF_PROTOCOL
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.models.saving import describe_settings

__all__ = ["link_record"]


def link_record(
    evaluations: Sequence[LinkEvaluation],
    models: Sequence[GraphAutoencoder],
    graph: Graph,
    splits: Sequence[EdgeSplit],
    *,
    protocol: str = KIPF_PROTOCOL,
    checks: Sequence[LinkChecks] = (),
    **facts: Any,
) -> RunRecord:
    """The record of one evaluation, or of several over seeds (then metrics are summaries).

    Args:
        evaluations: Of the same part, one a model.
        models: Fitted, with the same settings but for the seed.
        graph: The whole graph.
        splits: In the order of `evaluations`.
        protocol: How edges were split, in words.
        checks: Of each model's probabilities and best links; none of them if they were not made.
        **facts: Fields of `RunRecord` that the others do not tell: `preset`, `refit`, `notes`, `timings`.
    """
    first, model = evaluations[0], models[0]
    metrics: dict[str, Any] = dict(first.metrics if len(models) == 1 else summarise_evaluations(evaluations))
    config = describe_settings(model)
    seeds = [one.seed_ for one in models]
    return RunRecord(
        dataset=graph.name or "graph",  # a record wants a name
        graph_fingerprint=graph.fingerprint,
        split_protocol=protocol,
        split_seeds=[split.seed for split in splits if split.seed is not None],
        split_fingerprints=[split.fingerprint for split in splits],
        model=config["model"],
        settings=config["settings"] | {"random_state": seeds[0] if len(seeds) == 1 else seeds},
        negatives=first.negatives,
        ties=first.ties,
        metrics={first.part: metrics.pop(first.model)},
        heuristics={first.part: metrics},
        calibration={first.part: _gathered([one.calibration for one in checks])} if checks else {},
        top_links={
            first.part: {
                name: _gathered([one.precision[name] for one in checks]) for name in checks[0].precision
            }
        }
        if checks
        else {},
        counts=_counts(graph, models),
        n_threads=model.n_threads_,
        **facts,
    )


def _gathered(figures: Sequence[dict[str, float]]) -> dict[str, Any]:
    """The figures of one model as they are, of several as summaries."""
    if len(figures) == 1:
        return dict(figures[0])
    return {name: summarise([one[name] for one in figures]) for name in figures[0]}


def _counts(graph: Graph, models: Sequence[GraphAutoencoder]) -> dict[str, int]:
    counts = {
        "n_nodes": graph.n_nodes,
        "n_edges": graph.n_edges,
        "n_features": graph.n_features,
        "n_parameters": sum(p.numel() for p in models[0].module_.parameters()),
    }
    if len(models) == 1:  # repeats stop at epochs of their own
        counts |= {"n_epochs": models[0].n_epochs_, "best_epoch": models[0].best_epoch_}
    return counts
