"""`varigraph evaluate` of vectors and images: repeats over splits, or a finished run with its probes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from varigraph.cli.console import show, show_json
from varigraph.cli.misread import pointing_to_the_other_kind
from varigraph.cli.rows.data import RowData
from varigraph.cli.rows.model import RowModelOptions
from varigraph.cli.rows.remarks import notes_instead_of_warnings, say_notes, show_row_evaluation
from varigraph.cli.rows.runs import RowRun

if TYPE_CHECKING:
    from varigraph.cli.kinds import Subject
    from varigraph.evaluation.row_evaluation import RowEvaluation

__all__ = ["evaluate_data", "evaluate_run"]


def evaluate_data(context: typer.Context, subject: Subject, seeds: range) -> None:
    """Trains and scores a model on one split or several, and shows it."""
    from varigraph.cli.training_progress import TrainingProgress
    from varigraph.experiments.rows.repeats import evaluate_row_model_repeatedly
    from varigraph.rows import split_rows

    told = context.params
    settings = RowModelOptions(context, subject.model)
    with pointing_to_the_other_kind(subject):
        rows = RowData.of(context).load(subject.data)
    with notes_instead_of_warnings():
        evaluations, record = evaluate_row_model_repeatedly(
            lambda seed: settings.build(seed, rows),
            rows,
            seeds,
            split=lambda seed: split_rows(rows, random_state=seed),
            preset=settings.preset,
            watch=lambda seed: TrainingProgress(
                f"{settings.model} on {rows.name}, seed {seed}", quiet=told["quiet"]
            ),
        )
    if told["as_json"]:
        show_json(record.to_dict())
        return
    title = f"{settings.model} ({settings.preset}) on {record.dataset}"
    _show(evaluations, title if len(seeds) == 1 else f"{title}, {len(seeds)} splits")


def evaluate_run(context: typer.Context, folder: Path) -> None:
    """Shows what a finished run scored, and what else was asked for."""
    from varigraph.experiments.rows.run_folder import recorded_row_evaluation
    from varigraph.reporting.tables import summary_table

    told = context.params
    if told["force"]:
        raise typer.BadParameter("it is for an output file, and there is none.", param_hint="'--force'")
    evaluation = recorded_row_evaluation(folder)
    probed = _probed(folder, seed=told["seed"]) if told["probes"] else {}
    if told["as_json"]:
        show_json(evaluation.to_dict() | {"probes": {name: one.to_dict() for name, one in probed.items()}})
        return
    show_row_evaluation(evaluation, title=str(folder))
    for name, result in probed.items():
        show("")
        show(summary_table({name: result.metrics}, title=f"{name} of the frozen embedding"))
    if not told["quiet"]:
        say_notes(evaluation.notes)


def _probed(folder: Path, *, seed: int) -> dict[str, Any]:
    from varigraph.errors import DataError
    from varigraph.evaluation import classification_probe, clustering_probe

    run = RowRun.load(folder)
    if run.rows.labels is None:
        raise DataError(f"{run.rows.name} has no labels to probe for.")
    embedding = run.model.transform(run.rows.values)
    return {
        "classification": classification_probe(embedding, run.rows.labels, random_state=seed),
        "clustering": clustering_probe(embedding, run.rows.labels, random_state=seed),
    }


def _show(evaluations: list[RowEvaluation], title: str) -> None:
    from varigraph.evaluation.row_evaluation import summarise_row_evaluations
    from varigraph.reporting.row_tables import row_summary_table

    if len(evaluations) == 1:
        show_row_evaluation(evaluations[0], title=title)
        return
    show(row_summary_table(summarise_row_evaluations(evaluations), title=title))
