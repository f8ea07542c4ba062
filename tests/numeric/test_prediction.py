"""`varigraph predict` against all N² logits of Cora, and its memory on a graph of PubMed's size."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from command_line import run
from varigraph.datasets import load_dataset
from varigraph.graphs.graph import Graph
from varigraph.models import GAE, load
from varigraph.tables import read_columns

# The program in a process of its own; its peak in kilobytes (bytes on a Mac) is the last line.
TESTS = str(Path(__file__).parents[1])
MEASURED = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from peak_memory import peak_bytes
from varigraph.cli import main
sys.argv = ["varigraph", *sys.argv[1:]]
try:
    main()
finally:
    sys.stderr.write(f"\\n{peak_bytes()}")
"""


@pytest.fixture(scope="module")
def cora_model(data_folder, tmp_path_factory):
    """The folder of a model that was trained briefly on nine tenths of Cora."""
    folder = tmp_path_factory.mktemp("cora")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VARIGRAPH_CACHE", str(folder / "cache"))
        cora = load_dataset("cora")
    GAE(latent_dim=16, max_epochs=20, random_state=0).fit(cora, validation_fraction=0.1).save(
        folder / "model"
    )
    return folder / "model"


def dense_open_logits(model):
    """z zᵀ + b in float64; −∞ for edges, nodes with themselves, and the lower triangle."""
    graph, z = model.known_graph_, model.embedding_.astype(np.float64)
    logits = z @ z.T + float(model.module_.decoder.shift)
    logits[tuple(graph.edges.T)] = -np.inf
    logits[np.tril_indices(graph.n_nodes)] = -np.inf
    return logits


@pytest.mark.parametrize("k", [1, 1_000, 50_000])
def test_the_top_k_of_cora_are_those_of_the_dense_answer(cora_model, tmp_path, k):
    outcome = run("predict", cora_model, "--top-k", k, "-o", "links.parquet", "-q", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    links, model = read_columns(tmp_path / "links.parquet").columns, load(cora_model)
    dense = dense_open_logits(model)
    at = tuple(model.known_graph_.index_of(links[end]) for end in ("source", "target"))
    assert len(set(zip(*at, strict=True))) == k
    assert np.allclose(dense[at], links["logit"], rtol=1e-5, atol=1e-5)
    assert np.allclose(np.sort(dense, axis=None)[::-1][:k], links["logit"], rtol=1e-5, atol=1e-5)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_a_thousand_links_of_a_graph_of_pubmeds_size_take_less_than_one_and_a_half_gigabytes(tmp_path):
    edges = np.random.default_rng(0).integers(0, 19_717, (44_324, 2))
    graph = Graph.from_edges(edges, n_nodes=19_717)
    GAE(latent_dim=64, max_epochs=1, random_state=0).fit(graph).save(tmp_path / "model")
    arguments = ["predict", tmp_path / "model", "--top-k", "1000"]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, TESTS, *arguments], capture_output=True, text=True, check=True
    )
    peak = float(done.stderr.splitlines()[-1])
    assert peak < 1.5e9
    assert len(done.stdout.splitlines()) == 1_001
