"""`varigraph evaluate`: repeats on a data set, and the scores of a finished run."""

import json
import shutil

import pytest

from command_line import run
from varigraph.evaluation.records import RunRecord

SHORT = ("--max-epochs", 3, "--latent-dim", 4)


def test_json_of_repeats_is_a_record_with_a_value_for_each_seed(varigraph, tmp_path):
    outcome = varigraph("evaluate", "karate", *SHORT, "--repeats", 3, "--seed", 5, "--json")
    assert outcome.code == 0
    record = RunRecord.from_dict(json.loads(outcome.out))
    assert record.split_seeds == [5, 6, 7]
    assert record.settings["random_state"] == [5, 6, 7]
    assert len(record.metrics["test"]["auc"]["values"]) == 3
    assert record.heuristics["test"].keys() >= {"adamic_adar", "katz"}
    assert list(tmp_path.iterdir()) == []


def test_one_of_several_repeats_is_what_it_is_alone(varigraph):
    several, alone = (
        json.loads(varigraph("evaluate", "karate", *SHORT, *options, "--json", "-q").out)
        for options in (("--repeats", 2), ("--seed", 1))
    )
    assert several["metrics"]["test"]["auc"]["values"][1] == alone["metrics"]["test"]["auc"]


def test_a_run_of_fit_scores_what_evaluate_scores_with_the_same_seed(varigraph, finished):
    options = ("karate", *SHORT, "--json")
    evaluated = json.loads(varigraph("evaluate", *options).out)
    assert evaluated["metrics"] == RunRecord.read(finished / "record.json").to_dict()["metrics"]


def test_repeats_show_mean_and_interval_within_80_columns(varigraph):
    outcome = varigraph("evaluate", "karate", *SHORT, "--repeats", 2)
    assert "vgae (default) on karate, 2 splits" in outcome.out
    assert "±" in outcome.out
    assert "Test part: 7 positives" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_a_wide_terminal_gets_every_metric(varigraph):
    options = ("evaluate", "karate", *SHORT, "--repeats", 2, "-q")
    narrow, wide = (varigraph(*options, width=width).out.splitlines()[1].split() for width in (80, 140))
    assert narrow == ["AUC", "AP", "Hits@10", "MRR"]
    assert wide == ["AUC", "AP", "Hits@1", "Hits@10", "Hits@50", "Hits@100", "MRR"]


def test_quiet_says_nothing_on_standard_error(varigraph):
    assert varigraph("evaluate", "karate", *SHORT, "-q").err == ""


def test_a_finished_run_gives_back_the_metrics_of_its_record(finished):
    outcome = run("evaluate", "run", "--json", cwd=finished.parent)
    document = json.loads(outcome.out)
    assert (
        document["metrics"]["vgae"] == RunRecord.read(finished / "record.json").to_dict()["metrics"]["test"]
    )


def test_probes_classify_and_cluster_the_embedding_of_a_run(finished):
    outcome = run("evaluate", "run", "--probes", "--json", cwd=finished.parent)
    assert json.loads(outcome.out)["probes"].keys() == {"classification", "clustering"}


def test_probes_are_refused_for_a_data_set(varigraph):
    outcome = varigraph("evaluate", "karate", "--probes")
    assert outcome.code == 2
    assert "--probes is for a run folder" in outcome.err


@pytest.mark.parametrize("others", [("--model", "gae"), ("--repeats", 2), ("--protocol", "kipf")])
def test_what_would_have_no_effect_on_a_run_is_refused(finished, others):
    outcome = run("evaluate", "run", *others, cwd=finished.parent)
    assert outcome.code == 2
    assert f"{others[0]} has no effect here" in outcome.err


def test_the_name_of_a_data_set_wins_over_a_folder_of_that_name(varigraph, finished, tmp_path):
    shutil.copytree(finished, tmp_path / "karate")
    assert "vgae (default) on karate" in varigraph("evaluate", "karate", *SHORT, "-q").out
    assert "vgae (default)" not in varigraph("evaluate", "./karate").out


@pytest.mark.parametrize("file", ["config.json", "record.json", "split.safetensors", "graph/graph.json"])
@pytest.mark.parametrize("damage", ["gone", "garbage"])
def test_a_damaged_run_ends_with_3_and_names_the_folder(varigraph, finished, tmp_path, file, damage):
    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "run" / file).unlink()
    if damage == "garbage":
        (tmp_path / "run" / file).write_text("garbage")
    outcome = varigraph("evaluate", "run")
    assert outcome.code == 3
    assert outcome.err.startswith("Error: ")
    assert "run" in outcome.err
    assert "Traceback" not in outcome.err


def test_heart_is_refused_for_other_graphs(varigraph):
    outcome = varigraph("evaluate", "karate", "--protocol", "heart")
    assert outcome.code == 3
    assert "for the data set citeseer, not for" in outcome.err


def test_repeats_of_heart_are_initialisations_on_one_split(varigraph, data_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("VARIGRAPH_CACHE", str(tmp_path / "cache"))
    options = ("--protocol", "heart", "--model", "gae", "--repeats", 2, "--max-epochs", 1, "--latent-dim", 2)
    outcome = varigraph("evaluate", "citeseer", *options, "--json")
    document = json.loads(outcome.out)
    assert len(set(document["split_fingerprints"])) == 1
    assert document["negatives"] == "own"
    assert len(set(document["metrics"]["test"]["mrr"]["values"])) == 2
    # The published figures (Li et al. 2023, table for CiteSeer), to the digits given there.
    published = {"common_neighbours": 8.42, "adamic_adar": 10.82, "resource_allocation": 10.84}
    found = {name: 100 * document["heuristics"]["test"][name]["mrr"]["mean"] for name in published}
    assert found == pytest.approx(published, abs=0.01)


def test_without_raw_files_and_network_it_says_which_files_to_put_where(varigraph, monkeypatch, tmp_path):
    monkeypatch.delenv("VARIGRAPH_DATA", raising=False)
    monkeypatch.setenv("VARIGRAPH_OFFLINE", "1")
    monkeypatch.setenv("VARIGRAPH_CACHE", str(tmp_path / "cache"))
    outcome = varigraph("evaluate", "cora")
    assert outcome.code == 3
    assert "ind.cora.graph" in outcome.err
    assert str(tmp_path / "cache") in outcome.err


def test_the_reliability_of_a_run_is_drawn_and_not_drawn_over_unasked(varigraph, finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "drawn")
    assert varigraph("evaluate", folder, "--reliability", "r.png").code == 0
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")
    again = varigraph("evaluate", folder, "--reliability", "r.png")
    assert again.code == 2
    assert "--force to replace" in again.err
    assert varigraph("evaluate", folder, "--reliability", "r.png", "--force").code == 0
    assert varigraph("evaluate", folder, "--reliability", "r.txt").code == 2
    assert varigraph("evaluate", "karate", "--reliability", "r.png").code == 2


def test_a_run_tells_whether_its_probabilities_came_true(varigraph, finished):
    assert "Probabilities on the test part: mean" in varigraph("evaluate", finished).out
    document = json.loads(varigraph("evaluate", finished, "--json").out)
    assert "mean_ratio" in document["calibration"]["test"]
