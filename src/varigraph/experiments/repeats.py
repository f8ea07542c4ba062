"""The same evaluation over several splits: the figures that a table quotes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from varigraph.evaluation.link_prediction import LinkEvaluation, evaluate_links
from varigraph.evaluation.records import RunRecord
from varigraph.experiments.link_checks import check_links
from varigraph.experiments.link_record import link_record
from varigraph.experiments.protocols import Protocol
from varigraph.graphs.graph import Graph
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.training import Callback

__all__ = ["evaluate_repeatedly"]


def evaluate_repeatedly(
    make_model: Callable[[int], GraphAutoencoder],
    graph: Graph,
    protocol: Protocol,
    seeds: Sequence[int],
    *,
    preset: str | None = None,
    watch: Callable[[int], AbstractContextManager[Callback]],
) -> tuple[list[LinkEvaluation], RunRecord]:
    """Trains and scores one model a seed; each test part is scored once, after training.

    Args:
        make_model: A model, not fitted, for a seed: its weights start anew.
        graph: The whole graph.
        protocol: Gives the split of a seed.
        seeds: One a repeat.
        preset: For the record.
        watch: Opens what watches the training of a seed.

    Returns:
        The evaluation of each seed, and the record of all.
    """
    evaluations, checks, models, splits, seconds = [], [], [], [], 0.0
    for seed in seeds:
        model, split = make_model(seed), protocol.split(seed)
        started = time.perf_counter()
        with watch(seed) as callback:
            model.fit(split.train, validation=split.val, callbacks=[callback])
        seconds += time.perf_counter() - started
        name = type(model).__name__.lower()
        evaluations.append(evaluate_links(model, split.test, name=name))
        checks.append(check_links(model, split, name=name))
        models.append(model)
        splits.append(split)
    record = link_record(
        evaluations,
        models,
        graph,
        splits,
        protocol=protocol.description,
        checks=[one for one in checks if one is not None],
        preset=preset,
        timings={"fit": seconds},
    )
    return evaluations, record
