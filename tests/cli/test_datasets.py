"""`varigraph datasets`: the list, the cards, and the standard-library graph of one's own Python."""

import json
import sysconfig

import pytest

from varigraph.datasets import card, dataset_names
from varigraph.datasets.loading import load_graph


def test_the_list_names_every_data_set_within_80_columns(varigraph):
    lines = varigraph("datasets").out.splitlines()
    first_words = [line.split()[0] for line in lines if line[:1].isalpha()]
    assert [word for word in first_words if word in dataset_names()] == list(dataset_names())
    assert max(map(len, lines)) <= 80


def test_the_list_shows_graphs_and_rows_in_tables_of_their_own(varigraph):
    graphs, _, rows = varigraph("datasets").out.partition("Rows:")
    assert all(name in graphs and f"\n{name} " not in rows for name in dataset_names("graph"))
    assert "nodes" in graphs
    assert all(word in rows for word in ("image", "28 × 28", *dataset_names("rows")))


def test_the_list_as_json_is_the_cards(varigraph):
    cards = json.loads(varigraph("datasets", "--json").out)
    assert [one["name"] for one in cards] == list(dataset_names())
    for one in cards:
        assert ("n_nodes" in one, "n_rows" in one) == (one["kind"] == "graph", one["kind"] == "rows")


@pytest.mark.parametrize("name", dataset_names())
def test_a_card_tells_licence_and_source_as_table_and_as_json(varigraph, name):
    table = varigraph("datasets", "show", name).out
    document = json.loads(varigraph("datasets", "show", name, "--json").out)
    assert document["name"] == name
    counted, loader = ("nodes", "load_graph") if card(name).kind == "graph" else ("rows", "load_rows")
    assert all(word in table for word in ("licence", "source", counted, f"{loader}('{name}')"))


def test_a_card_of_rows_tells_its_image_shape_and_its_published_parts(varigraph):
    document = json.loads(varigraph("datasets", "show", "mnist", "--json").out)
    assert (document["image_shape"], document["part_sizes"]) == ([28, 28], {"train": 60000, "test": 10000})
    table = varigraph("datasets", "show", "mnist").out
    assert "28 × 28" in table
    assert "train 60,000, test 10,000" in table


def test_a_misspelt_name_is_corrected(varigraph):
    outcome = varigraph("datasets", "show", "citeser")
    assert outcome.code == 3
    assert "Did you mean citeseer?" in outcome.err


def test_the_graph_of_this_python_is_built_and_can_be_loaded(varigraph, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    (library / "os.py").write_text('"""Operating system."""\nimport abc\n')
    (library / "abc.py").write_text('"""Base classes."""\n')
    outcome = varigraph("datasets", "build-stdlib", "--library", library, "-o", "mine")
    assert outcome.code == 0, outcome.err
    assert load_graph(tmp_path / "mine").n_edges == 1


def test_a_folder_that_is_no_library_is_refused_and_nothing_is_written(varigraph, tmp_path):
    outcome = varigraph("datasets", "build-stdlib", "--library", sysconfig.get_path("scripts"), "-o", "mine")
    assert outcome.code == 3
    assert not (tmp_path / "mine").exists()
