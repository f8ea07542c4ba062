"""The catalogue names every data set, describes it truly, and costs nothing to open."""

import dataclasses
import subprocess
import sys

import pytest

from varigraph.datasets import card, dataset_names, load_dataset
from varigraph.errors import DatasetUnavailableError

BUILT_IN = [name for name in dataset_names() if not card(name).raw_files]
BENCHMARKS = [name for name in dataset_names() if card(name).raw_files]


def counts_of(graph):
    n_classes = 0 if graph.labels is None else len(set(graph.labels.tolist()))
    return graph.n_nodes, graph.n_edges, graph.n_features, n_classes


def counts_on(the_card):
    return the_card.n_nodes, the_card.n_edges, the_card.n_features, the_card.n_classes


def test_the_embedded_default_stands_first():
    assert dataset_names()[0] == "stdlib"


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_data_set_is_what_its_card_says(name):
    graph = load_dataset(name)
    assert counts_of(graph) == counts_on(card(name))
    assert graph.name == name


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_is_what_its_card_says(name, with_data, monkeypatch):
    monkeypatch.setenv("VARIGRAPH_DATA", str(with_data))
    graph = load_dataset(name)
    assert counts_of(graph) == counts_on(card(name))
    assert graph.name == name


@pytest.mark.parametrize("name", dataset_names())
def test_a_card_states_source_licence_and_citation(name):
    for field in ("title", "source", "licence", "citation"):
        assert getattr(card(name), field).strip()


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_raw_file_has_a_sum_a_relative_place_and_an_address(name):
    for raw_file in card(name).raw_files:
        assert len(raw_file.sha256) == 64
        assert all(not place.startswith("/") and place.endswith(raw_file.name) for place in raw_file.places)
        assert raw_file.url.startswith("https://")


def test_a_card_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        card("cora").n_nodes = 1


def test_capital_letters_do_not_matter():
    assert card("Cora") is card("cora")


def test_a_misspelt_name_is_answered_with_the_closest():
    with pytest.raises(DatasetUnavailableError, match=r"Did you mean citeseer\?"):
        load_dataset("citeser")


def test_a_name_like_no_other_lists_all():
    with pytest.raises(DatasetUnavailableError) as caught:
        load_dataset("zzz")
    assert "Did you mean" not in str(caught.value)
    assert all(name in str(caught.value) for name in dataset_names())


def test_opening_the_catalogue_imports_neither_torch_nor_pyg():
    code = (
        "import sys, varigraph.datasets as d; d.card('cora'); d.load_dataset('stdlib'); "
        "sys.exit(bool({'torch', 'torch_geometric', 'pandas', 'sklearn'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
