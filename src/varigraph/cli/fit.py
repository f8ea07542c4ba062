"""`varigraph fit`: train a model on part of the data, score another part once, leave a run folder."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from varigraph.cli import options as o
from varigraph.cli.console import say, show_json
from varigraph.cli.graphs import fit as graph_fit
from varigraph.cli.graphs import options as g
from varigraph.cli.kinds import Kind, Subject, kind_of_run
from varigraph.cli.rows import fit as row_fit
from varigraph.cli.rows import options as r

__all__ = ["fit"]

_RESUMING = frozenset({"resume", "tensorboard", "as_json", "quiet"})
_FIT_OF: dict[Kind, ModuleType] = {"graphs": graph_fit, "rows": row_fit}


def fit(
    context: typer.Context,
    data: o.Data = None,
    *,
    model: o.ModelOption = None,
    preset: o.PresetOption = "default",
    encoder: o.EncoderOption = None,
    objective: o.ObjectiveOption = None,
    latent_dim: o.LatentDimOption = None,
    max_epochs: o.MaxEpochsOption = None,
    device: o.DeviceOption = "auto",
    format: o.FormatOption = None,
    no_header: o.NoHeaderOption = False,
    id_column: o.IdColumnOption = None,
    label_column: o.LabelColumnOption = None,
    features: g.FeaturesOption = None,
    source_column: g.SourceColumnOption = None,
    target_column: g.TargetColumnOption = None,
    weight_column: g.WeightColumnOption = None,
    unweighted: g.UnweightedOption = False,
    node_table: g.NodeTableOption = None,
    feature_table: g.FeatureTableOption = None,
    split_by: g.SplitByOption = None,
    test_edges: g.TestEdgesOption = None,
    no_refit: g.NoRefitOption = False,
    hidden_dims: r.HiddenDimsOption = None,
    activation: r.ActivationOption = None,
    likelihood: r.LikelihoodOption = None,
    prior: r.PriorOption = None,
    beta: r.BetaOption = None,
    corruption: r.CorruptionOption = None,
    noise: r.NoiseOption = None,
    batch_size: r.BatchSizeOption = None,
    learning_rate: r.LearningRateOption = None,
    optimizer: r.OptimizerOption = None,
    patience: r.PatienceOption = None,
    binarise: r.BinariseOption = "none",
    columns: r.ColumnsOption = None,
    array: r.ArrayOption = None,
    image_shape: r.ImageShapeOption = None,
    seed: o.SeedOption = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Run folder; by default a new one under runs/.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a run that is in the folder.")] = False,
    resume: Annotated[
        Path | None,
        typer.Option(help="Go on with the interrupted run in this folder, with its data and settings."),
    ] = None,
    tensorboard: o.TensorBoardOption = False,
    as_json: o.JsonOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Train on part of the data, choose the epoch on another, score the rest once; leave a run folder.

    Of a graph 85 % of the edges are trained on, 5 % choose the epoch and 10 % are scored, heuristics beside
    the model; then a model of all edges is trained. Of vectors and images 80 % are trained on, 10 % choose
    and 10 % are scored, unless their authors published parts. The folder holds the model, its embedding, the
    split and a record. Ctrl-C leaves a checkpoint that --resume goes on from.
    """
    if resume is not None:
        o.refuse_others(context, _RESUMING, because="--resume takes data and settings from the run")
        half = _FIT_OF[kind_of_run(resume)]
        result = half.resumed(resume, quiet=quiet, tensorboard=tensorboard)
    else:
        subject = Subject.of(context)
        half = _FIT_OF[subject.kind]
        result = half.started(context, subject)
    if as_json:
        show_json(result.record.to_dict() | {"folder": str(result.folder)})
    else:
        half.show_result(result, quiet=quiet)
    if not quiet:
        say(f"\nEverything is in {result.folder}")
