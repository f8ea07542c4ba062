"""`varigraph evaluate`: repeated honest evaluation on a data set, or the scores of a finished run."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from varigraph.cli import options as o
from varigraph.cli.graphs import evaluate as graph_evaluate
from varigraph.cli.graphs import options as g
from varigraph.cli.kinds import Kind, Subject, kind_of_run, refuse_other_kind
from varigraph.cli.outputs import ForceOption
from varigraph.cli.rows import evaluate as row_evaluate
from varigraph.cli.rows import options as r

__all__ = ["evaluate"]

_OF_A_RUN = frozenset({"data", "probes", "reliability", "force", "seed", "as_json", "quiet"})
_EVALUATE_OF: dict[Kind, ModuleType] = {"graphs": graph_evaluate, "rows": row_evaluate}


def evaluate(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA|RUN",
            help="A data set's name, a file or folder as `varigraph fit` takes it, or a run folder. A name "
            "wins over a folder of that name; ./cora is the folder.",
        ),
    ],
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
    protocol: g.ProtocolOption = "kipf",
    reliability: g.ReliabilityOption = None,
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
    repeats: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many splits, from --seed upwards.")
    ] = 1,
    probes: Annotated[
        bool, typer.Option("--probes", help="For a run: also classify and cluster its embedding.")
    ] = False,
    force: ForceOption = False,
    seed: o.SeedOption = 0,
    as_json: o.JsonOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Train and score a model on one split or several, baselines beside it; or show a run's scores.

    Each test part is scored once, after the epoch was chosen on validation. Of repeats, the table shows the
    mean and the half width of its 95 % interval.
    """
    if _is_run(data, model):
        o.refuse_others(context, _OF_A_RUN, because=f"{data} is a finished run with settings of its own")
        kind = kind_of_run(Path(data))
        refuse_other_kind(context, kind, what=f"{data} is a run of the other kind")
        _EVALUATE_OF[kind].evaluate_run(context, Path(data))
        return
    if probes or reliability is not None or force:
        given = "--probes" if probes else "--reliability" if reliability else "--force"
        raise typer.BadParameter(f"{given} is for a run folder: varigraph evaluate runs/NAME {given}")
    subject = Subject.of(context)
    _EVALUATE_OF[subject.kind].evaluate_data(context, subject, range(seed, seed + repeats))


def _is_run(data: str, model: str | None) -> bool:
    from varigraph.datasets.loading import source_kind

    folder = Path(data)
    if source_kind(data) != "store" or (folder / "graph.json").exists():
        return False
    # With a model named it may be a folder of images; else what a run would have is told.
    return model is None or (folder / "config.json").exists()
