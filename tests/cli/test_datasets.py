"""`varigraph datasets`: the list, the cards, and the standard-library graph of one's own Python."""

import json
import sysconfig

import pytest

from varigraph.datasets import dataset_names
from varigraph.datasets.loading import load_graph


def test_the_list_names_every_data_set_within_80_columns(varigraph):
    outcome = varigraph("datasets")
    assert [line.split()[0] for line in outcome.out.splitlines() if line[:1].isalpha()][1:] == list(
        dataset_names()
    )
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_the_list_as_json_is_the_cards(varigraph):
    cards = json.loads(varigraph("datasets", "--json").out)
    assert [one["name"] for one in cards] == list(dataset_names())


@pytest.mark.parametrize("name", dataset_names())
def test_a_card_tells_licence_and_source_as_table_and_as_json(varigraph, name):
    table = varigraph("datasets", "show", name).out
    card = json.loads(varigraph("datasets", "show", name, "--json").out)
    assert card["name"] == name
    assert all(word in table for word in ("licence", "source", "nodes"))


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
