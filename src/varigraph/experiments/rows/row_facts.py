"""The record of one evaluation of a row model, or of the same evaluation repeated over seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from varigraph.evaluation.row_evaluation import RowEvaluation, summarise_row_evaluations
from varigraph.evaluation.row_record import RowRecord
from varigraph.models.rows.base import RowAutoencoder
from varigraph.models.saving import describe_settings
from varigraph.rows import Rows, RowSplit
from varigraph.rows.notes import row_notes

__all__ = ["row_record"]


def row_record(
    evaluations: Sequence[RowEvaluation],
    models: Sequence[RowAutoencoder],
    rows: Rows,
    splits: Sequence[RowSplit],
    *,
    preset: str | None = None,
    timings: Mapping[str, float],
) -> RowRecord:
    """The record of one evaluation, or of several over seeds (then metrics are summaries).

    Args:
        evaluations: Of the same part, one a model.
        models: Fitted, with the same settings but for the seed.
        rows: All rows.
        splits: In the order of `evaluations`.
        preset: What the settings started from.
        timings: Seconds by phase.
    """
    first, model, split = evaluations[0], models[0], splits[0]
    is_single = len(models) == 1
    metrics: dict[str, Any] = dict(first.metrics if is_single else summarise_row_evaluations(evaluations))
    config, seeds = describe_settings(model), [one.seed_ for one in models]
    return RowRecord(
        dataset=rows.name or "rows",  # a record wants a name
        data_fingerprint=rows.fingerprint,
        split_protocol=split.protocol or "given",
        split_seeds=[one.seed for one in splits if one.seed is not None],
        split_fingerprints=[one.fingerprint for one in splits],
        model=config["model"],
        preset=preset,
        settings=config["settings"] | {"random_state": seeds[0] if is_single else seeds},
        metrics={first.part: metrics.pop(first.model)},
        standard_errors={first.part: dict(first.model_standard_errors)} if is_single else {},
        baselines={first.part: metrics},
        baseline_standard_errors={first.part: _as_dicts(first.baseline_standard_errors)} if is_single else {},
        notes=_once([*row_notes(rows), *_notes_of(models), *first.notes]),
        counts=_counts(rows, split, models),
        timings=dict(timings),
        n_threads=model.n_threads_,
    )


def _notes_of(models: Sequence[RowAutoencoder]) -> list[str]:
    """What training found of one model; of several it would not say of which seed."""
    return models[0].training_notes_ if len(models) == 1 else []


def _once(notes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(notes))


def _as_dicts(figures: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {name: dict(one) for name, one in figures.items()}


def _counts(rows: Rows, split: RowSplit, models: Sequence[RowAutoencoder]) -> dict[str, int]:
    model = models[0]
    counts = {
        "n_rows": rows.n_rows,
        "n_features": rows.n_features,
        "n_train": len(split.train),
        "n_val": len(split.val),
        "n_test": len(split.test),
        "n_parameters": sum(one.numel() for one in model.module_.parameters()),
    }
    if len(models) == 1:  # repeats stop at epochs of their own
        counts |= {"n_epochs": model.n_epochs_, "best_epoch": model.best_epoch_}
        if hasattr(model, "active_units_"):
            counts["active_units"] = model.active_units_
    return counts
