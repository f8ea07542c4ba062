"""A graph of names has one fingerprint and one embedding, to the bit, whatever file or library it is from."""

import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from scipy import io as scipy_io
from scipy import sparse as sp

import varigraph as vg
from varigraph.tables import write_table

with warnings.catch_warnings():
    # PyG compiles a class with torch.jit, which warns, when it is first imported.
    warnings.simplefilter("ignore")
    from torch_geometric.data import Data

# Names that formats like to change: leading zeros, separators, quotation marks, letters beyond ASCII.
ODD = ["007", "7", "Köln", "a,b", 'say "hi"', "Z", "true", "1e5", "NA", "x y", "<&>", "é"]
NAMES = [*ODD, *(f"p{number}" for number in range(38))]
LONER = NAMES[-1]
AGES = {name: float((7 * at) % 11) + 0.25 for at, name in enumerate(NAMES)}


def _edges():
    generator = np.random.default_rng(0)
    pairs = sorted({tuple(sorted(pair)) for pair in generator.integers(0, 49, (130, 2)).tolist()})
    return [(NAMES[a], NAMES[b], (a + 1) / 8 + b) for a, b in pairs if a != b]


EDGES = _edges()
COLUMNS = dict(zip(("source", "target", "weight"), map(list, zip(*EDGES, strict=True)), strict=True))
PEOPLE = {"id": list(AGES), "age": list(AGES.values())}
SORTED = sorted(NAMES)
POSITION = {name: at for at, name in enumerate(SORTED)}
PAIRS = np.array([(POSITION[a], POSITION[b]) for a, b, _ in EDGES])
WEIGHTS = np.array(COLUMNS["weight"])


def networkx_graph(*, with_ages=False):
    graph = nx.Graph()
    for name in NAMES:
        graph.add_node(name, **({"age": AGES[name]} if with_ages else {}))
    for a, b, weight in EDGES:
        graph.add_edge(b, a, weight=weight)
    return graph


def matrix(names):
    position = {name: at for at, name in enumerate(names)}
    rows = [(position[a], position[b]) for a, b, _ in EDGES]
    return sp.coo_array((WEIGHTS, np.array(rows).T), shape=(len(names), len(names)))


def of_file(ending, *, nodes=None):
    def make(folder):
        path = folder / f"names.{ending}"
        if ending in WRITERS:
            WRITERS[ending](path)
        else:
            write_table(path, COLUMNS)
        write_table(folder / "people.csv", PEOPLE)
        return vg.load_graph(path, nodes=folder / "people.csv" if nodes is None else nodes)

    return make


def of_frame(package):
    def make(folder):
        module = pytest.importorskip(package)
        frame = module.table if package == "pyarrow" else module.DataFrame
        return vg.to_graph(frame(COLUMNS), nodes=frame(PEOPLE))

    return make


WRITERS = {
    "npz": lambda path: sp.save_npz(path, matrix(NAMES)),
    "mtx": lambda path: scipy_io.mmwrite(path, matrix(NAMES)),
    "graphml": lambda path: nx.write_graphml(networkx_graph(), path),
    "gexf": lambda path: nx.write_gexf(networkx_graph(), path),
    "gml": lambda path: nx.write_gml(networkx_graph(), path),
}
AGE_ROWS = np.array([[AGES[name]] for name in SORTED])


def of_networkx(folder):
    graph = networkx_graph()
    return vg.to_graph(graph, features=[[AGES[name]] for name in graph], feature_names=["age"])


def of_scipy(folder):
    return vg.to_graph(matrix(SORTED), ids=SORTED, features=AGE_ROWS, feature_names=["age"])


def of_pyg(folder):
    data = Data(
        x=torch.from_numpy(AGE_ROWS),
        edge_index=torch.from_numpy(PAIRS.T),
        edge_weight=torch.from_numpy(WEIGHTS),
    )
    return vg.to_graph(data, ids=SORTED)


SOURCES = {
    "csv": of_file("csv"),
    "tsv.gz": of_file("tsv.gz"),
    "parquet": of_file("parquet"),
    "jsonl": of_file("jsonl"),
    "npz": of_file("npz"),
    "mtx": of_file("mtx"),
    "graphml": of_file("graphml"),
    "gexf": of_file("gexf"),
    "gml": of_file("gml"),
    "csv and a frame of nodes": of_file("csv", nodes=pd.DataFrame(PEOPLE)),
    "pandas": of_frame("pandas"),
    "polars": of_frame("polars"),
    "pyarrow": of_frame("pyarrow"),
    "networkx": of_networkx,
    "scipy": of_scipy,
    "PyG": of_pyg,
}


def embedding(graph):
    split = vg.split_edges(graph, val=0.1, test=0.1, random_state=0)
    model = vg.VGAE(latent_dim=4, max_epochs=5, random_state=0).fit(split.train, validation=split.val)
    return model.embedding_


@pytest.fixture(scope="module")
def expected():
    rows = [(PAIRS[at, 1], PAIRS[at, 0]) for at in range(len(PAIRS))]
    graph = vg.Graph.from_edges(rows, ids=SORTED, weights=WEIGHTS, features=AGE_ROWS)
    assert graph.degrees[POSITION[LONER]] == 0
    return graph.fingerprint, embedding(graph)


@pytest.mark.parametrize("source", SOURCES)
def test_the_same_names_have_the_same_bits_of_embedding_from(source, tmp_path, expected):
    graph = SOURCES[source](tmp_path)
    fingerprint, bits = expected
    assert graph.ids.tolist() == SORTED
    assert graph.fingerprint == fingerprint
    assert np.array_equal(embedding(graph), bits)
    assert graph.index_of([LONER, "007"]).tolist() == [POSITION[LONER], POSITION["007"]]
