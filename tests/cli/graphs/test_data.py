"""What is told about a source: formats, columns, tables of nodes; what has no effect is refused."""

import json

import numpy as np
import pytest
import typer
from scipy import sparse as sp

from command_line import FRIENDS, run, write_friends
from varigraph.cli.graphs.data import DataOptions
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import read_graph, write_graph

SHORT = ("--max-epochs", 2, "--latent-dim", 4, "-q")
PEOPLE = sorted({one for row in FRIENDS for one in row})


def write_people(path):
    path.write_text("who,age,team\n" + "".join(f"{one},{at},{at % 2}\n" for at, one in enumerate(PEOPLE)))
    return path


def test_tables_of_nodes_and_of_words_reach_the_graph_of_the_run(varigraph, tmp_path):
    write_friends(tmp_path / "friends.csv")
    write_people(tmp_path / "people.csv")
    (tmp_path / "words.csv").write_text("id,feature\n" + "".join(f"{one},w{len(one)}\n" for one in PEOPLE))
    tables = ("--node-table", "people.csv", "--feature-table", "words.csv")
    columns = ("--id-column", "who", "--label-column", "team")
    outcome = varigraph("fit", "friends.csv", *tables, *columns, *SHORT, "-o", "run")
    assert outcome.code == 0, outcome.err
    graph = read_graph(tmp_path / "run" / "graph")
    assert graph.ids.tolist() == PEOPLE
    assert graph.feature_names == ("age", "w6", "w7")
    assert graph.labels.tolist() == [at % 2 for at in range(40)]


@pytest.mark.parametrize("verb", ["fit", "evaluate"])
def test_both_verbs_take_a_matrix_told_by_format_and_pass_over_its_weights(varigraph, tmp_path, verb):
    rows = np.array([(PEOPLE.index(a), PEOPLE.index(b)) for a, b in FRIENDS])
    sp.save_npz(tmp_path / "m.npz", sp.coo_array((np.full(80, 2.5), rows.T), shape=(40, 40)))
    (tmp_path / "m.npz").rename(tmp_path / "matrix")
    write_people(tmp_path / "people.csv")
    told = ("--format", "npz", "--unweighted", "--node-table", "people.csv", "--id-column", "who", "--json")
    outcome = varigraph(verb, "matrix", *told, *SHORT)
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["counts"]["n_edges"] == 80


@pytest.mark.parametrize("verb", ["fit", "evaluate"])
@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        (
            "karate",
            ("--format", "csv"),
            "--format has no effect on karate: it is a data set; the file is ./karate.",
        ),
        ("karate", ("--no-header",), "--no-header has no effect on karate: it is a data set"),
        ("store", ("--unweighted",), "--unweighted has no effect on store: it is a stored graph."),
        (
            "m.npz",
            ("--source-column", "a"),
            "--source-column has no effect on m.npz: it is read as a sparse matrix.",
        ),
        ("e.jsonl", ("--no-header",), "--no-header has no effect on e.jsonl: it is read as an edge table"),
        ("g.gml", ("--no-header",), "--no-header has no effect on g.gml: it is read as a graph file."),
        ("g.gml", ("--id-column", "a"), "--id-column has no effect on g.gml: there is no --node-table"),
        ("e.csv", ("--label-column", "a"), "--label-column has no effect on e.csv: there is no --node-table"),
        (
            "e.csv",
            ("--unweighted", "--weight-column", "w"),
            "--weight-column has no effect with --unweighted",
        ),
        ("-", (), "Standard input has no ending that says what it is; say --format."),
        (
            "-",
            ("--format", "mtx", "--no-header"),
            "--no-header has no effect on -: it is read as a sparse matrix",
        ),
        ("e.csv", ("--format", "xls"), "--format"),
    ],
)
def test_an_option_without_effect_is_refused_before_anything_is_read(tmp_path, verb, source, options, said):
    write_graph(tmp_path / "store", Graph.from_edges([(0, 1)]))
    outcome = run(verb, source, *options, cwd=tmp_path, width=200)
    assert outcome.code == 2
    assert said in outcome.err
    assert [one.name for one in tmp_path.iterdir()] == ["store"]


WRONG = [
    ("friends.csv", ("--node-table", "nobody.csv"), "There is no file nobody.csv."),
    (
        "friends.csv",
        ("--node-table", "people.csv", "--id-column", "wo"),
        "no column 'wo'. Did you mean 'who'",
    ),
    ("friends.csv", ("--node-table", "some.csv"), "line 3 of friends.csv is not in some.csv"),
    (
        "friends.csv",
        ("--feature-table", "words.csv"),
        "The node 'nobody' in line 2 of words.csv is not a node",
    ),
    ("friends.dat", (), "friends.dat has none of the endings .csv"),
    ("freinds.csv", (), "There is no file freinds.csv. Did you mean friends.csv?"),
    (
        "freinds",
        ("--format", "csv"),
        "There is neither a data set nor a file named 'freinds'. Did you mean friends.",
    ),
]


@pytest.mark.parametrize(("source", "options", "said"), WRONG)
def test_wrong_tables_end_with_3_and_a_sentence(varigraph, tmp_path, source, options, said):
    write_friends(tmp_path / "friends.csv")
    write_friends(tmp_path / "other.dat").rename(tmp_path / "friends.dat")
    write_people(tmp_path / "people.csv")
    (tmp_path / "some.csv").write_text(f"id,age\n{FRIENDS[0][0]},1\n{FRIENDS[0][1]},1\n")
    (tmp_path / "words.csv").write_text("id,feature\nnobody,tea\n")
    outcome = varigraph("fit", source, *options)
    assert outcome.code == 3
    assert outcome.err.startswith("Error: ")
    assert said in outcome.err
    assert not (tmp_path / "runs").exists()


def test_the_values_of_a_column_come_with_the_graph(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("source,target,day\nbo,cy,7\nal,bo,5\nbo,al,3\n")
    graph, values = DataOptions(unweighted=True).load_with_values(str(path), "day")
    assert (graph.ids.tolist(), values.tolist()) == (["al", "bo", "cy"], [3, 7])
    with pytest.raises(typer.BadParameter, match="karate is no edge table, so it has no column 'day'"):
        DataOptions().load_with_values("karate", "day")
