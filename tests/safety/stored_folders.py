"""Folders that varigraph wrote, with every kind of file that there is, to be copied and damaged."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import numpy as np
from scipy import sparse as sp

from varigraph.datasets.karate import load_karate
from varigraph.experiments.run import RunPlan, resume_run, start_run
from varigraph.experiments.run_folder import recorded_evaluation
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges
from varigraph.graphs.store import read_graph
from varigraph.models import VGAE, load

__all__ = ["NEEDED", "OPTIONAL", "READERS", "a_copy", "needed_files", "stored"]

N_NODES = 34
GRAPH_OF_NAMES = [
    "feature_names.json",
    "features.indices.npy",
    "features.indptr.npy",
    "features.values.npy",
    *("graph.json", "ids.json", "indices.npy", "indptr.npy", "labels.json", "weight.npy"),
]
GRAPH_OF_NUMBERS = ["graph.json", "features.npy", "ids.npy", "indices.npy", "indptr.npy", "labels.npy"]

NEEDED = {
    ("refitted", "load"): "config.json model.safetensors posterior.safetensors calibration.json refit.jsonl",
    ("refitted", "recorded_evaluation"): "config.json split.safetensors record.json",
    ("refitted", "resume_run"): "config.json split.safetensors checkpoint.safetensors "
    "refit-checkpoint.safetensors",
    ("refitted", "read_graph"): "",
    ("kept", "load"): "config.json model.safetensors posterior.safetensors calibration.json metrics.jsonl "
    "split.safetensors",
    ("kept", "read_graph"): "",
    ("saved", "load"): "config.json model.safetensors posterior.safetensors calibration.json metrics.jsonl "
    "message.safetensors",
}
"""Folder and reader: the files that it reads, beside those of `graph/`, which all need."""

OPTIONAL = ("checkpoint.safetensors", "refit-checkpoint.safetensors")
"""Files that may be missing: an interrupted training then starts over."""


def _read_graph_of(folder):
    return read_graph(folder / "graph")


READERS = {
    "load": load,
    "recorded_evaluation": recorded_evaluation,
    "resume_run": resume_run,
    "read_graph": _read_graph_of,
}


def needed_files(kind, reader):
    """Names of the files that a reader needs of a folder of that kind."""
    of_graph = GRAPH_OF_NAMES if kind == "refitted" else GRAPH_OF_NUMBERS
    return [*NEEDED[kind, reader].split(), *(f"graph/{name}" for name in of_graph)]


def _graph(kind):
    edges, generator = load_karate().edges, np.random.default_rng(0)
    if kind == "refitted":
        return Graph.from_edges(
            edges,
            ids=[f"n{i}" for i in range(N_NODES)],
            weights=generator.uniform(0.5, 2, len(edges)),
            features=sp.csr_array(np.eye(N_NODES)),
            feature_names=tuple(f"f{i}" for i in range(N_NODES)),
            labels=np.array([("a", "b", None)[i % 3] for i in range(N_NODES)], dtype=object),
            name="club",
        )
    return Graph.from_edges(
        edges,
        ids=10 * np.arange(N_NODES),
        features=generator.standard_normal((N_NODES, 3)),
        labels=np.arange(N_NODES) % 2,
        name="club",
    )


@functools.cache
def stored(kind):
    """The folder of a finished run ("refitted", or "kept" without a refit) or of a "saved" model."""
    parent = Path(tempfile.mkdtemp(prefix="varigraph-stored-"))
    atexit.register(shutil.rmtree, parent, ignore_errors=True)
    graph = _graph(kind)
    split = split_edges(graph, random_state=0)
    plan = RunPlan(refit=kind == "refitted")
    model = VGAE(latent_dim=2, max_epochs=2, random_state=0)
    result = start_run(model, graph, split, parent / "run", plan=plan)
    if kind == "saved":
        result.model.save(parent / "model")
        return parent / "model"
    return result.folder


def a_copy(kind, folder, *, reader=None):
    """A copy of a stored folder, to be damaged; to be resumed, it is as if it had been killed in the end."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stored(kind), folder)
    if reader == "resume_run":
        (folder / "record.json").unlink()
    return folder
