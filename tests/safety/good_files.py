"""Files that are right, in every format that is read: what generated wrong inputs start from."""

import functools
import gzip
import io
import json

import networkx as nx
import numpy as np
import pandas as pd
from scipy import io as scipy_io
from scipy import sparse as sp

__all__ = ["EDGE_FILES", "NODE_FILES", "good"]

N_NODES = 40
NAMES = [f"Bo {i}" for i in range(N_NODES)]
PAIRS = [(i, (i + step) % N_NODES) for i in range(N_NODES) for step in (1, 7)]


def _edge_table():
    return pd.DataFrame(
        {
            "source": [NAMES[a] for a, _ in PAIRS],
            "target": [NAMES[b] for _, b in PAIRS],
            "weight": [1 + (a * b) % 5 / 2 for a, b in PAIRS],
            "day": [f"2024-0{1 + a % 9}-{10 + b % 19}" for a, b in PAIRS],
        }
    )


def _node_table():
    ages = {"id": NAMES, "age": np.arange(N_NODES), "height": np.arange(N_NODES) / 7}
    return pd.DataFrame(ages | {"label": [("x", "y")[i % 2] for i in range(N_NODES)]})


def _feature_table():
    return pd.DataFrame(
        {
            "id": [NAMES[i % N_NODES] for i in range(90)],
            "feature": [f"w{i % 7}" for i in range(90)],
            "value": 1,
        }
    )


def _nx_graph():
    graph = nx.Graph()
    for i, name in enumerate(NAMES):
        graph.add_node(name, age=i, label=("x", "y")[i % 2])
    for a, b in PAIRS:
        graph.add_edge(NAMES[a], NAMES[b], weight=1.5)
    return graph


def _written(write):
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def _matrix():
    rows, columns = np.array(PAIRS).T
    return sp.coo_array((np.ones(len(rows)), (rows, columns)), shape=(N_NODES, N_NODES))


def _json_lines(table):
    return "".join(json.dumps(row) + "\n" for row in table.to_dict("records")).encode()


_WRITERS = {
    "edges.csv": lambda: _edge_table().to_csv(index=False).encode(),
    "edges.tsv": lambda: _edge_table().to_csv(index=False, sep="\t").encode(),
    "numbers.txt": lambda: b"source target\n" + b"".join(b"%d %d\n" % pair for pair in PAIRS),
    "edges.csv.gz": lambda: gzip.compress(_edge_table().to_csv(index=False).encode(), mtime=0),
    "edges.jsonl": lambda: _json_lines(_edge_table()),
    "edges.parquet": lambda: _written(_edge_table().to_parquet),
    "edges.npz": lambda: _written(lambda file: sp.save_npz(file, sp.csr_array(_matrix()))),
    "edges.mtx": lambda: _written(lambda file: scipy_io.mmwrite(file, _matrix())),
    "edges.graphml": lambda: "\n".join(nx.generate_graphml(_nx_graph())).encode(),
    "edges.gexf": lambda: "\n".join(nx.generate_gexf(_nx_graph())).encode(),
    "edges.gml": lambda: "\n".join(nx.generate_gml(_nx_graph())).encode(),
    "nodes.csv": lambda: _node_table().to_csv(index=False).encode(),
    "nodes.jsonl": lambda: _json_lines(_node_table()),
    "nodes.parquet": lambda: _written(_node_table().to_parquet),
    "words.csv": lambda: _feature_table().to_csv(index=False).encode(),
    "words.jsonl": lambda: _json_lines(_feature_table()),
    "later.csv": lambda: _edge_table()[:12].to_csv(index=False).encode(),
    "wanted.txt": lambda: "\n".join(NAMES[:9]).encode(),
}

EDGE_FILES = [name for name in _WRITERS if name.startswith(("edges", "numbers"))]
NODE_FILES = [name for name in _WRITERS if name.startswith("nodes")]


@functools.cache
def good(name):
    """The bytes of a file."""
    return _WRITERS[name]()
