"""Cora, CiteSeer and PubMed in their Planetoid form: citation graphs of papers with words as features."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import sparse as sp

from varigraph.datasets.card import DatasetCard, RawFile
from varigraph.datasets.download import cache_folder, read_verified
from varigraph.errors import DataError
from varigraph.graphs.graph import DroppedRows, Graph
from varigraph.graphs.store import SCHEMA_VERSION, read_graph, write_graph

__all__ = ["CITESEER_CARD", "CORA_CARD", "PUBMED_CARD", "load_citeseer", "load_cora", "load_pubmed"]

_logger = logging.getLogger(__name__)

_CONVERSION_VERSION = 1  # one more whenever the same raw files become another graph

_SOURCE = "https://github.com/kimiyoung/planetoid"
_SHA256 = {
    "cora": {
        "x": "23cfa55d91c6f624233f5eb7b6e3f141f1bd2b2ae39608a63cf5d084bb27baab",
        "tx": "b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a",
        "allx": "9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543",
        "y": "94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1",
        "ty": "41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad",
        "ally": "2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71",
        "graph": "58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d",
        "test.index": "297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875",
    },
    "citeseer": {
        "x": "d20de19150741e555de0ed037195630fc194114ebc7fd72ced62810148aa22f6",
        "tx": "539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21",
        "allx": "2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668",
        "y": "8ba87e515d8e3ee3cf52f6d2c5b86aa73f11ecad825a808455209ec26cd54924",
        "ty": "55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce",
        "ally": "f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95",
        "graph": "d79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7",
        "test.index": "2af990671580b6b2df5d158d1038f8292e30c9cd821b5453f399659b25b723d4",
    },
    "pubmed": {
        "x": "fbe9cb5c47200d1b7769a26e579be3b7130b556831f9d850e77c4c74f2599b33",
        "tx": "4eb5f5d0f30f26497eb0ac6ac9719d09c67e284f1ed0385c93f3ef27a671da3d",
        "allx": "508e538e2abdccdd54c4d3e9f49d638b4af7107d85845f66ddea5a5152658b7e",
        "y": "e6c807633307a07ed659249006536a147c7999c797f11a2560752990181b41b3",
        "ty": "ee2e0d4819d9fbcc403689c3bf2e49face401b605932f093bc58ab6461130fdd",
        "ally": "0c37bbe3b5014ec365e9d393cf4791925e5ed94fb194305d74f064a8d7b50f0e",
        "graph": "5b89f0036ca22909471f1e6558eb42fa06e0c730a577bde5b058b40638f81dc9",
        "test.index": "b101d421688bbaecbd82e8a18f1e282378d6830f3a37666f28ebc47f844341b5",
    },
}


def _card(folder: str, title: str, counts: tuple[int, int, int, int], notes: str) -> DatasetCard:
    name = folder.lower()
    n_nodes, n_edges, n_features, n_classes = counts
    return DatasetCard(
        name=name,
        title=title,
        source=_SOURCE,
        licence="MIT (the repository's; none is stated for the data)",
        citation=(
            "Sen et al. (2008), Collective classification in network data; "
            "Yang, Cohen and Salakhutdinov (2016), Revisiting semi-supervised learning with graph embeddings"
        ),
        n_nodes=n_nodes,
        n_edges=n_edges,
        n_features=n_features,
        n_classes=n_classes,
        raw_files=tuple(_raw_file(folder, part, sha256) for part, sha256 in _SHA256[name].items()),
        notes=notes,
    )


def _raw_file(folder: str, part: str, sha256: str) -> RawFile:
    name = f"ind.{folder.lower()}.{part}"
    return RawFile(
        name=name,
        sha256=sha256,
        # The second place is where PyG's own `Planetoid(root, ...)` keeps its downloads.
        places=(f"planetoid/{folder}/raw/{name}", f"{folder}/raw/{name}"),
        url=f"{_SOURCE}/raw/master/data/{name}",
    )


CORA_CARD = _card(
    "Cora",
    "Citations between machine-learning papers",
    (2708, 5278, 1433, 7),
    "Features are 0 or 1: whether a paper has a word.",
)
CITESEER_CARD = _card(
    "CiteSeer",
    "Citations between computer-science papers",
    (3327, 4552, 3703, 6),
    "Features are 0 or 1. 15 papers have no features, and 48 no citation.",
)
PUBMED_CARD = _card(
    "PubMed",
    "Citations between papers on diabetes",
    (19717, 44324, 500, 3),
    "Features are TF-IDF values.",
)


def load_cora() -> Graph:
    """Cora: 2,708 papers, 5,278 citations, 1,433 words, 7 topics; see `CORA_CARD`."""
    return _load(CORA_CARD)


def load_citeseer() -> Graph:
    """CiteSeer: 3,327 papers, 4,552 citations, 3,703 words, 6 topics; see `CITESEER_CARD`."""
    return _load(CITESEER_CARD)


def load_pubmed() -> Graph:
    """PubMed: 19,717 papers, 44,324 citations, 500 words, 3 topics; see `PUBMED_CARD`."""
    return _load(PUBMED_CARD)


def _load(card: DatasetCard) -> Graph:
    """The graph of a card: from the cache if it is whole there, otherwise from the raw files."""
    stored = _cached_graph_folder(card)
    try:
        return read_graph(stored)
    except (DataError, OSError):  # absent, damaged or of another schema: all are cured by making it again
        graph = _convert(card)
    _store(stored, graph)
    return graph


def _cached_graph_folder(card: DatasetCard) -> Path:
    """Where the converted graph lies; another path whenever the raw files or our formats change."""
    parts = [str(SCHEMA_VERSION), str(_CONVERSION_VERSION), *(one.sha256 for one in card.raw_files)]
    key = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]
    return cache_folder() / "graphs" / f"{card.name}-{key}"


def _store(folder: Path, graph: Graph) -> None:
    """Keeps a graph for the next time; a cache that cannot be written only costs that time."""
    try:
        if not (folder / "graph.json").is_file():
            # What is left of a store whose description was lost would not be replaced.
            shutil.rmtree(folder, ignore_errors=True)
        write_graph(folder, graph)
    except (DataError, OSError) as problem:
        _logger.warning("%s could not be kept in %s: %s", graph.name, folder, problem)


def _convert(card: DatasetCard) -> Graph:
    """Reads verified copies of the raw files with PyG's reader and makes a graph of them.

    The reader unpickles, so it is pointed at a folder of its own whose every byte was checked; it
    neither opens the network nor writes beside the user's files.
    """
    with tempfile.TemporaryDirectory(prefix="varigraph-") as folder:
        for name, content in read_verified(card.raw_files).items():
            (Path(folder) / name).write_bytes(content)
        with warnings.catch_warnings():
            # Pickles of Python 2 name modules and dtypes in ways that scipy and numpy now deprecate.
            warnings.simplefilter("ignore")
            from torch_geometric.io import read_planetoid_data

            data = read_planetoid_data(folder, card.name)
    graph = Graph.from_edges(
        data.edge_index.numpy().T,
        n_nodes=card.n_nodes,
        features=sp.csr_array(data.x.numpy().astype(np.float32, copy=False)),
        labels=data.y.numpy().astype(np.int64, copy=False),
        name=card.name,
    )
    # PyG lists each edge in both directions; that is its form and nothing to report.
    return replace(graph, dropped=DroppedRows())
