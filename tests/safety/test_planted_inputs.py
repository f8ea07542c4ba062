"""Every fault that is promised to be named: code 3, a sentence with place and advice, nothing written."""

import errno
import gzip
import io
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from scipy import sparse as sp

from command_line import run
from safety.good_files import N_NODES, NAMES, good
from safety.whole_files import contents
from varigraph import durable

SHORT = ("--max-epochs", 1, "--latent-dim", 2)
EDGES = good("edges.csv").decode()
NODES = good("nodes.csv").decode()
WORDS = good("words.csv").decode()


def parquet(**columns):
    file = io.BytesIO()
    pd.DataFrame(columns).to_parquet(file)
    return file.getvalue()


def with_cell(text, line, column, value):
    """A table with another value in a line, counted from 1, of a column, counted from 0."""
    lines = [row.split(",") for row in text.splitlines()]
    lines[line - 1][column] = value
    return "\n".join(map(",".join, lines)) + "\n"


def with_column(text, column, value):
    """A table with one value in the whole of a column."""
    lines = [row.split(",") for row in text.splitlines()]
    for cells in lines[1:]:
        cells[column] = value
    return "\n".join(map(",".join, lines)) + "\n"


@dataclass
class Planted:
    """A wrong input, and what must be said about it.

    Attributes:
        what: What is wrong.
        said: Words that must stand in the message.
        content: Of the file.
        name: Of the file.
        options: Of the program.
        others: Files beside it.
        code: The exit code.
    """

    what: str
    said: list[str]
    content: str | bytes | None
    name: str = "e.csv"
    options: tuple = ()
    others: dict = field(default_factory=dict)
    code: int = 3


def of_nodes(what, said, content, name="n.csv", options=()):
    return Planted(
        what, [name, *said], EDGES, options=("--node-table", name, *options), others={name: content}
    )


def of_words(what, said, content):
    return Planted(
        what, ["w.csv", *said], EDGES, options=("--feature-table", "w.csv"), others={"w.csv": content}
    )


def pairs_of(rows):
    return "source,target\n" + "".join(f"{a},{b}\n" for a, b in rows)


PLANTED = [
    Planted("a missing file", ["There is no file", "e.csv"], None),
    Planted("a data set's name misspelt", ["Did you mean cora?"], None, name="corra"),
    Planted("an empty file", ["e.csv is empty"], ""),
    Planted("blank lines alone", ["e.csv is empty"], "\n\n\n"),
    Planted("a header alone", ["e.csv", "no rows"], "source,target\n"),
    Planted(
        "no header", ["looks like data", "--no-header"], "\n".join(EDGES.splitlines()[1:]).replace("Bo ", "")
    ),
    Planted(
        "columns of other names",
        ["'sorce'", "meant to be 'source'", "--source-column"],
        EDGES.replace("source", "sorce", 1),
    ),
    Planted(
        "a column misspelt",
        ["no column 'wieght'", "Did you mean 'weight'?"],
        EDGES,
        options=("--weight-column", "wieght"),
    ),
    Planted("one column alone", ["one column only"], "source\na\nb\n"),
    Planted("a blank id", ["blank", "line 4", "e.csv", "'target'"], with_cell(EDGES, 4, 1, "")),
    Planted("an id of blanks", ["blank", "line 4", "e.csv", "'source'"], with_cell(EDGES, 4, 0, "  ")),
    *(
        Planted(
            f"the weight {weight!r}",
            ["weight", "line 5", "e.csv", "'weight'", word, "--unweighted"],
            with_cell(EDGES, 5, 2, weight),
        )
        for weight, word in (
            ("nan", "'nan', which is no positive number"),
            ("inf", "'inf', which is no positive number"),
            ("-1", "positive and finite"),
            ("0", "positive and finite"),
            ("heavy", "'heavy'"),
            ("", "blank"),
            ("1e400", "positive"),
        )
    ),
    Planted(
        "a weight with a comma",
        ["'1,5'", "decimals with a point"],
        with_cell(EDGES, 5, 2, '"1;5"').replace("1;5", "1,5"),
    ),
    Planted("weights without a sum", ["so large that their sum is infinite"], with_column(EDGES, 2, "1e308")),
    Planted(
        "a short row",
        ["Line 6", "e.csv", "fewer values"],
        EDGES.replace("\n", "\nBo 1,Bo 9\n", 5).replace("\nBo 1,Bo 9\n", "\n", 4),
    ),
    Planted("a long row", ["Line 4", "e.csv", "more values"], with_cell(EDGES, 4, 3, "1,2,3")),
    Planted("Latin-1", ["Line 3", "e.csv", "UTF-8"], with_cell(EDGES, 3, 0, "Bö").encode("latin-1")),
    Planted("UTF-16", ["e.csv", "UTF-16", "UTF-8"], EDGES.encode("utf-16")),
    Planted("a spreadsheet", ["e.csv", "spreadsheet"], b"PK\x03\x04" + b"\0" * 99),
    Planted(
        "a quotation mark without its partner", ["e.csv", "quotation mark"], with_cell(EDGES, 4, 0, '"Bo')
    ),
    Planted(
        "a gzip file cut off",
        ["e.csv.gz", "cut off"],
        gzip.compress(EDGES.encode(), mtime=0)[:-40],
        name="e.csv.gz",
    ),
    Planted("a Parquet file cut off", ["e.parquet"], good("edges.parquet")[:-60], name="e.parquet"),
    Planted("a Parquet file called CSV", ["e.csv", ".parquet"], good("edges.parquet")),
    Planted("a matrix cut off", ["e.npz"], good("edges.npz")[:-60], name="e.npz"),
    Planted("a GraphML file cut off", ["e.graphml"], good("edges.graphml")[:-200], name="e.graphml"),
    Planted("a GML file cut off", ["e.gml"], good("edges.gml")[:-200], name="e.gml"),
    Planted("a GEXF file cut off", ["e.gexf"], good("edges.gexf")[:-200], name="e.gexf"),
    Planted("a matrix that is not square", ["e.npz", "square"], b"", name="e.npz"),
    Planted("JSON Lines cut off", ["Line 80", "e.jsonl"], good("edges.jsonl")[:-9], name="e.jsonl"),
    Planted(
        "a JSON list",
        ["e.jsonl", "list"],
        "[" + good("edges.jsonl").decode().replace("\n", ",\n")[:-2] + "]",
        name="e.jsonl",
    ),
    Planted(
        "a key missing in a line",
        ["blank", "line 2", "e.jsonl"],
        '{"source": 1, "target": 2}\n{"source": 1}\n',
        name="e.jsonl",
    ),
    Planted("a name of no encoding", ["is not UTF-8; rename"], EDGES, name="caf\udce9.csv"),
    Planted("an unknown ending", ["e.dat", "--format"], EDGES, name="e.dat"),
    Planted(
        "fractions for ids",
        ["e.parquet", "strings or integers"],
        parquet(source=[0.5, 1], target=[1, 2]),
        name="e.parquet",
    ),
    Planted("a loop alone", ["no edges"], pairs_of([("a", "a")])),
    Planted("one component of two nodes", ["e has 1 edge", "to hold out"], pairs_of([("a", "b")])),
    Planted(
        "fewer edges than the split needs",
        ["takes at least 20"],
        pairs_of([("a", "b"), ("b", "c"), ("c", "d")]),
    ),
    Planted("nothing but edges", ["every pair"], pairs_of((i, j) for i in range(10) for j in range(i))),
    of_nodes("a missing node table", ["There is no file"], None),
    of_nodes("an empty node table", ["empty"], ""),
    of_nodes("a node table of a header", ["no rows"], "id,age\n"),
    of_nodes("no id column", ["--id-column"], NODES.replace("id", "person", 1)),
    of_nodes("an id twice", ["line 6", "line 3", "'Bo 1'"], with_cell(NODES, 6, 0, "Bo 1")),
    of_nodes("a blank id of a node", ["blank", "line 6", "'id'"], with_cell(NODES, 6, 0, "")),
    of_nodes("an id of an edge that is missing", ["'Bo 39'"], "\n".join(NODES.splitlines()[:-1]) + "\n"),
    of_nodes("a NaN feature", ["line 6", "'age'"], with_cell(NODES, 6, 1, "nan")),
    of_nodes("an infinite feature", ["line 6", "'age'"], with_cell(NODES, 6, 1, "inf")),
    of_nodes("a blank feature", ["line 6", "'age'", "blank"], with_cell(NODES, 6, 1, "")),
    of_nodes("a text feature", ["line 6", "'age'", "'old'"], with_cell(NODES, 6, 1, "old")),
    of_nodes(
        "a label column misspelt",
        ["lable", "Did you mean 'label'?"],
        NODES,
        options=("--label-column", "lable"),
    ),
    of_words("a NaN value", ["line 3", "'value'"], with_cell(WORDS, 3, 2, "nan")),
    of_words("a blank word", ["line 3", "'feature'", "blank"], with_cell(WORDS, 3, 1, "")),
    of_words("a word of no node", ["'nobody'", "line 3"], with_cell(WORDS, 3, 0, "nobody")),
    Planted(
        "a column to split by that is not there",
        ["no column 'dya'", "Did you mean 'day'?"],
        EDGES,
        options=("--split-by", "dya"),
    ),
    Planted(
        "a blank time",
        ["line 7", "'day'", "blank"],
        with_cell(EDGES, 7, 3, ""),
        options=("--split-by", "day"),
    ),
    Planted(
        "a time that is none",
        ["line 7", "'day'", "'soon'"],
        with_cell(EDGES, 7, 3, "soon"),
        options=("--split-by", "day"),
    ),
    Planted(
        "a test edge of an unknown node",
        ["t.csv", "'nobody'"],
        EDGES,
        options=("--test-edges", "t.csv"),
        others={"t.csv": "source,target,weight\nBo 1,nobody,1\n"},
    ),
    Planted(
        "a folder that is not empty",
        ["out is not empty"],
        EDGES,
        options=("-o", "out"),
        others={"out/thesis.txt": "years"},
    ),
]


def lay(folder, files):
    for name, content in files.items():
        if content is None:
            continue
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.what)
def test_a_wrong_input_is_named_with_its_place_and_nothing_is_written(tmp_path, planted):
    lay(tmp_path, {planted.name: planted.content} | planted.others)
    if planted.what == "a matrix that is not square":
        sp.save_npz(tmp_path / "e.npz", sp.csr_array(np.ones((3, 4))))
    assert_refused(tmp_path, ("fit", planted.name, *SHORT, *planted.options), planted.said, planted.code)


def assert_refused(folder, arguments, said, code=3):
    before = contents(folder), sorted(folder.rglob("*"))
    outcome = run(*arguments, cwd=folder)
    assert outcome.code == code, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("Error: "), outcome.err
    assert "Traceback" not in outcome.err
    for word in said:
        assert word in outcome.err, outcome.err
    assert (contents(folder), sorted(folder.rglob("*"))) == before


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run on names."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "e.csv").write_text(EDGES)
    assert run("fit", "e.csv", *SHORT, "-q", "-o", "run", cwd=folder).code == 0
    return folder / "run"


OF_A_RUN = {
    "score: a missing file": ("score", None, ["There is no file", "p.csv"]),
    "score: an empty file": ("score", "", ["p.csv is empty"]),
    "score: a header alone": ("score", "source,target\n", ["p.csv", "no rows"]),
    "score: columns of other names": ("score", "who,whom\nBo 1,Bo 2\n", ["'who'", "--source-column"]),
    "score: a blank id": ("score", "source,target\nBo 1,\n", ["blank", "line 2", "'target'"]),
    "score: an unknown id": (
        "score",
        "source,target\nBo 1,Bo 2\nBo 1,Al\n",
        ["'Al'", "ine 3", "p.csv", "--allow-unknown"],
    ),
    "score: rows of unequal length": ("score", "source,target\nBo 1,Bo 2,3\n", ["Line 2", "more values"]),
    "score: no UTF-8": ("score", b"source,target\nB\xf6,Bo 2\n", ["Line 2", "UTF-8"]),
    "score: an outcome that is there already": ("score", "source,target,logit\nBo 1,Bo 2,3\n", ["'logit'"]),
    "predict: a missing list": ("predict", None, ["There is no file", "p.csv"]),
    "predict: an empty list": ("predict", "", ["p.csv is empty"]),
    "predict: an unknown id": ("predict", "Bo 1\nAl\n", ["'Al'", "ine 2", "p.csv"]),
}


@pytest.mark.parametrize("what", OF_A_RUN)
def test_a_wrong_input_of_a_finished_run_is_named_with_its_place(tmp_path, finished, what):
    verb, content, said = OF_A_RUN[what]
    lay(tmp_path, {"p.csv": content})
    given = ("p.csv",) if verb == "score" else ("--nodes", "p.csv")
    assert_refused(tmp_path, (verb, finished, *given, "-o", "new.csv"), said)


VERBS = {
    "fit": lambda run_folder: ("fit", "e.csv", *SHORT),
    "embed": lambda run_folder: ("embed", run_folder),
    "predict": lambda run_folder: ("predict", run_folder),
    "score": lambda run_folder: ("score", run_folder, "e.csv"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("place", ["folder.csv", "e.csv/new.csv"])
def test_a_folder_for_a_file_or_a_file_for_a_folder_is_named(tmp_path, finished, verb, place):
    lay(tmp_path, {"e.csv": EDGES, "folder.csv/thesis.txt": "years"})
    before = contents(tmp_path)
    outcome = run(*VERBS[verb](finished), "-o", place, cwd=tmp_path)
    assert outcome.code in (1, 2, 3), outcome
    assert place.split("/")[0] in outcome.err
    assert "Traceback" not in outcome.err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_place_that_may_not_be_written_to_is_named(tmp_path, finished, verb, monkeypatch):
    def refuse(*arguments, dir, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(dir))

    lay(tmp_path, {"e.csv": EDGES})
    before = contents(tmp_path)
    monkeypatch.setattr(durable.tempfile, "mkstemp", refuse)
    monkeypatch.setattr(durable.tempfile, "mkdtemp", refuse)
    outcome = run(*VERBS[verb](finished), "-o", "locked/new.csv", cwd=tmp_path)
    assert outcome.code == 1
    assert "locked: Permission denied; choose a place that you may" in outcome.err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_place_whose_name_is_no_utf_8_is_refused_before_the_work(tmp_path, finished, verb):
    lay(tmp_path, {"e.csv": EDGES})
    (tmp_path / "caf\udce9").mkdir()
    assert_refused(tmp_path, (*VERBS[verb](finished), "-o", "caf\udce9/new.csv"), ["is not UTF-8"])


def test_a_file_whose_name_is_no_utf_8_gives_a_run_whose_name_is(tmp_path):
    lay(tmp_path, {"caf\udce9.mtx": good("edges.mtx")})
    outcome = run("fit", "caf\udce9.mtx", *SHORT, cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "runs" / "caf?-vgae" / "record.json").exists()


@pytest.mark.parametrize("verb", ["embed", "predict", "score"])
def test_a_full_disk_under_standard_output_is_told(tmp_path, finished, verb, monkeypatch):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device", "standard output")

    lay(tmp_path, {"e.csv": EDGES})
    monkeypatch.setattr("varigraph.cli.outputs.show_file", full)
    outcome = run(*VERBS[verb](finished), cwd=tmp_path)
    assert outcome.code == 1
    assert "standard output: No space left on device; make room" in outcome.err


NOTED = {
    "constant": (with_column(NODES, 1, "3"), "constant"),
    "zero": (with_column(NODES, 1, "0"), "0"),
    "unscaled": (with_column(NODES, 1, "3").replace(",3,", ",3000000,", 20), "scale"),
    "isolated": (NODES + "hermit,3,1,x\n", "hermit"),
}


@pytest.mark.parametrize("what", NOTED)
def test_what_is_odd_about_nodes_is_noted_and_not_refused(tmp_path, what):
    content, said = NOTED[what]
    lay(tmp_path, {"e.csv": EDGES, "n.csv": content})
    outcome = run("fit", "e.csv", "--node-table", "n.csv", *SHORT, "-o", "run", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert said in outcome.err
    assert (tmp_path / "run" / "record.json").exists()


def test_many_components_are_noted_and_not_refused(tmp_path):
    pieces = [(f"{i}{a}", f"{i}{b}") for i in range(15) for a, b in ("ab", "bc", "ca")]
    lay(tmp_path, {"e.csv": pairs_of(pieces)})
    outcome = run("fit", "e.csv", *SHORT, cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert "15" in outcome.err
    assert "pieces" in outcome.err or "components" in outcome.err


def test_the_files_are_right_but_for_what_is_planted(tmp_path):
    lay(tmp_path, {"e.csv": EDGES, "n.csv": NODES, "w.csv": WORDS})
    arguments = ("e.csv", "--node-table", "n.csv", "--feature-table", "w.csv", "--split-by", "day")
    outcome = run("fit", *arguments, *SHORT, "-o", "run", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert f"{N_NODES} nodes" in outcome.err
    assert len(NAMES) == N_NODES
