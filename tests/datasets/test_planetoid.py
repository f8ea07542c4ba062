"""The Planetoid graphs are the published ones, and reading them is safe, silent and only done once."""

import hashlib
import os
import pickle
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse as sp

from varigraph.datasets import load_dataset
from varigraph.datasets.planetoid import CORA_CARD
from varigraph.errors import DatasetUnavailableError, FileContentError

FOLDERS = {"cora": "Cora", "citeseer": "CiteSeer", "pubmed": "PubMed"}


@pytest.fixture
def published(with_data, monkeypatch):
    """The read-only folder of raw files, and a function that loads from it."""
    monkeypatch.setenv("VARIGRAPH_DATA", str(with_data))
    return with_data


@pytest.fixture
def cora_copy(data_folder, tmp_path, monkeypatch):
    """A data folder with Cora only, which the test may change."""
    folder = tmp_path / "data"
    shutil.copytree(data_folder / "planetoid" / "Cora", folder / "planetoid" / "Cora")
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    monkeypatch.setenv("VARIGRAPH_DATA", str(folder))
    return folder


def listing(folder: Path):
    return {
        str(path): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in [folder, *folder.rglob("*")]
    }


def cached_folder(private_cache: Path) -> Path:
    (folder,) = (private_cache / "graphs").iterdir()
    return folder


def naive_planetoid(folder: Path, name: str):
    """Features, labels and edges straight from the pickles: row test.index[k] is row k of tx."""
    parts = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 2 pickles name deprecated modules
        for part in ("allx", "tx", "ally", "ty", "graph"):
            parts[part] = pickle.loads((folder / f"ind.{name}.{part}").read_bytes(), encoding="latin1")
    test_index = [int(line) for line in (folder / f"ind.{name}.test.index").read_text().split()]
    n_nodes = len(parts["graph"])
    features = np.zeros((n_nodes, parts["allx"].shape[1]))
    labels = np.zeros(n_nodes, dtype=int)
    features[: parts["allx"].shape[0]] = parts["allx"].toarray()
    labels[: len(parts["ally"])] = parts["ally"].argmax(axis=1)
    for row, node in enumerate(test_index):
        features[node] = parts["tx"][[row]].toarray().ravel()
        labels[node] = parts["ty"][row].argmax()
    edges = {(min(u, v), max(u, v)) for u, ends in parts["graph"].items() for v in ends if u != v}
    return features, labels, edges


@pytest.mark.parametrize("name", FOLDERS)
def test_features_labels_and_edges_are_those_of_a_naive_reading(name, published):
    features, labels, edges = naive_planetoid(published / "planetoid" / FOLDERS[name] / "raw", name)
    graph = load_dataset(name)
    assert {tuple(edge) for edge in graph.edges.tolist()} == edges
    np.testing.assert_array_equal(graph.labels, labels)
    np.testing.assert_array_equal(graph.features.toarray(), features.astype(np.float32))


@pytest.mark.parametrize("name", FOLDERS)
def test_features_are_sparse_single_precision_and_ids_are_positions(name, published):
    graph = load_dataset(name)
    assert isinstance(graph.features, sp.csr_array)
    assert graph.features.dtype == np.float32
    assert graph.features.nnz == np.count_nonzero(graph.features.data)
    assert graph.labels.dtype == np.int64
    np.testing.assert_array_equal(graph.ids, np.arange(graph.n_nodes))


def test_words_of_cited_papers_agree_with_another_copy_of_cora(published):
    # Another collection of the same papers, with nodes in another order: were features scrambled against
    # edges (as when test.index is forgotten), the pairs of word lists would not be the same.
    with np.load(published / "directed_citation" / "cora.npz", allow_pickle=False) as other:
        arcs = sp.coo_array(sp.csr_array((other["adj_data"], other["adj_indices"], other["adj_indptr"])))
        rows = sp.csr_array((other["attr_data"], other["attr_indices"], other["attr_indptr"]))
    theirs = {(min(pair), max(pair)) for pair in zip(arcs.row.tolist(), arcs.col.tolist(), strict=True)}
    graph = load_dataset("cora")
    assert word_pairs(graph.edges.tolist(), graph.features) == word_pairs(theirs, rows)


def word_pairs(edges, rows):
    ends = zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
    words = [tuple(sorted(rows.indices[start:stop].tolist())) for start, stop in ends]
    return Counter(tuple(sorted((words[u], words[v]))) for u, v in edges if u != v)


def test_citeseer_has_15_papers_without_features(published):
    assert (np.diff(load_dataset("citeseer").features.indptr) == 0).sum() == 15


def test_the_second_load_needs_neither_torch_nor_raw_files_and_gives_the_same(published, private_cache):
    first = load_dataset("cora")
    code = (
        "import sys, time; from varigraph.datasets import load_dataset; g = load_dataset('cora'); "
        "assert not {'torch', 'torch_geometric'} & sys.modules.keys(); print(g.fingerprint, g.labels.sum())"
    )
    without_data = {key: value for key, value in os.environ.items() if key != "VARIGRAPH_DATA"}
    second = subprocess.run(
        [sys.executable, "-c", code], env=without_data, capture_output=True, text=True, check=True
    )
    assert second.stdout.split() == [first.fingerprint, str(first.labels.sum())]


def test_the_second_load_takes_less_than_a_third_of_a_second(published):
    load_dataset("cora")
    times = []
    for _ in range(3):
        start = time.perf_counter()
        load_dataset("cora")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.3  # 4 ms on a quiet machine


def test_the_data_folder_is_not_written_to(cora_copy):
    before = listing(cora_copy)
    load_dataset("cora")
    assert listing(cora_copy) == before


def test_the_network_is_not_opened(cora_copy, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the network was opened")

    monkeypatch.setenv("VARIGRAPH_OFFLINE", "0")
    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert load_dataset("cora").n_nodes == 2708


def test_warning_filters_are_left_as_they_were(cora_copy):
    before = list(warnings.filters)
    load_dataset("cora")
    assert warnings.filters == before


class _Malicious:
    """Unpickled, it makes the folder that it was given."""

    def __init__(self, target: Path):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("part", ["x", "graph", "test.index"])
def test_a_tampered_file_is_refused_before_anything_is_unpickled(part, cora_copy, tmp_path):
    target = tmp_path / "executed"
    payload = pickle.dumps(_Malicious(target))
    (cora_copy / "planetoid" / "Cora" / "raw" / f"ind.cora.{part}").write_bytes(payload)
    with pytest.raises(FileContentError, match=f"ind.cora.{part}"):
        load_dataset("cora")
    assert not target.exists()
    pickle.loads(payload)  # it would have worked
    assert target.exists()


def test_a_tampered_file_in_the_cache_is_not_used(cora_copy, private_cache, tmp_path):
    target = tmp_path / "executed"
    raw = "planetoid/Cora/raw/ind.cora.x"
    (private_cache / "raw" / raw).parent.mkdir(parents=True)
    (private_cache / "raw" / raw).write_bytes(pickle.dumps(_Malicious(target)))
    (cora_copy / raw).unlink()
    with pytest.raises(DatasetUnavailableError, match=r"ind\.cora\.x"):
        load_dataset("cora")
    assert not target.exists()


def test_without_raw_files_the_message_says_what_to_put_where():
    with pytest.raises(DatasetUnavailableError) as caught:
        load_dataset("cora")
    for raw_file in CORA_CARD.raw_files:
        assert raw_file.places[0] in str(caught.value)
        assert raw_file.url in str(caught.value)


@pytest.mark.parametrize("victim", ["features.values.npy", "indices.npy", "labels.npy", "graph.json"])
@pytest.mark.parametrize("damage", ["cut", "emptied", "removed"])
def test_a_damaged_cache_is_made_again(victim, damage, published, private_cache):
    load_dataset("cora")
    path = cached_folder(private_cache) / victim
    whole = path.read_bytes()
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"")
    assert load_dataset("cora").n_edges == 5278
    assert path.read_bytes() == whole


def test_a_flipped_bit_in_the_cached_features_is_noticed(published, private_cache):
    fingerprint = load_dataset("cora").fingerprint
    path = cached_folder(private_cache) / "features.indices.npy"
    content = bytearray(path.read_bytes())
    content[-4] ^= 1
    path.write_bytes(bytes(content))
    assert load_dataset("cora").fingerprint == fingerprint


def test_a_cache_that_cannot_be_written_only_costs_time(cora_copy, tmp_path, monkeypatch, caplog):
    occupied = tmp_path / "occupied"
    occupied.write_text("a file, not a folder")
    monkeypatch.setenv("VARIGRAPH_CACHE", str(occupied))
    assert load_dataset("cora").n_edges == 5278
    assert "could not be kept" in caplog.text


def test_the_cache_is_another_when_our_format_changes(published, private_cache, monkeypatch):
    load_dataset("cora")
    monkeypatch.setattr("varigraph.datasets.planetoid._CONVERSION_VERSION", 999)
    load_dataset("cora")
    assert len(list((private_cache / "graphs").iterdir())) == 2
