"""A graph from standard input: the same as from the file, called stdin, and faults told of standard input."""

import json

import numpy as np
import pytest
from scipy import sparse as sp

from command_line import FRIENDS, run, write_friends
from varigraph.cli.graphs.data import DataOptions

SHORT = ("--max-epochs", 2, "--latent-dim", 4, "-q", "--json")


@pytest.mark.parametrize("verb", ["fit", "evaluate"])
def test_a_table_from_standard_input_gives_what_the_file_gives(varigraph, tmp_path, verb):
    content = write_friends(tmp_path / "friends.csv").read_bytes()
    piped = varigraph(verb, "-", "--format", "csv", *SHORT, stdin=content)
    assert piped.code == 0, piped.err
    document = json.loads(piped.out)
    assert document["dataset"] == "stdin"
    assert document["metrics"] == json.loads(varigraph(verb, "friends.csv", *SHORT).out)["metrics"]


def test_bytes_that_are_no_text_come_through(varigraph, tmp_path):
    sp.save_npz(tmp_path / "m.npz", sp.csr_array(np.eye(40, k=1) + np.eye(40, k=7)))
    outcome = varigraph("fit", "-", "--format", "npz", *SHORT, stdin=(tmp_path / "m.npz").read_bytes())
    assert json.loads(outcome.out)["counts"]["n_edges"] == 39 + 33


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Error: standard input is empty."),
        (b"source,target\na,b\nc\n", "Error: Line 3 of standard input has fewer values"),
        (b"source,target\na,b\n,c\n", "line 3 of standard input, column 'source'"),
        (b"who,whom\na,b\n", "first line of standard input"),
    ],
)
def test_faults_are_told_of_standard_input_and_nothing_stays(varigraph, tmp_path, content, said, monkeypatch):
    (tmp_path / "spool").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spool"))
    outcome = varigraph("fit", "-", "--format", "csv", stdin=content)
    assert outcome.code == 3
    assert said in outcome.err
    assert "spool" not in outcome.err
    assert [one.name for one in tmp_path.rglob("*")] == ["spool"]


def test_closed_standard_input_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    outcome = run("fit", "-", "--format", "csv", cwd=tmp_path)
    assert outcome.code == 1
    assert outcome.err == "Error: Standard input is closed.\n"


def test_graph_and_values_come_from_one_reading(monkeypatch, tmp_path):
    rows = "".join(f"{a},{b},{at}\n" for at, (a, b) in enumerate(FRIENDS))
    (tmp_path / "in").write_text("source,target,day\n" + rows)
    with (tmp_path / "in").open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        graph, values = DataOptions(format="csv").load_with_values("-", "day")
    assert sorted(values.tolist()) == list(range(80))
    assert graph.name == "stdin"
