"""The same evaluation of row models over several seeds: the figures that a table quotes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from varigraph.evaluation.row_evaluation import RowEvaluation
from varigraph.evaluation.row_record import RowRecord
from varigraph.experiments.rows.row_facts import row_record
from varigraph.experiments.rows.training import check_split, evaluate_on_test, fit_on_split
from varigraph.models.rows.base import RowAutoencoder
from varigraph.rows import Rows, RowSplit
from varigraph.training import Callback

__all__ = ["evaluate_row_model_repeatedly"]


def evaluate_row_model_repeatedly(
    make_model: Callable[[int], RowAutoencoder],
    rows: Rows,
    seeds: Sequence[int],
    *,
    split: Callable[[int], RowSplit],
    preset: str | None = None,
    watch: Callable[[int], AbstractContextManager[Callback]],
) -> tuple[list[RowEvaluation], RowRecord]:
    """Trains and scores one model a seed; each test part is scored once, after training.

    Args:
        make_model: A model, not fitted, for a seed: its weights start anew.
        rows: All rows.
        seeds: One a repeat.
        split: The split of a seed, such as `lambda seed: split_rows(rows, random_state=seed)`.
        preset: For the record.
        watch: Opens what watches the training of a seed.

    Returns:
        The evaluation of each seed, and the record of all.

    Raises:
        SplitError: A split leaves nothing to train on or to score.
    """
    evaluations, models, splits, seconds = [], [], [], 0.0
    for seed in seeds:
        model, parts = make_model(seed), split(seed)
        check_split(parts)
        started = time.perf_counter()
        with watch(seed) as callback:
            fit_on_split(model, rows, parts, callbacks=[callback])
        seconds += time.perf_counter() - started
        evaluations.append(evaluate_on_test(model, rows, parts))
        models.append(model)
        splits.append(parts)
    record = row_record(evaluations, models, rows, splits, preset=preset, timings={"fit": seconds})
    return evaluations, record
