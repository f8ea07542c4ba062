"""`varigraph fit`: train a model on a split of a graph, score its test part once, leave a run folder."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from varigraph.cli import options as o
from varigraph.cli.console import say, show_checks, show_evaluation, show_json
from varigraph.cli.splitting import SplitByOption, SplitOptions, TestEdgesOption

if TYPE_CHECKING:
    from varigraph.cli.progress import TrainingProgress
    from varigraph.experiments.run import Phase, RunResult
    from varigraph.graphs.graph import Graph
    from varigraph.graphs.splits.edge_split import EdgeSplit

__all__ = ["fit"]

_RESUMING = frozenset({"resume", "as_json", "quiet"})
_FEW = 10  # of fewer validation edges, one more or less ranked well moves the AUC by 10 points


def fit(
    context: typer.Context,
    data: o.Data = "stdlib",
    *,
    model: o.ModelOption = "vgae",
    preset: o.PresetOption = "default",
    encoder: o.EncoderOption = None,
    objective: o.ObjectiveOption = None,
    features: o.FeaturesOption = None,
    latent_dim: o.LatentDimOption = None,
    max_epochs: o.MaxEpochsOption = None,
    device: o.DeviceOption = "auto",
    format: o.FormatOption = None,
    source_column: o.SourceColumnOption = None,
    target_column: o.TargetColumnOption = None,
    weight_column: o.WeightColumnOption = None,
    unweighted: o.UnweightedOption = False,
    no_header: o.NoHeaderOption = False,
    node_table: o.NodeTableOption = None,
    feature_table: o.FeatureTableOption = None,
    id_column: o.IdColumnOption = None,
    label_column: o.LabelColumnOption = None,
    split_by: SplitByOption = None,
    test_edges: TestEdgesOption = None,
    seed: o.SeedOption = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Run folder; by default a new one under runs/.")
    ] = None,
    no_refit: Annotated[
        bool, typer.Option("--no-refit", help="Keep the evaluated model; do not train on all edges after.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a run that is in the folder.")] = False,
    resume: Annotated[
        Path | None,
        typer.Option(help="Go on with the interrupted run in this folder, with its data and settings."),
    ] = None,
    as_json: o.JsonOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Train on 85 % of the edges, choose the epoch on 5 %, score the other 10 % once; then train on all.

    Prints the model beside the heuristics on the same test pairs, and leaves a folder with the model that was
    trained on all edges for the chosen number of epochs, its embedding, the split and a record. Ctrl-C leaves
    a checkpoint that --resume goes on from.
    """
    if resume is not None:
        o.refuse_others(context, _RESUMING, because="--resume takes data and settings from the run")
        result = _resumed(resume, quiet=quiet)
    else:
        reading = o.DataOptions.of(context)
        settings = o.ModelOptions(model, preset, encoder, objective, features, latent_dim, max_epochs, device)
        plan = _Plan(data=data, output=output, seed=seed, refit=not no_refit, force=force, quiet=quiet)
        result = _fitted(settings, reading, SplitOptions(split_by, test_edges), plan)
    if as_json:
        show_json(result.record.to_dict() | {"folder": str(result.folder)})
    else:
        _show(result)
    if not quiet:
        say(f"\nEverything is in {result.folder}")


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What a new run is made from and where it goes."""

    data: str
    output: Path | None
    seed: int
    refit: bool
    force: bool
    quiet: bool


def _fitted(
    settings: o.ModelOptions, reading: o.DataOptions, splitting: SplitOptions, plan: _Plan
) -> RunResult:
    from varigraph.experiments.run import RunPlan, start_run
    from varigraph.experiments.run_folder import check_run_folder_is_free

    if plan.output is not None:
        # Now, and not after a large graph has been read.
        check_run_folder_is_free(plan.output, force=plan.force)
    graph, protocol = splitting.load(reading, plan.data)
    estimator, split = settings.build(plan.seed), protocol.split(plan.seed)
    if not plan.quiet:
        say(_described(graph, split))
        if splitting.is_given:
            say(f"Split {protocol.description}.")
    folder = plan.output or _new_folder(f"{graph.name}-{settings.model}")
    label = f"{settings.model} on {graph.name}"
    with _resumable(folder):
        return start_run(
            estimator,
            graph,
            split,
            folder,
            plan=RunPlan(preset=settings.preset, protocol=protocol.description, refit=plan.refit),
            force=plan.force,
            watch=lambda phase: _watched(label, phase, quiet=plan.quiet),
        )


def _resumed(folder: Path, *, quiet: bool) -> RunResult:
    from varigraph.experiments.run import resume_run

    with _resumable(folder):
        return resume_run(folder, watch=lambda phase: _watched(f"resuming {folder}", phase, quiet=quiet))


@contextlib.contextmanager
def _watched(label: str, phase: Phase, *, quiet: bool) -> Iterator[list[TrainingProgress]]:
    """Shows the progress of a phase."""
    from varigraph.cli.progress import TrainingProgress

    words = label if phase == "fit" else f"{label}, all edges"
    with TrainingProgress(words, quiet=quiet) as progress:
        yield [progress]


@contextlib.contextmanager
def _resumable(folder: Path) -> Iterator[None]:
    """When training is broken off, says how to go on."""
    try:
        yield
    except (KeyboardInterrupt, OSError) as error:
        if (folder / "config.json").exists() and not (folder / "record.json").exists():
            what = "Interrupted" if isinstance(error, KeyboardInterrupt) else "Broken off"
            how = shlex.join(["varigraph", "fit", "--resume", str(folder)])
            say(f"\n{what}. Go on with: {how}", style="yellow")
        raise


def _show(result: RunResult) -> None:
    counts = result.record.counts
    title = (
        f"{result.record.model} on {result.record.dataset}: {counts['n_epochs']} epochs, "
        f"epoch {counts['best_epoch']} kept, {sum(result.record.timings.values()):.1f} s"
    )
    show_evaluation(result.evaluation, title=title)
    show_checks(result.record)


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


def _new_folder(name: str) -> Path:
    """runs/NAME, or runs/NAME-2, -3, …: the first that is free, made so that no other run takes it."""
    folder, number = Path("runs") / name, 1
    while True:
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            number += 1
            folder = Path("runs") / f"{name}-{number}"
