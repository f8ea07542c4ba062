"""`varigraph sample`: new rows from a run's prior, as a table, an array or a picture."""

import csv
import io
import shutil

import numpy as np
import pandas as pd
import pytest

from command_line import run
from varigraph.models import load
from varigraph.tables import read_columns

NAMES = ["width", "height", "weight"]


def numbers_in(text):
    return np.array([list(map(float, row)) for row in list(csv.reader(io.StringIO(text)))[1:]])


def test_standard_output_gets_draws_under_the_names_of_the_columns(varigraph, measured):
    outcome = varigraph("sample", measured, "-n", 5, "--seed", 7)
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.out.splitlines()[0].split(",") == NAMES
    expected = load(measured).sample(5, random_state=7)
    assert np.array_equal(numbers_in(outcome.out).astype(np.float32), expected.astype(np.float32))


def test_the_mean_is_told_from_a_draw(varigraph, measured):
    drawn, mean = (
        numbers_in(varigraph("sample", measured, "-n", 4, way).out) for way in ("--draw", "--mean")
    )
    assert np.allclose(mean, load(measured).sample(4, random_state=0, mean=True))
    assert not np.allclose(mean, drawn)


def test_the_same_seed_gives_the_same_and_another_seed_another(varigraph, measured):
    first, again, other = (varigraph("sample", measured, "--seed", seed).out for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(first.splitlines()) == 65


@pytest.mark.parametrize("name", ["s.csv", "s.tsv", "s.parquet", "s.jsonl"])
def test_a_table_of_every_kind_holds_what_standard_output_gets(varigraph, measured, tmp_path, name):
    outcome = varigraph("sample", measured, "-n", 3, "-o", f"new/{name}")
    assert outcome.code == 0, outcome.err
    assert f"Wrote new/{name}: 3 samples" in outcome.err
    columns = read_columns(tmp_path / "new" / name).columns
    assert list(columns) == NAMES
    found = np.stack([column.astype(float) for column in columns.values()], axis=1)
    assert np.allclose(found, numbers_in(varigraph("sample", measured, "-n", 3).out))


def test_an_array_holds_a_row_a_sample(varigraph, pictured, tmp_path):
    assert varigraph("sample", pictured, "-n", 3, "--mean", "-o", "s.npy", "-q").err == ""
    array = np.load(tmp_path / "s.npy")
    assert array.shape == (3, 64)
    assert np.array_equal(array, load(pictured).sample(3, random_state=0, mean=True))


def test_features_without_names_are_numbered(varigraph, pictured):
    names = pd.read_csv(io.StringIO(varigraph("sample", pictured, "-n", 1).out)).columns
    assert names.tolist() == [f"x{at}" for at in range(64)]


@pytest.mark.parametrize(("name", "start"), [("g.png", b"\x89PNG"), ("g.svg", b"<?xml"), ("g.pdf", b"%PDF")])
def test_images_are_drawn_in_a_grid(varigraph, pictured, tmp_path, name, start):
    pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")
    assert varigraph("sample", pictured, "-n", 4, "-o", name).code == 0
    assert (tmp_path / name).read_bytes().startswith(start)


def test_rows_that_are_no_images_are_no_picture_unless_a_shape_is_told(varigraph, measured, tmp_path):
    pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")
    refused = varigraph("sample", measured, "-o", "g.png")
    assert refused.code == 2
    assert "--image-shape" in refused.err
    assert list(tmp_path.iterdir()) == []
    assert varigraph("sample", measured, "-o", "g.png", "--image-shape", "1x3").code == 0


WRONG_USE = [
    (("-n", 0), "--number"),
    (("--seed", -1), "--seed"),
    (("-o", "s.xlsx"), ".npy"),
    (("-o", "s.csv", "--image-shape", "1x3"), "it is for pictures"),
    (("--force",), "--force"),
]


@pytest.mark.parametrize(("options", "said"), WRONG_USE)
def test_wrong_use_ends_with_2_and_writes_nothing(varigraph, measured, tmp_path, options, said):
    outcome = varigraph("sample", measured, *options)
    assert outcome.code == 2
    assert said in outcome.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["s.csv", "s.npy", "s.png"])
def test_a_file_that_is_there_is_replaced_with_force_alone(varigraph, pictured, tmp_path, name):
    pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")
    (tmp_path / name).write_text("years of work")
    refused = varigraph("sample", pictured, "-n", 2, "-o", name)
    assert refused.code == 2
    assert (tmp_path / name).read_text() == "years of work"
    assert varigraph("sample", pictured, "-n", 2, "-o", name, "--force").code == 0
    assert b"years" not in (tmp_path / name).read_bytes()


def test_an_autoencoder_has_no_prior_to_draw_from(varigraph):
    tiny = ("--model", "ae", "--max-epochs", 1, "--latent-dim", 2, "--hidden-dims", "4", "-q")
    assert varigraph("fit", "digits", *tiny, "-o", "run").code == 0
    outcome = varigraph("sample", "run")
    assert outcome.code == 2
    assert "no prior to draw from" in outcome.err


@pytest.mark.parametrize("file", ["config.json", "model.safetensors"])
def test_a_damaged_run_ends_with_3_and_names_the_folder(varigraph, measured, tmp_path, file):
    shutil.copytree(measured, tmp_path / "run")
    (tmp_path / "run" / file).write_bytes(b"garbage")
    for verb in (("sample",), ("embed", "--data", "digits"), ("score", "digits")):
        outcome = run(verb[0], "run", *verb[1:], cwd=tmp_path)
        assert outcome.code == 3
        assert "run" in outcome.err
        assert "Traceback" not in outcome.err


def test_a_number_of_samples_beyond_counting_is_refused_without_a_traceback(pictured):
    outcome = run("sample", pictured, "-n", 99_999_999_999, cwd=pictured.parent)
    assert outcome.code == 2
    assert "Invalid value for '--number' / '-n'" in outcome.err
    assert "less than or equal to 2147483647" in outcome.err
