"""`varigraph embed`: the embedding of a run as a table or a picture."""

import csv
import functools
import io
import sys

import numpy as np
import pandas as pd
import pytest

from command_line import run
from varigraph.models import load

TABLES = ["z.csv", "z.tsv", "z.csv.gz", "z.parquet", "z.jsonl"]
READERS = {
    "csv": pd.read_csv,
    "tsv": functools.partial(pd.read_csv, sep="\t"),
    "gz": pd.read_csv,
    "parquet": None,  # pandas asks for pyarrow, which is no dependency
    "jsonl": functools.partial(pd.read_json, lines=True),
}


@pytest.fixture
def embed(finished):
    return functools.partial(run, "embed", "run", cwd=finished.parent)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_holds_the_embedding_under_its_ids(embed, finished, tmp_path, name):
    assert embed("-o", tmp_path / name).code == 0
    model, reader = load(finished), READERS[name.rpartition(".")[2]]
    if reader is None:
        from varigraph.tables.reading import read_columns

        columns = read_columns(tmp_path / name).columns
    else:
        columns = {key: column.to_numpy() for key, column in reader(tmp_path / name).items()}
    assert list(columns) == ["id", "z0", "z1", "z2", "z3"]
    assert columns["id"].tolist() == model.message_graph_.ids.tolist()
    values = np.stack([columns[f"z{k}"] for k in range(4)], axis=1)
    assert np.array_equal(values.astype(np.float32), model.embedding_)


def test_standard_output_gets_the_bytes_that_a_file_gets(embed, tmp_path):
    outcome = embed()
    embed("-o", tmp_path / "z.csv")
    assert outcome.out == (tmp_path / "z.csv").read_text()
    assert outcome.err == ""
    assert len(list(csv.reader(io.StringIO(outcome.out)))) == 35


@pytest.mark.parametrize(("name", "start"), [("z.png", b"\x89PNG"), ("z.svg", b"<?xml"), ("z.pdf", b"%PDF")])
def test_a_picture_is_drawn_in_the_format_of_its_ending(embed, tmp_path, name, start):
    pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")
    assert embed("-o", tmp_path / "new folder" / name).code == 0
    assert (tmp_path / "new folder" / name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["z", "z.xlsx"])
def test_an_unknown_ending_is_wrong_use_and_the_known_ones_are_listed(embed, tmp_path, name):
    outcome = embed("-o", tmp_path / name)
    assert outcome.code == 2
    assert ".parquet" in outcome.err
    assert ".png" in outcome.err


@pytest.mark.parametrize("name", ["z.csv", "z.png"])
def test_a_folder_in_the_place_of_the_file_ends_with_1_and_leaves_nothing(embed, tmp_path, name):
    (tmp_path / name).mkdir()
    outcome = embed("-o", tmp_path / name)
    assert outcome.code == 1
    assert f"{name}: Is a directory" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["z.csv", "z.png"])
def test_a_path_below_a_file_ends_with_1_and_a_sentence(embed, tmp_path, name):
    (tmp_path / "file").write_text("mine")
    outcome = embed("-o", tmp_path / "file" / name)
    assert outcome.code == 1
    assert outcome.err.startswith("Error: ")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("place", ["nowhere", "file.csv"])
def test_what_is_no_run_ends_with_3(varigraph, tmp_path, place):
    (tmp_path / "file.csv").write_text("source,target\n")
    outcome = varigraph("embed", place)
    assert outcome.code == 3
    assert place in outcome.err


def test_a_closed_standard_output_is_told(embed, monkeypatch):
    from varigraph.cli import console

    def closed(path):
        monkeypatch.setattr(sys, "stdout", None)
        return show_file(path)

    show_file = console.show_file
    monkeypatch.setattr("varigraph.cli.outputs.show_file", closed)
    outcome = embed()
    assert outcome.code == 1
    assert "Standard output is closed" in outcome.err


def test_a_projection_gives_another_picture_and_is_refused_for_a_table(embed, tmp_path):
    pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")
    embed("-o", tmp_path / "pca.png")
    assert embed("-o", tmp_path / "tsne.png", "--projection", "tsne").code == 0
    assert (tmp_path / "tsne.png").read_bytes() != (tmp_path / "pca.png").read_bytes()
    refused = embed("-o", tmp_path / "z.csv", "--projection", "tsne")
    assert refused.code == 2
    assert "it is for pictures" in refused.err
    assert not (tmp_path / "z.csv").exists()


@pytest.mark.parametrize("name", ["z.csv", "z.png"])
def test_a_file_that_is_there_is_replaced_with_force_alone(embed, tmp_path, name):
    (tmp_path / name).write_text("years of work")
    refused = embed("-o", tmp_path / name)
    assert refused.code == 2
    assert f"{name} exists; --force to replace it." in refused.err
    assert (tmp_path / name).read_text() == "years of work"
    if name == "z.png":
        pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")
    assert embed("-o", tmp_path / name, "--force").code == 0
    assert b"years" not in (tmp_path / name).read_bytes()


def test_force_without_a_file_has_no_effect_and_is_refused(embed):
    outcome = embed("--force")
    assert outcome.code == 2
    assert "--force" in outcome.err
