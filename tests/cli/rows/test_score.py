"""`varigraph score` of a run on vectors: densities and anomalies beside the user's own columns."""

import csv
import functools
import io
import json

import numpy as np
import pytest

from command_line import run, write_measurements
from varigraph.datasets.loading_rows import load_rows
from varigraph.experiments.rows.run_folder import read_row_split, rows_of_run
from varigraph.models import AE, AnomalyDetector, load
from varigraph.tables import read_columns

OF_AN_AE = ["reconstruction_log_likelihood", "reconstruction_deviance"]
OF_A_VAE = ["log_likelihood", "standard_error", *OF_AN_AE]


@pytest.fixture
def score(measured, tmp_path):
    """The program in a folder with another table of the same columns; its last row is far from the others."""
    path = write_measurements(tmp_path / "new.csv", n_rows=4, seed=1)
    path.write_text(path.read_text() + "odd,9.0,-9.0,9.0,a\n")
    return functools.partial(run, "score", measured, cwd=tmp_path)


def rows_in(text):
    return list(csv.DictReader(io.StringIO(text)))


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


def test_the_users_columns_stay_letter_by_letter_and_new_ones_follow(score, tmp_path):
    outcome = score("new.csv")
    assert outcome.code == 0, outcome.err
    lines, own = outcome.out.splitlines(), (tmp_path / "new.csv").read_text().splitlines()
    assert lines[0] == ",".join([own[0], *OF_A_VAE])
    assert all(line.startswith(f"{one},") for line, one in zip(lines, own, strict=True))


def test_scores_are_those_that_the_model_gives(score, measured, tmp_path):
    rows, model = rows_in(score("new.csv").out), load(measured)
    values = load_rows(tmp_path / "new.csv").values
    estimate = model.log_likelihood(values)
    assert np.allclose(column(rows, "log_likelihood"), estimate.values)
    assert np.allclose(column(rows, "standard_error"), estimate.standard_errors)
    explained = model.reconstruction_log_likelihood(values)
    assert np.allclose(column(rows, "reconstruction_log_likelihood"), explained)


def test_more_samples_make_smaller_errors(score):
    few, many = (
        column(rows_in(score("new.csv", "--samples", count).out), "standard_error") for count in (10, 4000)
    )
    assert np.median(many) < np.median(few) / 5  # √400 = 20 times, less what chance does to five rows


def test_anomalies_are_told_by_the_rows_that_the_run_held_out(score, measured):
    outcome = score("new.csv", "--contamination", 0.25)
    rows, split = rows_in(outcome.out), read_row_split(measured)
    held_out = rows_of_run(measured).values[np.concatenate([split.val, split.test])]
    usual = load(measured).reconstruction_deviance(held_out)
    found = column(rows, "reconstruction_deviance")
    shares = [100 * np.mean(usual < one) for one in found]
    assert np.allclose(column(rows, "percentile"), shares)
    strange = [str(bool(one > np.quantile(usual, 0.75))).lower() for one in found]
    assert [row["anomaly"] for row in rows] == strange
    assert (rows[-1]["anomaly"], float(rows[-1]["percentile"])) == ("true", 100.0)
    assert f"25 % of the {len(usual)} rows" in outcome.err


def test_rows_without_a_table_come_out_under_their_ids(varigraph, pictured):
    rows = rows_in(varigraph("score", pictured, "digits", "--samples", 1, "-q").out)
    assert list(rows[0]) == ["id", *OF_A_VAE]
    assert len(rows) == 1797


@pytest.mark.parametrize("name", ["s.csv", "s.tsv.gz", "s.parquet", "s.jsonl"])
def test_a_file_of_every_kind_holds_all_columns(score, tmp_path, name):
    outcome = score("new.csv", "--contamination", 0.1, "-o", name)
    assert outcome.code == 0, outcome.err
    assert outcome.err.endswith(f"Wrote {name}: 5 rows\n")
    names = ["id", "width", "height", "weight", "class", *OF_A_VAE, "percentile", "anomaly"]
    assert list(read_columns(tmp_path / name).columns) == names


def test_standard_input_gives_what_the_file_gives(score, tmp_path):
    content = (tmp_path / "new.csv").read_bytes()
    assert score("-", "--format", "csv", stdin=content).out == score("new.csv").out
    assert score("-", stdin=content).code == 2
    wrong = score("-", "--format", "csv", stdin=content + b"odd,,1,1,a\n")
    assert wrong.code == 3
    assert "line 7 of standard input, column 'width'" in wrong.err


def test_an_autoencoder_has_no_density_but_reconstructions(varigraph, tmp_path):
    write_measurements(tmp_path / "things.csv")
    tiny = ("--model", "ae", "--max-epochs", 2, "--latent-dim", 1, "--hidden-dims", "4", "-q")
    assert varigraph("fit", "things.csv", *tiny, "-o", "run").code == 0
    outcome = varigraph("score", "run", "things.csv")
    assert list(rows_in(outcome.out)[0])[5:] == OF_AN_AE
    assert "no density" in outcome.err
    assert varigraph("score", "run", "things.csv", "--samples", 3).code == 2


def test_a_saved_detector_marks_what_it_predicts(varigraph, tmp_path):
    rows = load_rows(write_measurements(tmp_path / "things.csv"))
    detector = AnomalyDetector(AE(1, hidden_dims=(4,), max_epochs=2, random_state=0)).fit(rows.values)
    detector.save(tmp_path / "detector")
    marked = rows_in(varigraph("score", "detector", "things.csv", "-q").out)
    assert [row["anomaly"] == "true" for row in marked] == (detector.predict(rows.values) == -1).tolist()
    assert varigraph("score", "detector", "things.csv", "--contamination", 0.1).code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("width,height,weight,log_likelihood\n1,2,3,4\n", "has a column 'log_likelihood' already"),
        ("width,height\n1,2\n", "no column 'weight'"),
        ("width,height,weight\n1,2,inf\n", "column 'weight'"),
        ("", "is empty"),
    ],
)
def test_wrong_rows_end_with_3_a_sentence_and_no_file(score, tmp_path, text, said):
    (tmp_path / "wrong.csv").write_text(text)
    outcome = score("wrong.csv", "-o", "s.csv")
    assert outcome.code == 3
    assert said in outcome.err
    assert not (tmp_path / "s.csv").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--contamination", 0), "--contamination"),
        (("--contamination", 0.6), "--contamination"),
        (("--samples", 0), "--samples"),
        (("--format", "mtx"), "mtx"),
        (("-o", "new.csv"), "new.csv exists; --force to replace it."),
        (("--array", "a"), "--array has no effect on new.csv"),
    ],
)
def test_wrong_use_ends_with_2_and_writes_nothing(score, tmp_path, options, said):
    before = (tmp_path / "new.csv").read_bytes()
    outcome = score("new.csv", *options)
    assert outcome.code == 2
    assert said in outcome.err
    assert (tmp_path / "new.csv").read_bytes() == before


def test_anomalies_need_the_rows_of_the_run(score, measured, tmp_path):
    load(measured).save(tmp_path / "saved")
    outcome = run("score", "saved", "new.csv", "--contamination", 0.1, cwd=tmp_path)
    assert outcome.code == 3
    assert "nothing says what is usual" in outcome.err


def test_zeros_and_ones_are_made_of_new_rows_as_they_were_of_the_run_s(varigraph, tmp_path):
    tiny = ("--max-epochs", 1, "--latent-dim", 2, "--hidden-dims", "4", "-q")
    assert varigraph("fit", "digits", *tiny, "--binarise", "threshold", "-o", "run").code == 0
    told = json.loads((tmp_path / "run" / "config.json").read_text())["data"]["reading"]
    assert told == {"binarise": "threshold"}
    rows = load_rows("digits")
    np.save(tmp_path / "grey.npy", rows.values[:5])
    np.save(tmp_path / "bits.npy", (rows.values[:5] > 0.5).astype(np.float32))
    grey, bits = (varigraph("score", "run", name, "-q").out for name in ("grey.npy", "bits.npy"))
    assert grey == bits


def test_grey_rows_are_drawn_for_a_model_that_drew_them_in_training_and_that_is_said(tmp_path):
    tiny = ("--max-epochs", 1, "--latent-dim", 2, "--hidden-dims", "8", "-q", "-o", "run")
    assert run("fit", "digits", "--binarise", "dynamic", *tiny, "--seed", 4, cwd=tmp_path).code == 0
    greys = load_rows("digits").take(np.arange(50)).values
    np.save(tmp_path / "greys.npy", greys)
    outcome = run("score", "run", "greys.npy", "-o", "scores.parquet", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert "drawn with the run's seed" in outcome.err.replace("\n", " ")
    bits = load_rows(tmp_path / "greys.npy", binarise="sampled", seed=4).values
    explained = load(tmp_path / "run").reconstruction_log_likelihood(bits)
    written = read_columns(tmp_path / "scores.parquet").columns["reconstruction_log_likelihood"]
    assert np.allclose(written, explained)
    np.save(tmp_path / "bits.npy", bits)
    again = run("score", "run", "bits.npy", "-o", "again.parquet", cwd=tmp_path)
    assert "drawn with" not in again.err
    densities = [
        read_columns(tmp_path / one).columns["log_likelihood"] for one in ("scores.parquet", "again.parquet")
    ]
    assert np.allclose(*densities)
