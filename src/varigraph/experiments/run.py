"""One run in one folder: split, train, score the test part once, train on all edges, write it all down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from sklearn.base import clone

from varigraph.durable import write_json
from varigraph.errors import RunFolderError
from varigraph.evaluation.link_prediction import LinkEvaluation, evaluate_links
from varigraph.evaluation.records import RunRecord
from varigraph.experiments.link_checks import LinkChecks, check_links
from varigraph.experiments.link_record import link_record
from varigraph.experiments.protocols import KIPF_PROTOCOL
from varigraph.experiments.run_folder import (
    CHECKPOINT,
    REFIT_CHECKPOINT,
    check_plan,
    check_run_folder_is_free,
    dropped_without_an_epoch,
    lay_down,
)
from varigraph.experiments.timings import timed
from varigraph.graphs.graph import Graph
from varigraph.graphs.notes import graph_notes
from varigraph.graphs.splits.edge_split import EdgeSplit
from varigraph.graphs.store import read_graph
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.models.graphs.restoring import check_trainable
from varigraph.models.graphs.saving import describe_fitted, write_weights
from varigraph.models.graphs.stored_data import read_split
from varigraph.models.loading import unfitted_model
from varigraph.models.restoring import read_config
from varigraph.models.saving import describe_settings, write_history
from varigraph.seeding import resolve_seed
from varigraph.tables.writing import write_table
from varigraph.training import Callback, Checkpointing
from varigraph.untrusted import file_inside

__all__ = ["Phase", "RunPlan", "RunResult", "Watch", "resume_run", "start_run"]

Phase: TypeAlias = Literal["fit", "refit"]
"""Training that is evaluated, and the one on all edges after it."""

Watch: TypeAlias = Callable[[Phase], AbstractContextManager[Sequence[Callback]]]
"""Opens what is told of every epoch of a phase."""


@dataclass(frozen=True, kw_only=True)
class RunPlan:
    """What a run is beside model, graph and split.

    Attributes:
        preset: What the settings started from, for the record.
        protocol: How edges were split, in words.
        refit: After the evaluation, train on every edge for the chosen number of epochs; what is kept then
            is that model, with the calibration of the evaluated one.
    """

    preset: str | None = None
    protocol: str = KIPF_PROTOCOL
    refit: bool = True


@dataclass(frozen=True, eq=False)
class RunResult:
    """What a finished run came to.

    Attributes:
        folder: Where everything was written.
        model: What the folder holds: trained on all edges, or without a refit on the train part.
        evaluation: Of the model that was trained on the train part: the test part, scored once.
        checks: Of its probabilities and best links.
        record: The run's facts, as in `record.json`.
    """

    folder: Path
    model: GraphAutoencoder
    evaluation: LinkEvaluation
    checks: LinkChecks | None
    record: RunRecord


def start_run(
    model: GraphAutoencoder,
    graph: Graph,
    split: EdgeSplit,
    folder: str | Path,
    *,
    plan: RunPlan = RunPlan(),
    force: bool = False,
    watch: Watch = lambda phase: nullcontext(()),
) -> RunResult:
    """Trains `model` on a split of `graph`, scores it, trains it again on all edges, leaves a run folder.

    Data, split and settings are written before training starts, and a checkpoint every few seconds, so a
    run that was stopped, in whatever way, can be resumed with `resume_run`. A run whose training fails before
    an epoch is over leaves no folder.

    Args:
        model: Not fitted; its `random_state` is resolved and written down.
        graph: The whole graph.
        split: Of that graph.
        folder: New or empty.
        plan: What else the run is; written down too.
        force: A run that is in the folder is replaced, before training starts.
        watch: Opens what is told of every epoch.

    Raises:
        RunFolderError: The folder is a file or not empty.
        DivergenceError: The loss or the embedding is no longer finite.
        OSError: The place cannot be written to, or the disk is full.
    """
    folder = Path(folder)
    check_run_folder_is_free(folder, force=force)
    model.set_params(random_state=resolve_seed(model.random_state))
    config = describe_settings(model) | {"dataset": graph.name, **asdict(plan)}
    lay_down(folder, graph, split, config, force=force)
    with dropped_without_an_epoch(folder) as first:
        return _finish(
            model,
            graph,
            split,
            folder,
            config,
            watch=lambda phase: first.told_first(watch(phase)),
            is_resumed=False,
        )


def resume_run(folder: str | Path, *, watch: Watch = lambda phase: nullcontext(())) -> RunResult:
    """Goes on with a run that was stopped, to the same weights, bit for bit, as if it had not been.

    Raises:
        RunFolderError: The folder holds no run, a finished one, or one whose encoder is a user's module.
    """
    folder = Path(folder)
    config = read_config(folder)
    if (folder / "record.json").exists():
        raise RunFolderError(f"The run in {folder} is finished; there is nothing to resume.")
    split = read_split(folder)
    if split is None:
        raise RunFolderError(f"{folder} has no split.safetensors, so it is a saved model and not a run.")
    graph, model = read_graph(folder / "graph"), unfitted_model(config, folder)
    check_trainable(model, graph, folder)
    check_plan(config, split, folder)
    for checkpoint in (CHECKPOINT, REFIT_CHECKPOINT):
        file_inside(folder, checkpoint)
    return _finish(model, graph, split, folder, config, watch=watch, is_resumed=True)


def _finish(
    model: GraphAutoencoder,
    graph: Graph,
    split: EdgeSplit,
    folder: Path,
    config: dict[str, Any],
    *,
    watch: Watch,
    is_resumed: bool,
) -> RunResult:
    timings: dict[str, float] = {}
    suffix = "_after_resuming" if is_resumed else ""  # what came before was not timed
    with timed(timings, f"fit{suffix}"), watch("fit") as callbacks:
        _train(model, folder / CHECKPOINT, callbacks, data=split.train, validation=split.val)
    evaluation = evaluate_links(model, split.test, name=config["model"])
    with timed(timings, "checks"):
        checks = check_links(model, split, name=config["model"])
    final, words = model, None
    if config.get("refit", False):
        with timed(timings, f"refit{suffix}"), watch("refit") as callbacks:
            final = _refitted(model, graph, folder, callbacks)
        words = _refit_in_words(graph, final)
    _write(final, model, folder, config)
    record = link_record(
        [evaluation],
        [model],
        graph,
        [split],
        protocol=config.get("protocol", KIPF_PROTOCOL),
        checks=[] if checks is None else [checks],
        preset=config.get("preset"),
        refit=words,
        notes=graph_notes(graph),
        timings=timings,
    )
    if checks is not None:
        write_json(folder / "reliability.json", checks.reliability.to_dict())
    record.write(folder / "record.json")  # last: its presence says that the run is finished
    return RunResult(folder, final, evaluation, checks, record)


def _refit_in_words(graph: Graph, final: GraphAutoencoder) -> str:
    return (
        f"on all {graph.n_edges:,} edges for {final.n_epochs_} epochs after the evaluation, with the "
        "calibration of the evaluated model"
    )


def _train(
    model: GraphAutoencoder, checkpoint: Path, callbacks: Sequence[Callback], *, data: Any, **options: Any
) -> None:
    model.fit(
        data,
        callbacks=[*callbacks, Checkpointing(checkpoint)],
        resume_from=checkpoint if checkpoint.exists() else None,
        **options,
    )


def _refitted(
    model: GraphAutoencoder, graph: Graph, folder: Path, callbacks: Sequence[Callback]
) -> GraphAutoencoder:
    """A model of the same settings, trained on every edge for as many epochs as were best on validation."""
    final: GraphAutoencoder = clone(model).set_params(max_epochs=model.best_epoch_, random_state=model.seed_)
    _train(final, folder / REFIT_CHECKPOINT, callbacks, data=graph, validation_fraction=0)
    final.calibration_ = model.calibration_.carried_over(final.open_logits_)
    return final


def _write(
    final: GraphAutoencoder, evaluated: GraphAutoencoder, folder: Path, config: dict[str, Any]
) -> None:
    was_refitted = final is not evaluated
    write_weights(final, folder)
    write_history(folder / "metrics.jsonl", evaluated.history_)
    if was_refitted:
        write_history(folder / "refit.jsonl", final.history_)
    write_table(folder / "embeddings.parquet", final.embedding_columns())
    fitted = describe_fitted(final) | {"refit": was_refitted}
    write_json(folder / "config.json", config | {"fitted": fitted})
