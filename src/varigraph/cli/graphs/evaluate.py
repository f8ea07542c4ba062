"""`varigraph evaluate` of a graph: repeats over splits, or a finished run with its probes and reliability."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from varigraph.cli.console import fits, say, show, show_checks, show_evaluation, show_json
from varigraph.cli.graphs.data import DataOptions
from varigraph.cli.graphs.model import GraphModelOptions
from varigraph.cli.graphs.splitting import SplitOptions
from varigraph.cli.misread import pointing_to_the_other_kind
from varigraph.cli.outputs import PICTURES, check_output

if TYPE_CHECKING:
    from varigraph.cli.kinds import Subject
    from varigraph.evaluation.link_prediction import LinkEvaluation

__all__ = ["evaluate_data", "evaluate_run"]

_FITTING_METRICS = ("auc", "ap", "hits@10", "mrr")  # with ± they fit into a terminal of 80 columns


def evaluate_data(context: typer.Context, subject: Subject, seeds: range) -> None:
    """Trains and scores a model on one split or several, and shows it."""
    from varigraph.cli.training_progress import TrainingProgress
    from varigraph.experiments.repeats import evaluate_repeatedly

    told = context.params
    settings = GraphModelOptions(context, subject.model)
    splitting = SplitOptions(told["split_by"], told["test_edges"], told["protocol"])
    with pointing_to_the_other_kind(subject):
        graph, how = splitting.load(DataOptions.of(context), subject.data)
    evaluations, record = evaluate_repeatedly(
        settings.build,
        graph,
        how,
        seeds,
        preset=settings.preset,
        watch=lambda seed: TrainingProgress(
            f"{settings.model} on {graph.name}, seed {seed}", quiet=told["quiet"]
        ),
    )
    if told["as_json"]:
        show_json(record.to_dict())
        return
    title = f"{settings.model} ({settings.preset}) on {record.dataset}"
    _show(evaluations, title if len(seeds) == 1 else f"{title}, {len(seeds)} {how.repeated}")
    show_checks(record)


def evaluate_run(context: typer.Context, folder: Path) -> None:
    """Shows what a finished run scored, and what else was asked for."""
    told = context.params
    check_output(told["reliability"], PICTURES, force=told["force"], option="--reliability")
    _show_run(folder, probes=told["probes"], seed=told["seed"], as_json=told["as_json"])
    if told["reliability"] is not None:
        _draw_reliability(folder, told["reliability"])


def _show_run(folder: Path, *, probes: bool, seed: int, as_json: bool) -> None:
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
