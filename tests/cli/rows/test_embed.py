"""`varigraph embed` of a run on vectors: its own rows, other rows, and rows that are not of its kind."""

import csv
import functools
import io

import numpy as np
import pytest

from command_line import run, write_measurements
from varigraph.datasets.loading_rows import load_rows
from varigraph.models import load


@pytest.fixture
def embed(measured, tmp_path):
    """The program in a folder with another table of the same columns."""
    write_measurements(tmp_path / "new.csv", n_rows=5, seed=1)
    return functools.partial(run, "embed", measured, cwd=tmp_path)


def vectors_in(text):
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["id", "z0", "z1"]
    return [row[0] for row in rows[1:]], np.array([list(map(float, row[1:])) for row in rows[1:]])


def test_the_run_s_own_rows_are_embedded_in_their_order_under_their_ids(embed, measured):
    ids, vectors = vectors_in(embed().out)
    rows = load_rows(measured.parent / "things.csv")
    assert ids == rows.ids.tolist()
    assert np.array_equal(vectors.astype(np.float32), load(measured).transform(rows.values))


def test_the_same_rows_given_again_have_the_same_vectors(embed, measured):
    assert embed("--data", measured.parent / "things.csv").out == embed().out


def test_columns_are_found_by_name_in_whatever_order_and_company(embed, tmp_path):
    lines = [line.split(",") for line in (tmp_path / "new.csv").read_text().splitlines()]
    turned = [",".join([row[3], "x", row[2], row[0], row[1]]) for row in lines]
    (tmp_path / "turned.csv").write_text("\n".join(turned))
    assert embed("--data", "turned.csv", "--id-column", "id").out == embed("--data", "new.csv").out


def test_standard_input_gives_what_the_file_gives(embed, tmp_path):
    content = (tmp_path / "new.csv").read_bytes()
    assert embed("--data", "-", "--format", "csv", stdin=content).out == embed("--data", "new.csv").out


def test_an_array_needs_as_many_columns_and_no_names(embed, tmp_path):
    np.save(tmp_path / "new.npy", load_rows(tmp_path / "new.csv").values)
    _, vectors = vectors_in(embed("--data", "new.npy").out)
    assert np.array_equal(vectors, vectors_in(embed("--data", "new.csv").out)[1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("width,height\n1,2\n", "no column 'weight'"),
        ("width,height,weight\n1,2,heavy\n", "line 2 of wrong.csv, column 'weight'"),
        ("width,height,weight\n1,2,nan\n", "line 2 of wrong.csv, column 'weight'"),
        ("", "is empty"),
    ],
)
def test_rows_of_another_kind_end_with_3_and_no_file(embed, tmp_path, text, said):
    (tmp_path / "wrong.csv").write_text(text)
    outcome = embed("--data", "wrong.csv", "-o", "z.csv")
    assert outcome.code == 3
    assert said in outcome.err
    assert not (tmp_path / "z.csv").exists()


def test_another_number_of_columns_ends_with_3_and_both_numbers(embed):
    outcome = embed("--data", "digits")
    assert outcome.code == 3
    assert "digits has 64 columns of numbers, but the model in" in outcome.err
    assert "was trained on 3." in outcome.err


def test_grey_levels_to_255_are_refused_where_the_model_knows_shares(varigraph, pictured, tmp_path):
    np.save(tmp_path / "grey.npy", np.full((2, 64), 255.0))
    outcome = varigraph("embed", pictured, "--data", "grey.npy")
    assert outcome.code == 3
    assert "Divide grey levels" in outcome.err


def test_how_to_read_rows_is_refused_without_rows_to_read(embed):
    outcome = embed("--label-column", "class")
    assert outcome.code == 2
    assert "--label-column says how to read --data, which is missing." in outcome.err


@pytest.mark.parametrize(
    "options", [(), ("--data", "new.csv"), ("--projection", "tsne", "--data", "new.csv")]
)
def test_a_picture_is_drawn_of_either(embed, tmp_path, options):
    pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")
    outcome = embed(*options, "-o", "z.png")
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "z.png").read_bytes().startswith(b"\x89PNG")
    n_rows = 5 if options else 60
    assert f"Wrote z.png: {n_rows} rows, 2 dimensions" in outcome.err


def test_a_saved_model_has_no_rows_of_its_own(embed, measured, tmp_path):
    load(measured).save(tmp_path / "saved")
    outcome = run("embed", "saved", cwd=tmp_path)
    assert outcome.code == 3
    assert "--data FILE" in outcome.err
    again = run("embed", "saved", "--data", "new.csv", cwd=tmp_path)
    assert again.out == embed("--data", "new.csv").out
