"""`varigraph fit`: what it prints where, what it leaves on disk, what it refuses, and how it is resumed."""

import gzip
import json
import signal
from itertools import pairwise

import pytest

from command_line import FRIENDS, run, write_friends
from varigraph.cli.training_progress import TrainingProgress
from varigraph.evaluation.records import RunRecord
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import write_graph
from varigraph.models import load

SHORT = ("--max-epochs", 3, "--latent-dim", 4)
RESULTS = ["embeddings.parquet", "metrics.jsonl", "model.safetensors", "posterior.safetensors"]


def left_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def contents(folder):
    return {name: (folder / name).read_bytes() for name in RESULTS}


def test_without_a_name_it_trains_on_the_embedded_graph(varigraph, tmp_path):
    outcome = varigraph("fit", *SHORT)
    assert outcome.code == 0
    assert "stdlib" in outcome.out
    assert (tmp_path / "runs" / "stdlib-vgae" / "record.json").exists()


def test_the_table_goes_to_standard_output_and_the_talk_to_standard_error(varigraph):
    outcome = varigraph("fit", "karate", *SHORT)
    assert "adamic_adar" in outcome.out
    assert "adamic_adar" not in outcome.err
    assert "Everything is in runs/karate-vgae" in outcome.err
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_progress_tells_epoch_validation_auc_and_every_loss_term(varigraph):
    lines = varigraph("fit", "karate", *SHORT).err.splitlines()
    told = next(line for line in lines if "epoch 3/3" in line)
    assert all(word in told for word in ("val AUC", "loss", "reconstruction", "kl"))


def test_quiet_says_nothing_on_standard_error(varigraph):
    assert varigraph("fit", "karate", *SHORT, "--quiet").err == ""


def test_json_on_standard_output_is_the_record_and_nothing_else(varigraph, tmp_path):
    outcome = varigraph("fit", "karate", *SHORT, "--json")
    document = json.loads(outcome.out)
    folder = tmp_path / document.pop("folder")
    assert RunRecord.from_dict(document) == RunRecord.read(folder / "record.json")


def test_a_metric_beyond_the_pool_is_null_in_json(varigraph):
    metrics = json.loads(varigraph("fit", "karate", *SHORT, "--json").out)["metrics"]["test"]
    assert metrics["hits@100"] is None  # the club's test part has 7 negatives
    assert 0 <= metrics["auc"] <= 1


def test_a_second_run_takes_a_folder_of_its_own(varigraph, tmp_path):
    for _ in range(2):
        assert varigraph("fit", "karate", *SHORT, "-q").code == 0
    names = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert names == ["karate-vgae", "karate-vgae-2"]


def test_a_run_folder_holds_no_leftovers(finished):
    files = left_in(finished)
    assert {"config.json", "record.json", "split.safetensors", "graph/graph.json", *RESULTS} <= set(files)
    assert not [name for name in files if name.startswith(".") or "/." in name]


@pytest.mark.parametrize("name", ["friends.csv", "friends.csv.gz", "friends.tsv"])
def test_an_edge_table_of_names_gives_an_embedding_under_those_names(varigraph, tmp_path, name):
    separator = "\t" if ".tsv" in name else ","
    text = "".join(f"{separator.join(row)}\n" for row in [("source", "target"), *FRIENDS])
    opener = gzip.open if name.endswith(".gz") else open
    with opener(tmp_path / name, "wt") as file:
        file.write(text)
    assert varigraph("fit", name, *SHORT, "-o", "run").code == 0
    assert set(load(tmp_path / "run").message_graph_.ids) == {one for row in FRIENDS for one in row}


def test_columns_may_be_named_and_the_header_may_be_missing(varigraph, tmp_path):
    rows = "".join(f"{a},{b},{0.5 + i}\n" for i, (a, b) in enumerate(FRIENDS))
    (tmp_path / "named.csv").write_text("who,whom,how\n" + rows)
    (tmp_path / "bare.csv").write_text(rows)
    named = ("--source-column", "who", "--target-column", "whom", "--weight-column", "how")
    assert varigraph("fit", "named.csv", *named, *SHORT, "-o", "named").code == 0
    assert varigraph("fit", "bare.csv", "--no-header", *SHORT, "-o", "bare").code == 0
    assert contents(tmp_path / "named") == contents(tmp_path / "bare")


def test_rows_that_were_dropped_are_told(varigraph, tmp_path):
    write_friends(tmp_path / "friends.csv", rows=[*FRIENDS, FRIENDS[0], FRIENDS[1][::-1], ("Al", "Al")])
    said = varigraph("fit", "friends.csv", *SHORT).err
    assert "41 nodes, 80 edges" in said
    assert "dropped 1 self-loop, 1 repeated row, 1 row that repeats an edge the other way round" in said


def test_a_stored_graph_is_trained_on_by_the_name_of_its_folder(varigraph, tmp_path):
    write_graph(tmp_path / "ring", Graph.from_edges([(i, (i + 1) % 30) for i in range(30)], name="ring"))
    outcome = varigraph("fit", "ring", *SHORT)
    assert outcome.code == 0
    assert "Graph(ring: 30 nodes, 30 edges)" in outcome.err


def test_a_few_validation_edges_are_warned_of(varigraph):
    assert "held out (3 to choose the epoch, 7 for" in varigraph("fit", "karate", *SHORT).err
    assert "Few edges are held out" not in varigraph("fit", *SHORT).err


@pytest.mark.parametrize(
    "edges",
    [
        [("hub", f"leaf{i}") for i in range(30)],
        [pair for i in range(15) for pair in pairwise(f"{i}{c}" for c in "abc")],
        [(f"{i}", f"{(i + 1) % 20}") for i in range(20)],
    ],
    ids=["star", "disconnected pieces", "the smallest ring"],
)
def test_odd_shapes_train(varigraph, tmp_path, edges):
    write_friends(tmp_path / "odd.csv", rows=edges)
    outcome = varigraph("fit", "odd.csv", *SHORT, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["counts"]["n_edges"] == len(edges)


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([("a", "b")], "has 1 edges; to hold out"),
        ([("a", "b"), ("b", "c"), ("c", "d")], "takes at least 20"),
        ([("a", "a"), ("b", "b")], "has no edges"),
        ([(f"{i}", f"{j}") for i in range(10) for j in range(i)], "every pair of its 10 nodes is an edge"),
    ],
    ids=["two nodes", "three edges", "loops alone", "complete"],
)
def test_a_graph_that_cannot_be_split_is_refused_before_a_folder_is_made(varigraph, tmp_path, edges, said):
    write_friends(tmp_path / "small.csv", rows=edges)
    outcome = varigraph("fit", "small.csv")
    assert outcome.code == 3
    assert said in outcome.err
    assert left_in(tmp_path) == ["small.csv"]


WRONG_DATA = [
    ("nosuch.csv", "There is no file nosuch.csv."),
    ("corra", "Did you mean cora?"),
    (".", "no graph was written there"),
    ("text.csv", "names no source and target"),
]


@pytest.mark.parametrize(("data", "said"), WRONG_DATA)
def test_wrong_data_ends_with_3_and_a_sentence(varigraph, tmp_path, data, said):
    (tmp_path / "text.csv").write_text("who,whom\na,b\n")
    outcome = varigraph("fit", data)
    assert outcome.code == 3
    assert outcome.err.startswith("Error: ")
    assert said in outcome.err
    assert not (tmp_path / "runs").exists()


def test_a_run_given_as_data_is_told_where_its_graph_is(finished):
    outcome = run("fit", "run", cwd=finished.parent)
    assert outcome.code == 3
    assert "the graph of the run in it is run/graph" in outcome.err


WRONG_USE = [
    (("--latent-dim", 0), "--latent-dim"),
    (("--max-epochs", 0), "--max-epochs"),
    (("--seed", -1), "--seed"),
    (("--seed", 2**63), "--seed"),
    (("--device", "cuda:99"), "--device"),
    (("--device", "banana"), "--device"),
    (("--model", "vae"), "--model"),
    (("--latnet-dim", 3), "--latent-dim"),
    (("--no-header",), "no effect on karate"),
    (("--source-column", "a"), "no effect on karate"),
]


@pytest.mark.parametrize(("options", "said"), WRONG_USE)
def test_wrong_use_ends_with_2_names_the_option_and_writes_nothing(varigraph, tmp_path, options, said):
    outcome = varigraph("fit", "karate", *options)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert left_in(tmp_path) == []


def test_the_largest_seed_works(varigraph):
    assert varigraph("fit", "karate", *SHORT, "--seed", 2**63 - 1).code == 0


def test_a_folder_that_is_not_empty_is_left_as_it_is(varigraph, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    outcome = varigraph("fit", "karate", "-o", "mine")
    assert outcome.code == 3
    assert "mine is not empty; choose another folder." in outcome.err
    assert left_in(tmp_path) == ["mine", "mine/thesis.txt"]


@pytest.mark.parametrize("place", ["mine.txt", "mine.txt/run"])
def test_a_file_where_the_folder_should_be_is_left_as_it_is(varigraph, tmp_path, place):
    (tmp_path / "mine.txt").write_text("years")
    outcome = varigraph("fit", "karate", *SHORT, "-o", place)
    assert outcome.code in (1, 3)
    assert "mine.txt" in outcome.err
    assert "choose another" in outcome.err.lower()
    assert left_in(tmp_path) == ["mine.txt"]


def test_an_empty_folder_is_taken(varigraph, tmp_path):
    (tmp_path / "mine").mkdir()
    assert varigraph("fit", "karate", *SHORT, "-o", "mine").code == 0
    assert (tmp_path / "mine" / "record.json").exists()


def interrupt_after(epoch, monkeypatch):
    """Presses Ctrl-C in that epoch of the next run."""
    shown = TrainingProgress.on_epoch

    def on_epoch(self, report, state):
        shown(self, report, state)
        if report.epoch == epoch:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(TrainingProgress, "on_epoch", on_epoch)


def test_ctrl_c_says_how_to_resume_and_the_resumed_run_has_the_same_bits(varigraph, tmp_path, monkeypatch):
    settings = ("karate", "--preset", "kipf2016", "--max-epochs", 12)
    assert varigraph("fit", *settings, "-o", "whole run").code == 0
    with monkeypatch.context() as patch:
        interrupt_after(5, patch)
        stopped = varigraph("fit", *settings, "-o", "my run")
    assert stopped.code == 130
    assert "Go on with: varigraph fit --resume 'my run'" in stopped.err
    assert stopped.out == ""
    assert "go on with the run in it" in varigraph("fit", *settings, "-o", "my run").err
    resumed = varigraph("fit", "--resume", "my run")
    assert resumed.code == 0
    assert "epoch 5/12" not in resumed.err
    assert contents(tmp_path / "my run") == contents(tmp_path / "whole run")


def test_an_unfinished_run_is_no_model_yet(varigraph, monkeypatch):
    with monkeypatch.context() as patch:
        interrupt_after(2, patch)
        varigraph("fit", "karate", "--max-epochs", 12, "-o", "run")
    for verb in ("embed", "evaluate", "predict"):
        outcome = varigraph(verb, "run")
        assert outcome.code == 3
        assert "varigraph fit --resume run" in outcome.err


def test_a_finished_run_is_not_resumed(finished):
    before = contents(finished)
    outcome = run("fit", "--resume", "run", cwd=finished.parent)
    assert outcome.code == 3
    assert "is finished; there is nothing to resume" in outcome.err
    assert contents(finished) == before


@pytest.mark.parametrize("others", [("karate",), ("--latent-dim", 3), ("--seed", 0), ("-o", "elsewhere")])
def test_what_would_have_no_effect_on_a_resumed_run_is_refused(varigraph, others):
    outcome = varigraph("fit", *others, "--resume", "run")
    assert outcome.code == 2
    assert "has no effect here" in outcome.err


def test_no_run_is_no_run_to_resume(varigraph, tmp_path):
    (tmp_path / "file.txt").write_text("")
    for place in ("nowhere", "file.txt"):
        outcome = varigraph("fit", "--resume", place)
        assert outcome.code == 3
        assert place in outcome.err


def test_a_full_disk_in_mid_training_ends_with_1_and_says_how_to_go_on(varigraph, monkeypatch):
    def full(self, report, state):
        raise OSError(28, "No space left on device", "run/checkpoint.safetensors")

    monkeypatch.setattr(TrainingProgress, "on_epoch", full)
    outcome = varigraph("fit", "karate", *SHORT, "-o", "run")
    assert outcome.code == 1
    assert "Broken off. Go on with: varigraph fit --resume run" in outcome.err
    assert "Error: run/checkpoint.safetensors: No space left on device; make room" in outcome.err
