"""`varigraph fit` of vectors and images: split the rows, train, score the test part once."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from varigraph.cli.console import say
from varigraph.cli.misread import pointing_to_the_other_kind
from varigraph.cli.rows.data import RowData
from varigraph.cli.rows.model import RowModelOptions
from varigraph.cli.rows.remarks import described, notes_instead_of_warnings, say_notes, show_row_evaluation
from varigraph.cli.run_log import RunLog
from varigraph.cli.run_output import RunOutput, resumable, watched
from varigraph.cli.standard_input import STANDARD_INPUT

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from varigraph.cli.kinds import Subject
    from varigraph.experiments.rows.run import RowRunResult
    from varigraph.rows import Rows
    from varigraph.training import Callback

__all__ = ["resumed", "show_result", "started"]


def started(context: typer.Context, subject: Subject) -> RowRunResult:
    """A new run, finished."""
    from varigraph.experiments.rows.run import RowRunPlan, start_row_run
    from varigraph.rows import split_rows

    output, settings = RunOutput.of(context), RowModelOptions(context, subject.model)
    reading = RowData.of(context)
    with pointing_to_the_other_kind(subject):
        rows = reading.load(subject.data)
    split = split_rows(rows, random_state=output.seed)
    model = settings.build(output.seed, rows)
    if not output.quiet:
        say(described(rows, split, model, is_told=settings.says_likelihood()))
        if subject.data == STANDARD_INPUT:
            say("Rows from standard input are not kept: a run on them cannot be resumed.")
    folder = output.place(f"{rows.name}-{settings.model}")
    label, log = f"{settings.model} on {rows.name}", output.log(folder)
    # What came through standard input is not there to be read again.
    source = None if subject.data == STANDARD_INPUT else subject.data
    going_on = contextlib.nullcontext() if source is None else resumable(folder)
    with going_on, notes_instead_of_warnings():
        result = start_row_run(
            model,
            rows,
            split,
            folder,
            plan=RowRunPlan(source=source, reading=reading.reading(), preset=settings.preset),
            force=output.force,
            watch=lambda: _watched(label, log, rows, quiet=output.quiet),
        )
        log.finish(result.record)
    return result


def resumed(folder: Path, *, quiet: bool, tensorboard: bool) -> RowRunResult:
    """A run that was broken off, finished."""
    from varigraph.experiments.rows.run import resume_row_run
    from varigraph.experiments.rows.run_folder import rows_of_run

    label, log = f"resuming {folder}", RunLog.of(folder, is_wanted=tensorboard)
    with resumable(folder), notes_instead_of_warnings():
        if log.folder is None:
            return resume_row_run(folder, watch=lambda: watched(label, quiet=quiet))
        rows = rows_of_run(folder)  # the log has their ids and labels
        result = resume_row_run(folder, rows=rows, watch=lambda: _watched(label, log, rows, quiet=quiet))
        log.finish(result.record)
    return result


def _watched(label: str, log: RunLog, rows: Rows, *, quiet: bool) -> AbstractContextManager[list[Callback]]:
    labels = None if rows.labels is None else rows.labels.tolist()
    return watched(label, quiet=quiet, log=log.fit(ids=rows.ids.tolist(), labels=labels))


def show_result(result: RowRunResult, *, quiet: bool) -> None:
    """The scores of the test part, baselines beside them, and what training and scoring brought to light."""
    counts = result.record.counts
    title = (
        f"{result.record.model} on {result.record.dataset}: {counts['n_epochs']} epochs, "
        f"epoch {counts['best_epoch']} kept, {sum(result.record.timings.values()):.1f} s"
    )
    show_row_evaluation(result.evaluation, title=title)
    if not quiet:
        say_notes([*result.model.training_notes_, *result.evaluation.notes])
