"""The catalogue names every data set, describes it truly, and costs nothing to open."""

import dataclasses
import subprocess
import sys

import pytest

from varigraph.datasets import card, dataset_names, load_dataset, load_rows_dataset
from varigraph.errors import DatasetUnavailableError

BUILT_IN = [name for name in dataset_names() if not card(name).raw_files]
BENCHMARKS = [name for name in dataset_names() if card(name).raw_files]
LOADERS = {"graph": load_dataset, "rows": load_rows_dataset}


def counts_of(loaded, kind):
    n_classes = 0 if loaded.labels is None else len(set(loaded.labels.tolist()))
    if kind == "graph":
        return loaded.n_nodes, loaded.n_edges, 0, loaded.n_features, n_classes, None, ()
    parts = tuple((name, len(at)) for name, at in (loaded.parts or {}).items())
    return 0, 0, loaded.n_rows, loaded.n_features, n_classes, loaded.image_shape, parts


def counts_on(one):
    of_all = (one.n_rows, one.n_features, one.n_classes)
    return one.n_nodes, one.n_edges, *of_all, one.image_shape, one.part_sizes


def test_the_embedded_default_of_each_kind_stands_first():
    assert dataset_names("graph")[0] == dataset_names()[0] == "stdlib"
    assert dataset_names("rows")[0] == "digits"


def test_each_name_is_of_one_kind():
    assert dataset_names() == dataset_names("graph") + dataset_names("rows")


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_data_set_is_what_its_card_says(name):
    loaded = LOADERS[card(name).kind](name)
    assert counts_of(loaded, card(name).kind) == counts_on(card(name))
    assert loaded.name == name


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_is_what_its_card_says(name, with_data, monkeypatch):
    monkeypatch.setenv("VARIGRAPH_DATA", str(with_data))
    loaded = LOADERS[card(name).kind](name)
    assert counts_of(loaded, card(name).kind) == counts_on(card(name))
    assert loaded.name == name


@pytest.mark.parametrize("name", dataset_names())
def test_a_card_states_source_licence_and_citation(name):
    for field in ("title", "source", "licence", "citation"):
        assert getattr(card(name), field).strip()


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_raw_file_has_a_sum_a_relative_place_and_an_address_or_says_how_it_is_made(name):
    for raw_file in card(name).raw_files:
        assert len(raw_file.sha256) == 64
        assert all(not place.startswith("/") and place.endswith(raw_file.name) for place in raw_file.places)
        assert raw_file.how_to_make if raw_file.url is None else raw_file.url.startswith("https://")


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


@pytest.mark.parametrize(
    ("load", "name", "right"),
    [(load_dataset, "mnist", "load_rows"), (load_rows_dataset, "cora", "load_graph")],
)
def test_a_data_set_of_the_other_kind_says_which_function_loads_it(load, name, right):
    with pytest.raises(DatasetUnavailableError, match=rf"call {right}\('{name}'\)"):
        load(name)


def test_opening_the_catalogue_imports_neither_torch_nor_pyg():
    code = (
        "import sys, varigraph.datasets as d; d.card('cora'); d.load_dataset('stdlib'); "
        "sys.exit(bool({'torch', 'torch_geometric', 'pandas', 'sklearn'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
