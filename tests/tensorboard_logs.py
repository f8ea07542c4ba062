"""TensorBoard's logs as TensorBoard itself reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from google.protobuf import text_format
from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.context import RequestContext
from tensorboard.plugins import base_plugin, projector
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups
from tensorboard.util import tensor_util

EVERYTHING = {"scalars": 0, "images": 0, "tensors": 0}


def log_of(folder: Path) -> EventAccumulator:
    """The log of one run, read whole."""
    log = EventAccumulator(str(folder), size_guidance=EVERYTHING)
    log.Reload()
    return log


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """(step, value) of every scalar by its tag."""
    log = log_of(folder)
    return {tag: [(one.step, one.value) for one in log.Scalars(tag)] for tag in log.Tags()["scalars"]}


def expected_scalars(history, *, phase: str = "train") -> dict[str, list[tuple[int, float]]]:
    """What `history_` says, in the form of `scalars`; TensorBoard keeps float32."""
    found: dict[str, list[tuple[int, float]]] = {}
    for record in history:
        for name, value in record.items():
            tag = f"val/{name[4:]}" if name.startswith("val_") else f"{phase}/{name}"
            if name != "epoch":
                found.setdefault(tag, []).append((record["epoch"], float(np.float32(value))))
    return found


def tensors(folder: Path, tag: str) -> list[tuple[int, np.ndarray]]:
    """(step, array) of a tensor's tag."""
    return [(one.step, tensor_util.make_ndarray(one.tensor_proto)) for one in log_of(folder).Tensors(tag)]


def table_of_runs(logdir: Path) -> tuple[list[str], dict[str, tuple[dict, dict]]]:
    """What the page HPARAMS shows of a folder of runs.

    Returns:
        The names of the settings, in its order; and by run its settings and its metrics.
    """
    multiplexer = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(str(logdir))
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, str(logdir))
    pages = backend_context.Context(base_plugin.TBContext(data_provider=provider))
    context = RequestContext()
    experiment = get_experiment.Handler(context, pages, "", api_pb2.GetExperimentRequest()).run()
    names = [one.name for one in experiment.hparam_infos]
    request = api_pb2.ListSessionGroupsRequest(
        start_index=0,
        slice_size=100,
        allowed_statuses=[api_pb2.STATUS_SUCCESS],
        col_params=[
            *(api_pb2.ColParams(hparam=name) for name in names),
            *(api_pb2.ColParams(metric=one.name) for one in experiment.metric_infos),
        ],
    )
    groups = list_session_groups.Handler(context, pages, "", request).run().session_groups
    rows = {}
    for group in groups:
        (session,) = group.sessions
        settings = {name: getattr(one, one.WhichOneof("kind")) for name, one in group.hparams.items()}
        rows[session.name] = settings, {one.name.tag: one.value for one in session.metric_values}
    return names, rows


def projected(folder: Path) -> tuple[np.ndarray, list[str]]:
    """The one embedding that the projector's page is told of, and the lines of its metadata."""
    config = text_format.Parse(
        (folder / "projector_config.pbtxt").read_text(encoding="utf-8"), projector.ProjectorConfig()
    )
    (embedding,) = config.embeddings
    lines = (folder / embedding.metadata_path).read_bytes().decode().split("\n")
    assert lines.pop() == ""
    return np.loadtxt(folder / embedding.tensor_path, ndmin=2), lines
