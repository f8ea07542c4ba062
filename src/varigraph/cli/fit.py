"""`varigraph fit`: train a model on a split of a graph, score its test part once, leave a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from varigraph.cli import options as o
from varigraph.cli.console import say, show, show_json

if TYPE_CHECKING:
    from varigraph.experiments.run import RunResult
    from varigraph.graphs.graph import Graph

__all__ = ["fit"]


def fit(
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
    source_column: o.SourceColumnOption = None,
    target_column: o.TargetColumnOption = None,
    weight_column: o.WeightColumnOption = None,
    no_header: o.NoHeaderOption = False,
    seed: o.SeedOption = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Run folder; by default a new one under runs/.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the interrupted run in this folder.")
    ] = None,
    as_json: o.JsonOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Train on 85 % of the edges, choose the epoch on 5 %, score the other 10 % once.

    Prints the model beside the heuristics on the same test pairs, and leaves a folder with the model, its
    embedding, the split and a record. Ctrl-C leaves a checkpoint that --resume goes on from.
    """
    if resume is not None:
        _show(_resumed(resume, quiet=quiet), as_json=as_json)
        return
    tables = o.TableOptions(source_column, target_column, weight_column, no_header)
    settings = o.ModelOptions(model, preset, encoder, objective, features, latent_dim, max_epochs, device)
    graph = tables.load(data)
    if not quiet:
        say(_described(graph))
    folder = output or _free_folder(f"{graph.name}-{model}")
    _show(_fitted(settings, graph, folder, seed=seed, quiet=quiet), as_json=as_json)


def _fitted(settings: o.ModelOptions, graph: Graph, folder: Path, *, seed: int, quiet: bool) -> RunResult:
    from varigraph.cli.progress import TrainingProgress
    from varigraph.experiments.run import start_run
    from varigraph.graphs.splits import split_edges

    estimator, split = settings.build(seed), split_edges(graph, random_state=seed)
    with _resumable(folder), TrainingProgress(f"{settings.model} on {graph.name}", quiet=quiet) as progress:
        return start_run(estimator, graph, split, folder, preset=settings.preset, callbacks=[progress])


def _resumed(folder: Path, *, quiet: bool) -> RunResult:
    from varigraph.cli.progress import TrainingProgress
    from varigraph.experiments.run import resume_run

    with _resumable(folder), TrainingProgress(f"resuming {folder}", quiet=quiet) as progress:
        return resume_run(folder, callbacks=[progress])


class _resumable:
    """Says how to go on after Ctrl-C."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is KeyboardInterrupt and (self.folder / "config.json").exists():
            say(f"\nInterrupted. Go on with: varigraph fit --resume {self.folder}", style="yellow")


def _show(result: RunResult, *, as_json: bool) -> None:
    from varigraph.reporting.tables import evaluation_table

    if as_json:
        show_json(result.record.to_dict() | {"folder": str(result.folder)})
        return
    counts = result.record.counts
    title = (
        f"{result.record.model} on {result.record.dataset}: {counts['n_epochs']} epochs, "
        f"epoch {counts['best_epoch']} kept, {result.record.timings['fit']:.1f} s"
    )
    show(evaluation_table(result.evaluation, title=title))
    say(f"\nEverything is in {result.folder}")


def _described(graph: Graph) -> str:
    dropped = graph.dropped
    notes = [
        f"{count:,} {what}"
        for count, what in (
            (dropped.self_loops, "self-loops"),
            (dropped.duplicates, "repeated rows"),
            (dropped.reversed, "rows that repeat an edge the other way round"),
        )
        if count
    ]
    return f"{graph!r}" + (f"; dropped {', '.join(notes)}" if notes else "")


def _free_folder(name: str) -> Path:
    """runs/NAME, or runs/NAME-2, -3, … : the first that is not there."""
    folder, number = Path("runs") / name, 1
    while folder.exists():
        number += 1
        folder = Path("runs") / f"{name}-{number}"
    return folder
