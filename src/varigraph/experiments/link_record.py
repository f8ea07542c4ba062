"""The record of one evaluation, or of the same evaluation repeated over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from varigraph.evaluation.link_prediction import LinkEvaluation, summarise_evaluations
from varigraph.evaluation.records import RunRecord
from varigraph.experiments.protocols import KIPF_PROTOCOL
from varigraph.graphs.edge_split import EdgeSplit
from varigraph.graphs.graph import Graph
from varigraph.models.base import GraphAutoencoder
from varigraph.models.saving import describe_settings

__all__ = ["link_record"]


def link_record(
    evaluations: Sequence[LinkEvaluation],
    models: Sequence[GraphAutoencoder],
    graph: Graph,
    splits: Sequence[EdgeSplit],
    *,
    preset: str | None = None,
    protocol: str = KIPF_PROTOCOL,
    timings: dict[str, float] | None = None,
) -> RunRecord:
    """The record of one evaluation, or of several over seeds (then metrics are summaries).

    Args:
        evaluations: Of the same part, one a model.
        models: Fitted, with the same settings but for the seed.
        graph: The whole graph.
        splits: In the order of `evaluations`.
        preset: What the settings started from.
        protocol: How edges were split, in words.
        timings: Seconds by phase, over all models.
    """
    first, model = evaluations[0], models[0]
    metrics: dict[str, Any] = dict(first.metrics if len(models) == 1 else summarise_evaluations(evaluations))
    config = describe_settings(model)
    seeds = [one.seed_ for one in models]
    return RunRecord(
        dataset=graph.name,
        graph_fingerprint=graph.fingerprint,
        split_protocol=protocol,
        split_seeds=[split.seed for split in splits if split.seed is not None],
        split_fingerprints=[split.fingerprint for split in splits],
        model=config["model"],
        settings=config["settings"] | {"random_state": seeds[0] if len(seeds) == 1 else seeds},
        preset=preset,
        negatives=first.negatives,
        ties=first.ties,
        metrics={first.part: metrics.pop(first.model)},
        heuristics={first.part: metrics},
        counts=_counts(graph, models),
        timings=timings or {},
        n_threads=model.n_threads_,
    )


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
