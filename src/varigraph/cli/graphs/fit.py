"""`varigraph fit` of a graph: split its edges, train, score the test part once, train again on all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from varigraph.cli.console import say, show_checks, show_evaluation
from varigraph.cli.graphs.data import DataOptions
from varigraph.cli.graphs.model import GraphModelOptions
from varigraph.cli.graphs.splitting import SplitOptions
from varigraph.cli.misread import pointing_to_the_other_kind
from varigraph.cli.run_log import RunLog
from varigraph.cli.run_output import RunOutput, resumable, watched

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from varigraph.cli.kinds import Subject
    from varigraph.experiments.run import Phase, RunResult
    from varigraph.graphs.graph import Graph
    from varigraph.graphs.splits.edge_split import EdgeSplit
    from varigraph.training import Callback

__all__ = ["resumed", "show_result", "started"]

_FEW = 10  # of fewer validation edges, one more or less ranked well moves the AUC by 10 points


def started(context: typer.Context, subject: Subject) -> RunResult:
    """A new run, finished."""
    from varigraph.experiments.run import RunPlan, start_run

    output, settings = RunOutput.of(context), GraphModelOptions(context, subject.model)
    splitting = SplitOptions(context.params["split_by"], context.params["test_edges"])
    with pointing_to_the_other_kind(subject):
        graph, protocol = splitting.load(DataOptions.of(context), subject.data)
    estimator, split = settings.build(output.seed), protocol.split(output.seed)
    if not output.quiet:
        say(_described(graph, split))
        if splitting.is_given:
            say(f"Split {protocol.description}.")
    folder = output.place(f"{graph.name}-{settings.model}")
    label, log = f"{settings.model} on {graph.name}", output.log(folder)
    plan = RunPlan(
        preset=settings.preset, protocol=protocol.description, refit=not context.params["no_refit"]
    )
    with resumable(folder):
        result = start_run(
            estimator,
            graph,
            split,
            folder,
            plan=plan,
            force=output.force,
            watch=lambda phase: _watched(label, phase, log, quiet=output.quiet),
        )
        log.finish(result.record)
    return result


def resumed(folder: Path, *, quiet: bool, tensorboard: bool) -> RunResult:
    """A run that was broken off, finished."""
    from varigraph.experiments.run import resume_run

    log = RunLog.of(folder, is_wanted=tensorboard)
    with resumable(folder):
        result = resume_run(
            folder, watch=lambda phase: _watched(f"resuming {folder}", phase, log, quiet=quiet)
        )
        log.finish(result.record)
    return result


def show_result(result: RunResult, *, quiet: bool) -> None:
    """The scores of the test part, heuristics beside them."""
    counts = result.record.counts
    title = (
        f"{result.record.model} on {result.record.dataset}: {counts['n_epochs']} epochs, "
        f"epoch {counts['best_epoch']} kept, {sum(result.record.timings.values()):.1f} s"
    )
    show_evaluation(result.evaluation, title=title)
    show_checks(result.record)


def _watched(label: str, phase: Phase, log: RunLog, *, quiet: bool) -> AbstractContextManager[list[Callback]]:
    if phase == "fit":
        return watched(label, quiet=quiet, log=log.fit())
    return watched(f"{label}, all edges", quiet=quiet, log=log.refit())


def _described(graph: Graph, split: EdgeSplit) -> str:
    from varigraph.graphs.notes import graph_notes

    dropped = graph.dropped
    notes = [
        f"{count:,} {one if count == 1 else many}"
        for count, one, many in (
            (dropped.self_loops, "self-loop", "self-loops"),
            (dropped.duplicates, "repeated row", "repeated rows"),
            (
                dropped.reversed,
                "row that repeats an edge the other way round",
                "rows that repeat an edge the other way round",
            ),
        )
        if count
    ]
    lines = [f"{graph!r}" + (f"; dropped {', '.join(notes)}" if notes else "")]
    if split.val.n_positives < _FEW:
        lines.append(
            f"Few edges are held out ({split.val.n_positives} to choose the epoch, {split.test.n_positives} "
            "for the table), so both owe much to chance; see evaluate --repeats."
        )
    lines += [f"Note: {note}" for note in graph_notes(graph)]
    return "\n".join(lines)
