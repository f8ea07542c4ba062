"""`varigraph evaluate` of vectors: repeats, finished runs, probes."""

import json

import pytest

from command_line import run, write_measurements
from varigraph.evaluation.row_record import RowRecord

TINY = ("--model", "vae", "--max-epochs", 2, "--latent-dim", 2, "--hidden-dims", "8")


@pytest.fixture
def varigraph(tmp_path):
    write_measurements(tmp_path / "things.csv")
    return lambda *arguments, **options: run(*arguments, cwd=tmp_path, **options)


def test_json_of_repeats_is_a_record_with_a_value_for_each_seed(varigraph, tmp_path):
    outcome = varigraph("evaluate", "things.csv", *TINY, "--repeats", 3, "--seed", 5, "--json", "-q")
    assert (outcome.code, outcome.err) == (0, "")
    record = RowRecord.from_dict(json.loads(outcome.out))
    assert record.split_seeds == [5, 6, 7]
    assert len(record.metrics["test"]["log_likelihood"]["values"]) == 3
    assert [one.name for one in tmp_path.iterdir()] == ["things.csv"]


def test_a_run_of_fit_scores_what_evaluate_scores_with_the_same_seed(varigraph):
    evaluated, fitted = (
        json.loads(varigraph(verb, "things.csv", *TINY, "--json", "-q").out) for verb in ("evaluate", "fit")
    )
    assert evaluated["metrics"] == fitted["metrics"]
    assert evaluated["baselines"] == fitted["baselines"]


def test_repeats_show_mean_and_interval_within_80_columns(varigraph):
    outcome = varigraph("evaluate", "things.csv", *TINY, "--repeats", 2)
    assert "vae (default) on things, 2 splits" in outcome.out
    assert "±" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_a_finished_run_gives_back_the_metrics_of_its_record(measured):
    outcome = run("evaluate", "run", "--json", cwd=measured.parent)
    recorded = json.loads((measured / "record.json").read_text())
    assert json.loads(outcome.out)["metrics"]["vae"] == recorded["metrics"]["test"]
    shown = run("evaluate", "run", cwd=measured.parent)
    assert "ppca" in shown.out
    assert all(note in shown.err for note in recorded["notes"])
    assert run("evaluate", "run", "-q", cwd=measured.parent).err == ""


def test_probes_classify_and_cluster_the_embedding_of_a_run(pictured):
    outcome = run("evaluate", "run", "--probes", "--json", "-q", cwd=pictured.parent)
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["probes"].keys() == {"classification", "clustering"}


@pytest.mark.parametrize("others", [("--repeats", 3), ("--latent-dim", 3), ("--model", "vae"), ("--beta", 2)])
def test_what_would_have_no_effect_on_a_run_is_refused(measured, others):
    outcome = run("evaluate", "run", *others, cwd=measured.parent)
    assert outcome.code == 2
    assert f"{others[0]} has no effect here" in outcome.err


def test_force_is_for_a_file_that_a_run_on_vectors_never_writes(measured):
    assert run("evaluate", "run", "--force", cwd=measured.parent).code == 2


@pytest.mark.parametrize("file", ["config.json", "record.json", "split.safetensors"])
def test_a_damaged_run_ends_with_3_and_names_the_folder(varigraph, tmp_path, file):
    assert varigraph("fit", "things.csv", *TINY, "-q", "-o", "run").code == 0
    (tmp_path / "run" / file).write_bytes(b"garbage")
    outcome = varigraph("evaluate", "run")
    assert outcome.code == 3
    assert outcome.err.startswith("Error: ")
    assert "run" in outcome.err
