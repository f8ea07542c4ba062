"""`varigraph predict`: the likeliest missing links of a run, as a table, CSV or JSON."""

import csv
import errno
import functools
import io
import json
import sys

import numpy as np
import pytest

from command_line import run, write_friends
from varigraph import durable
from varigraph.models import load
from varigraph.tables import read_columns

COLUMNS = ["source", "target", "logit", "probability", "rank"]
N_OPEN = 34 * 33 // 2 - 78  # pairs of the karate club without an edge


@pytest.fixture
def predict(finished):
    return functools.partial(run, "predict", "run", cwd=finished.parent)


@pytest.fixture(scope="module")
def friends(tmp_path_factory):
    """The folder of a run on names with blanks and brackets."""
    folder = tmp_path_factory.mktemp("friends")
    write_friends(folder / "friends.csv")
    outcome = run("fit", "friends.csv", "--max-epochs", 3, "--latent-dim", 4, "-q", "-o", "run", cwd=folder)
    assert outcome.code == 0, outcome.err
    return folder / "run"


@pytest.fixture
def on_a_terminal(monkeypatch):
    monkeypatch.setattr("varigraph.cli.predict.is_terminal", lambda: True)


def rows_of(outcome):
    assert outcome.code == 0, outcome.err
    return list(csv.DictReader(io.StringIO(outcome.out)))


def links_of(outcome):
    return {(int(row["source"]), int(row["target"])) for row in rows_of(outcome)}


def test_into_a_pipe_goes_csv_of_what_the_model_predicts(predict, finished):
    outcome = predict("--top-k", 7)
    expected = load(finished).predict_links(7)
    assert outcome.out.splitlines()[0].split(",") == COLUMNS
    rows = rows_of(outcome)
    for name in COLUMNS:
        assert [float(row[name]) for row in rows] == expected[name].tolist()


def test_a_hundred_links_come_when_nobody_says(predict):
    assert len(rows_of(predict())) == 100


@pytest.mark.parametrize("name", ["l.csv", "l.tsv", "l.csv.gz", "l.parquet", "l.jsonl"])
def test_a_file_holds_the_columns_of_the_pipe(predict, tmp_path, name):
    outcome = predict("--top-k", 9, "-o", tmp_path / "new" / name)
    assert outcome.code == 0, outcome.err
    assert outcome.out == ""
    assert f"Wrote {tmp_path / 'new' / name}: 9 links" in outcome.err
    found, rows = read_columns(tmp_path / "new" / name).columns, rows_of(predict("--top-k", 9))
    assert list(found) == COLUMNS
    for column in COLUMNS:
        assert list(map(float, found[column])) == [float(row[column]) for row in rows]


def test_every_open_pair_can_come_and_no_edge_of_the_users_graph_does(predict, finished):
    links = links_of(predict("--top-k", 10_000))
    assert len(links) == N_OPEN
    assert not load(finished).known_graph_.has_edges(np.array(sorted(links))).any()


def test_without_a_refit_the_edges_of_validation_and_test_stay_out_too(varigraph, finished):
    assert varigraph("fit", "karate", "--max-epochs", 2, "--latent-dim", 4, "--no-refit", "-o", "r").code == 0
    assert load(finished).known_graph_.n_edges == 78
    assert len(rows_of(varigraph("predict", "r", "--top-k", 10_000))) == N_OPEN


def test_of_each_node_come_the_best_with_ranks_of_its_own(predict):
    rows = rows_of(predict("--per-node", "--top-k", 2))
    assert [int(row["source"]) for row in rows] == [node for node in range(34) for _ in range(2)]
    assert [row["rank"] for row in rows] == ["1", "2"] * 34


def test_only_links_of_the_nodes_in_a_file_come(predict, tmp_path):
    (tmp_path / "two.txt").write_text("5\n9\n")
    some, every = (
        links_of(predict("--top-k", 10_000, *which)) for which in (("--nodes", tmp_path / "two.txt"), ())
    )
    assert some == {link for link in every if {5, 9} & set(link)}


def test_nodes_may_come_from_standard_input_or_a_file_without_an_ending(predict, tmp_path):
    (tmp_path / "two").write_text("5\n9\n")
    piped, named = predict("--nodes", "-", stdin=b"5\n9\n"), predict("--nodes", tmp_path / "two")
    assert rows_of(piped) == rows_of(named)
    assert len(rows_of(named)) > 0
    assert "line 2 of standard input names 77" in predict("--nodes", "-", stdin=b"5\n77\n").err.casefold()


def test_by_name_and_by_node_links_start_at_the_names_that_were_asked_for(friends, tmp_path):
    (tmp_path / "names.csv").write_text("id\nBo [7]\nBo [3]\n")
    outcome = run(
        "predict", friends, "--per-node", "--top-k", 3, "--nodes", tmp_path / "names.csv", cwd=tmp_path
    )
    assert sorted(row["source"] for row in rows_of(outcome)) == ["Bo [3]"] * 3 + ["Bo [7]"] * 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Bo [1]\nBob [2]\nnobody\n",
            ["ine 2 of", "'Bob [2]'", "Did you mean 'Bo [2]'?", "So does 1 other row."],
        ),
        ("id\nbo [4]\n", ["ine 2 of", "Did you mean 'Bo [4]'?"]),
        ("Zebedee\n", ["ine 1 of", "'Zebedee', which is no node of friends"]),
    ],
)
def test_an_unknown_node_is_told_with_its_line_and_the_likely_name(friends, tmp_path, text, said):
    (tmp_path / "names.txt").write_text(text)
    outcome = run("predict", friends, "--nodes", "names.txt", "-o", "links.csv", cwd=tmp_path)
    assert outcome.code == 3
    for words in said:
        assert words in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["names.txt"]


def test_with_a_threshold_every_link_that_reaches_it_comes_and_no_other(predict):
    every = [float(row["probability"]) for row in rows_of(predict("--top-k", 10_000))]
    bar = sorted(every)[-150] - 1e-9
    assert [float(row["probability"]) for row in rows_of(predict("--threshold", bar))] == every[:150]
    assert len(rows_of(predict("--threshold", bar, "--top-k", 5))) == 5


def test_a_target_density_takes_about_that_share_of_the_open_pairs(predict):
    assert len(rows_of(predict("--target-density", 0.2))) == pytest.approx(0.2 * N_OPEN, rel=0.3)


def test_a_threshold_that_no_link_reaches_gives_an_empty_table_and_words(predict, tmp_path):
    outcome = predict("--threshold", 0.99, "-o", tmp_path / "none.csv")
    assert outcome.code == 0
    assert "No link reaches the threshold; the likeliest has a probability of 0.0" in outcome.err
    assert (tmp_path / "none.csv").read_text() == ",".join(COLUMNS) + "\n"
    assert predict("--threshold", 0.99).out == ",".join(COLUMNS) + "\n"


def test_probabilities_stand_at_the_base_rate_and_the_order_does_not(predict):
    low, high = (rows_of(predict("--base-rate", rate)) for rate in (0.001, 0.002))
    for one, other in zip(low, high, strict=True):
        assert 2 * float(one["probability"]) == pytest.approx(float(other["probability"]))
        assert one["target"] == other["target"]


@pytest.mark.parametrize("options", [(), ("-o", "links.csv")])
def test_the_assumption_is_told_beside_every_table(friends, tmp_path, options):
    outcome = run("predict", friends, *options, cwd=tmp_path)
    assert "assum" in outcome.err
    assert "assum" not in outcome.out


def test_the_assumption_stands_below_a_table_on_a_terminal(predict, on_a_terminal):
    outcome = predict("--top-k", 3)
    assert outcome.err == ""
    assert "assum" in outcome.out
    assert ",probability," not in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_of_very_many_links_a_terminal_gets_the_first(predict, on_a_terminal, monkeypatch):
    monkeypatch.setattr("varigraph.cli.predict._SHOWN_ON_A_TERMINAL", 4)
    outcome = predict("--top-k", 10)
    assert "And 6 more; -o FILE writes all of them." in outcome.err
    assert [line.split()[-1] for line in outcome.out.splitlines()[2:6]] == ["1", "2", "3", "4"]
    assert outcome.out.splitlines()[6].startswith("Probabilities")


def test_json_has_the_assumption_and_the_links(predict, finished):
    outcome = predict("--top-k", 4, "--base-rate", 0.01, "--json")
    document = json.loads(outcome.out)
    assert document["base_rate"] == 0.01
    assert "a base rate of 0.01" in document["assumption"]
    assert document["threshold"] is None
    expected = load(finished).predict_links(4, base_rate=0.01)
    assert document["links"] == expected.to_dict("records")


def test_json_tells_from_where_on_links_were_taken(predict):
    document = json.loads(predict("--target-density", 0.1, "--json").out)
    assert document["threshold"]["logit"] <= document["links"][-1]["logit"]
    assert document["threshold"]["probability"] <= document["links"][-1]["probability"]
    empty = json.loads(predict("--threshold", 0.99, "--json").out)
    assert empty["links"] == []
    assert "No link reaches the threshold" in empty["remarks"][0]


def test_quiet_says_nothing_on_standard_error(predict, tmp_path):
    assert predict("-q").err == ""
    assert predict("-q", "--json").err == ""
    assert predict("-q", "-o", tmp_path / "links.csv").err == ""


WRONG_USE = [
    (("--top-k", 0), "--top-k"),
    (("--top-k", "many"), "--top-k"),
    (("--base-rate", 0), "--base-rate"),
    (("--base-rate", 1), "--base-rate"),
    (("--base-rate", "nan"), "--base-rate"),
    (("--threshold", 1.5), "--threshold"),
    (("--target-precision", -0.1), "--target-precision"),
    (("--target-density", 1), "--target-density"),
    (("--threshold", 0.1, "--target-density", 0.1), "--threshold and --target-density exclude one another"),
    (("--per-node", "--threshold", 0.1), "--per-node"),
    (("--json", "-o", "links.jsonl"), "--json"),
    (("--force",), "--force"),
    (("-o", "links.xlsx"), ".parquet"),
    (("-o", "links"), ".parquet"),
]


@pytest.mark.parametrize(("options", "said"), WRONG_USE)
def test_wrong_use_ends_with_2_names_the_option_and_writes_nothing(
    varigraph, finished, tmp_path, options, said
):
    outcome = varigraph("predict", finished, *options)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_precision_out_of_reach_ends_with_3_and_writes_nothing(predict, tmp_path):
    outcome = predict("--target-precision", 0.9, "-o", tmp_path / "links.csv")
    assert outcome.code == 3
    assert "precision" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_complete_graph_has_nothing_to_predict(varigraph, tmp_path):
    from varigraph.graphs.graph import Graph
    from varigraph.models import GAE

    complete = Graph.from_edges([(i, j) for i in range(8) for j in range(i)], name="all")
    GAE(latent_dim=2, max_epochs=1).fit(complete, validation_fraction=0).save(tmp_path / "model")
    outcome = varigraph("predict", "model")
    assert outcome.code == 3
    assert "Every pair of all is an edge" in outcome.err


def test_nodes_that_are_joined_to_all_others_have_no_missing_link(varigraph, tmp_path):
    star = [("hub", f"leaf {i}") for i in range(30)]
    write_friends(tmp_path / "star.csv", rows=star)
    (tmp_path / "hub.txt").write_text("hub\n")
    assert varigraph("fit", "star.csv", "--max-epochs", 2, "--latent-dim", 2, "-q", "-o", "run").code == 0
    outcome = varigraph("predict", "run", "--nodes", "hub.txt")
    assert outcome.code == 0
    assert outcome.out == ",".join(COLUMNS) + "\n"
    assert "every pair asked for is an edge" in outcome.err


def test_a_file_that_is_there_is_replaced_with_force_alone(predict, tmp_path):
    (tmp_path / "links.csv").write_text("years of work")
    refused = predict("-o", tmp_path / "links.csv")
    assert refused.code == 2
    assert "links.csv exists; --force to replace it." in refused.err
    assert (tmp_path / "links.csv").read_text() == "years of work"
    assert predict("-o", tmp_path / "links.csv", "--force").code == 0
    assert (tmp_path / "links.csv").read_text().startswith("source,")


def test_a_full_disk_ends_with_1_and_leaves_what_was_there(predict, tmp_path, monkeypatch):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    (tmp_path / "links.csv").write_text("years of work")
    monkeypatch.setattr(durable, "_fsync", full)
    outcome = predict("-o", tmp_path / "links.csv", "--force")
    assert outcome.code == 1
    assert "No space left on device; make room" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["links.csv"]
    assert (tmp_path / "links.csv").read_text() == "years of work"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind")
@pytest.mark.parametrize("name", ["links.csv", "links.jsonl", "links.parquet"])
def test_a_write_that_the_system_breaks_off_ends_with_1_and_leaves_what_was_there(predict, tmp_path, name):
    import resource

    (tmp_path / name).write_text("years of work")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    try:
        outcome = predict("--top-k", 10_000, "-o", tmp_path / name, "--force")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert outcome.code == 1
    assert outcome.err == f"Error: {tmp_path}: File too large.\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "years of work"


def test_a_folder_in_the_place_of_the_file_and_a_path_below_a_file_are_refused_before_any_work(
    varigraph, tmp_path
):
    (tmp_path / "links.csv").mkdir()
    (tmp_path / "file").write_text("mine")
    for output in ("links.csv", "file/links.csv"):
        outcome = varigraph("predict", "no such run", "-o", output)
        assert outcome.code == 1
        assert outcome.err.startswith(f"Error: {output}: ")


@pytest.mark.parametrize("place", ["nowhere", "file.csv", "karate"])
def test_what_is_no_run_ends_with_3(varigraph, tmp_path, place):
    (tmp_path / "file.csv").write_text("source,target\n")
    outcome = varigraph("predict", place)
    assert outcome.code == 3
    assert place in outcome.err
