"""`varigraph evaluate`: repeated honest evaluation on a data set, or the scores of a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from varigraph.cli import options as o
from varigraph.cli.console import fits, say, show, show_checks, show_evaluation, show_json
from varigraph.cli.outputs import ForceOption, check_output
from varigraph.cli.splitting import SplitByOption, SplitOptions, TestEdgesOption

if TYPE_CHECKING:
    from varigraph.evaluation.link_prediction import LinkEvaluation
    from varigraph.evaluation.records import RunRecord

__all__ = ["evaluate"]

_OF_A_RUN = frozenset({"data", "probes", "reliability", "force", "seed", "as_json", "quiet"})
_PICTURES = (".png", ".svg", ".pdf")
_FITTING_METRICS = ("auc", "ap", "hits@10", "mrr")  # with ± they fit into a terminal of 80 columns


def evaluate(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA|RUN",
            help="A data set's name, the path of an edge table or of a stored graph, or a run folder. A name "
            "wins over a folder of that name; ./cora is the folder.",
        ),
    ],
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
    repeats: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many splits, from --seed upwards.")
    ] = 1,
    protocol: Annotated[
        Literal["kipf", "heart"],
        typer.Option(
            help="kipf: 85/5/10 at random, as many negatives. heart: HeaRT's fixed split of citeseer, "
            "500 hard negatives for each positive; repeats are then initialisations."
        ),
    ] = "kipf",
    probes: Annotated[
        bool, typer.Option("--probes", help="For a run: also classify and cluster its embedding.")
    ] = False,
    reliability: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For a run: draw probabilities against what came true."),
    ] = None,
    force: ForceOption = False,
    seed: o.SeedOption = 0,
    as_json: o.JsonOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Train and score a model on one split or several, heuristics beside it; or show a run's scores.

    Each test part is scored once, after the epoch was chosen on validation. Of repeats, the table shows the
    mean and the half width of its 95 % interval.
    """
    if _is_run(data):
        o.refuse_others(context, _OF_A_RUN, because=f"{data} is a finished run with settings of its own")
        check_output(reliability, _PICTURES, force=force, option="--reliability")
        _evaluate_run(Path(data), probes=probes, seed=seed, as_json=as_json)
        if reliability is not None:
            _draw_reliability(Path(data), reliability)
        return
    if probes or reliability is not None or force:
        given = "--probes" if probes else "--reliability" if reliability else "--force"
        raise typer.BadParameter(f"{given} is for a run folder: varigraph evaluate runs/NAME {given}")
    settings = o.ModelOptions(model, preset, encoder, objective, features, latent_dim, max_epochs, device)
    reading = o.DataOptions.of(context)
    splitting = SplitOptions(split_by, test_edges, protocol)
    evaluations, record, repeated = _evaluate_data(
        data, settings, reading, splitting, seeds=range(seed, seed + repeats), quiet=quiet
    )
    if as_json:
        show_json(record.to_dict())
        return
    title = f"{model} ({preset}) on {record.dataset}"
    _show(evaluations, title if repeats == 1 else f"{title}, {repeats} {repeated}")
    show_checks(record)


def _is_run(data: str) -> bool:
    from varigraph.datasets.loading import source_kind

    # A folder without graph.json is taken for a run, so that the message says what a run would have.
    return source_kind(data) == "store" and not (Path(data) / "graph.json").exists()


def _evaluate_data(
    data: str,
    settings: o.ModelOptions,
    reading: o.DataOptions,
    splitting: SplitOptions,
    *,
    seeds: range,
    quiet: bool,
) -> tuple[list[LinkEvaluation], RunRecord, str]:
    from varigraph.cli.progress import TrainingProgress
    from varigraph.experiments.repeats import evaluate_repeatedly

    graph, how = splitting.load(reading, data)
    evaluations, record = evaluate_repeatedly(
        settings.build,
        graph,
        how,
        seeds,
        preset=settings.preset,
        watch=lambda seed: TrainingProgress(f"{settings.model} on {graph.name}, seed {seed}", quiet=quiet),
    )
    return evaluations, record, how.repeated


def _evaluate_run(folder: Path, *, probes: bool, seed: int, as_json: bool) -> None:
    from varigraph.evaluation.records import RunRecord
    from varigraph.experiments.run_folder import recorded_evaluation
    from varigraph.reporting.tables import summary_table

    evaluation = recorded_evaluation(folder)
    record = RunRecord.read(folder / "record.json")
    probed: dict[str, Any] = _probed(folder, seed=seed) if probes else {}
    if as_json:
        told = record.to_dict()
        document = evaluation.to_dict() | {name: told[name] for name in ("calibration", "top_links", "refit")}
        show_json(document | {"probes": {name: one.to_dict() for name, one in probed.items()}})
        return
    show_evaluation(evaluation, title=str(folder))
    show_checks(record)
    for name, result in probed.items():
        show("")
        show(summary_table({name: result.metrics}, title=f"{name} of the frozen embedding"))


def _draw_reliability(folder: Path, picture: Path) -> None:
    from varigraph.reporting import plot
    from varigraph.reporting.figures import save_figure

    save_figure(plot.reliability(folder), picture)
    say(f"Wrote {picture}")


def _probed(folder: Path, *, seed: int) -> dict[str, Any]:
    from varigraph.errors import GraphError
    from varigraph.evaluation import classification_probe, clustering_probe
    from varigraph.models import load

    model = load(folder)
    labels = model.message_graph_.labels
    if labels is None:
        raise GraphError(f"{model.message_graph_.name} has no labels to probe for.")
    return {
        "classification": classification_probe(model.embedding_, labels, random_state=seed),
        "clustering": clustering_probe(model.embedding_, labels, random_state=seed),
    }


def _show(evaluations: list[LinkEvaluation], title: str) -> None:
    from varigraph.evaluation import summarise_evaluations
    from varigraph.reporting.tables import summary_table

    if len(evaluations) == 1:
        show_evaluation(evaluations[0], title=title)
        return
    summaries = summarise_evaluations(evaluations)
    whole = summary_table(summaries, title=title)
    show(whole if fits(whole) else summary_table(summaries, metrics=_FITTING_METRICS, title=title))
    caption = evaluations[0].caption
    show(caption[0].upper() + caption[1:])
