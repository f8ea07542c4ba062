"""Folders that varigraph wrote, with every kind of file that there is, to be copied and damaged."""

import atexit
import functools
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
from scipy import sparse as sp
from sklearn.exceptions import ConvergenceWarning

from varigraph.datasets.karate import load_karate
from varigraph.errors import PosteriorCollapseWarning
from varigraph.experiments.rows.run import RowRunPlan, resume_row_run, start_row_run
from varigraph.experiments.rows.run_folder import recorded_row_evaluation
from varigraph.experiments.run import RunPlan, resume_run, start_run
from varigraph.experiments.run_folder import recorded_evaluation
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges
from varigraph.graphs.store import read_graph
from varigraph.models import AE, VAE, VGAE, AnomalyDetector, load
from varigraph.rows import read_rows_file, split_rows

__all__ = ["CHECKPOINTS", "NEEDED", "OPTIONAL", "READERS", "RESUMING", "a_copy", "needed_files", "stored"]

N_NODES = 34
GRAPH_OF_NAMES = [
    "feature_names.json",
    "features.indices.npy",
    "features.indptr.npy",
    "features.values.npy",
    *("graph.json", "ids.json", "indices.npy", "indptr.npy", "labels.json", "weight.npy"),
]
GRAPH_OF_NUMBERS = ["graph.json", "features.npy", "ids.npy", "indices.npy", "indptr.npy", "labels.npy"]

GRAPH_FILES = {"refitted": GRAPH_OF_NAMES, "kept": GRAPH_OF_NUMBERS, "saved": GRAPH_OF_NUMBERS}

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
    ("rows", "load"): "config.json model.safetensors metrics.jsonl",
    ("rows", "recorded_row_evaluation"): "config.json split.safetensors record.json",
    ("rows", "resume_row_run"): "config.json split.safetensors checkpoint.safetensors",
    ("detector", "load"): "config.json model.safetensors metrics.jsonl",
}
"""Folder and reader: the files that it reads, beside those of `graph/`, which all readers of graphs need."""

OPTIONAL = ("checkpoint.safetensors", "refit-checkpoint.safetensors")
"""Files that may be missing: an interrupted training then starts over."""

CHECKPOINTS = (
    *(("refitted", "resume_run", name) for name in OPTIONAL),
    ("rows", "resume_row_run", OPTIONAL[0]),
)
"""Folder, reader and file."""


def _read_graph_of(folder):
    return read_graph(folder / "graph")


def _quietly(read):
    """Two epochs teach a model of rows nothing, and it says so."""

    def reader(folder):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PosteriorCollapseWarning)
            warnings.simplefilter("ignore", ConvergenceWarning)
            return read(folder)

    return reader


READERS = {
    "load": load,
    "recorded_evaluation": recorded_evaluation,
    "resume_run": resume_run,
    "read_graph": _read_graph_of,
    "recorded_row_evaluation": recorded_row_evaluation,
    "resume_row_run": _quietly(resume_row_run),
}


RESUMING = ("resume_run", "resume_row_run")
"""Readers that finish a run, and refuse one that is finished."""


def needed_files(kind, reader):
    """Names of the files that a reader needs of a folder of that kind."""
    return [*NEEDED[kind, reader].split(), *(f"graph/{name}" for name in GRAPH_FILES.get(kind, ()))]


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
    """The folder of a finished run ("refitted", or "kept" without a refit) or of a "saved" model.

    Of models of rows: of a finished run ("rows") or of a saved "detector".
    """
    parent = Path(tempfile.mkdtemp(prefix="varigraph-stored-"))
    atexit.register(shutil.rmtree, parent, ignore_errors=True)
    if kind in ("rows", "detector"):
        return _stored_rows(kind, parent)
    graph = _graph(kind)
    split = split_edges(graph, random_state=0)
    plan = RunPlan(refit=kind == "refitted")
    model = VGAE(latent_dim=2, max_epochs=2, random_state=0)
    result = start_run(model, graph, split, parent / "run", plan=plan)
    if kind == "saved":
        result.model.save(parent / "model")
        return parent / "model"
    return result.folder


def _stored_rows(kind, parent):
    """A run whose rows are in a file beside it, or a detector."""
    values = np.random.default_rng(0).normal(size=(30, 2)) @ np.random.default_rng(1).normal(size=(2, 4))
    if kind == "detector":
        detector = AnomalyDetector(AE(2, hidden_dims=(3,), max_epochs=2, random_state=0)).fit(values)
        detector.save(parent / "model")
        return parent / "model"
    lines = ["a,b,c,d", *(",".join(map(repr, row)) for row in values.tolist())]
    (parent / "rows.csv").write_text("\n".join(lines) + "\n")
    rows = read_rows_file(parent / "rows.csv")
    model = VAE(2, hidden_dims=(3,), max_epochs=2, n_samples=2, random_state=0)
    plan = RowRunPlan(source=str(parent / "rows.csv"), reading={"header": True}, preset="default")
    split = split_rows(rows, val=0.2, test=0.2, random_state=0)
    return _quietly(lambda folder: start_row_run(model, rows, split, folder, plan=plan))(
        parent / "run"
    ).folder


def a_copy(kind, folder, *, reader=None):
    """A copy of a stored folder, to be damaged; to be resumed, it is as if it had been killed in the end."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stored(kind), folder)
    if reader in RESUMING:
        (folder / "record.json").unlink()
    return folder
