"""A thousand generated wrong inputs: no traceback, nothing half written, after a refusal nothing at all."""

import random
import traceback

import pytest

from command_line import run
from safety.good_files import EDGE_FILES, NAMES, NODE_FILES, good
from safety.mutations import ODD_TEXTS, mutated, random_table
from safety.whole_files import assert_whole, contents, leftovers

SHORT = ("--max-epochs", 1, "--latent-dim", 2, "-q", "-o", "run")
N_DEFAULT, N_ALL = 100, 1000
FORMATS = ["csv", "tsv", "parquet", "jsonl", "npz", "mtx", "graphml", "gexf", "gml"]
COLUMNS = ["source", "target", "weight", "day", "id", "label", "age", "feature", "1", "2", "3", "9", "SOURCE"]


class Case:
    """One input: files, and the arguments of the program."""

    def __init__(self, number):
        self.generator = random.Random(number)
        self.files = {}
        self.arguments = self.generator.choice([self.fit] * 7 + [self.score, self.predict])()

    def file(self, name, *, may_be_right=0.0):
        """Adds a file, wrong in most cases, and gives its name."""
        if self.generator.random() < may_be_right:
            content = good(name)
        elif self.generator.random() < 0.15:
            content = random_table(self.generator)
        else:
            content = mutated(self.generator, good(name))
        self.files[name] = content
        return name

    def fit(self):
        with_nodes = self.generator.random() < 0.4
        edges = self.file(self.generator.choice(EDGE_FILES), may_be_right=0.6 if with_nodes else 0.1)
        arguments = ["fit", edges, *SHORT]
        if with_nodes:
            nodes = self.file(self.generator.choice(NODE_FILES), may_be_right=0.2)
            arguments += ["--node-table", nodes]
        if self.generator.random() < 0.15:
            arguments += ["--feature-table", self.file(self.generator.choice(["words.csv", "words.jsonl"]))]
        return arguments + self.options()

    def options(self):
        told = []
        for name, values, chance in (
            ("--format", FORMATS, 0.08),
            ("--source-column", COLUMNS, 0.06),
            ("--target-column", COLUMNS, 0.06),
            ("--weight-column", COLUMNS, 0.06),
            ("--id-column", COLUMNS, 0.04),
            ("--label-column", COLUMNS, 0.04),
            ("--split-by", COLUMNS, 0.12),
            ("--features", ["tfidf", "raw", "none"], 0.2),
            ("--encoder", ["gcn", "one_layer_gcn"], 0.1),
            ("--objective", ["weighted_all_pairs", "bernoulli_all_pairs"], 0.1),
        ):
            if self.generator.random() < chance:
                told += [name, self.generator.choice(values + ODD_TEXTS[:1] * (values is COLUMNS))]
        for name, chance in (("--no-header", 0.08), ("--unweighted", 0.06), ("--no-refit", 0.3)):
            told += [name] if self.generator.random() < chance else []
        if self.generator.random() < 0.08:
            told += ["--test-edges", self.file("later.csv", may_be_right=0.3)]
        return told

    def score(self):
        pairs = self.file(self.generator.choice(["edges.csv", "edges.jsonl", "edges.parquet", "edges.tsv"]))
        told = ["--allow-unknown"] if self.generator.random() < 0.5 else []
        output = "scored" + self.generator.choice([".csv", ".tsv", ".parquet", ".jsonl", ".csv.gz"])
        return ["score", "finished", pairs, *told, "-q", "-o", output]

    def predict(self):
        wanted = self.file(self.generator.choice(["wanted.txt", *NODE_FILES]))
        output = "links" + self.generator.choice([".csv", ".parquet", ".jsonl"])
        return ["predict", "finished", "--nodes", wanted, "--top-k", 5, "-q", "-o", output]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run on the right files."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "edges.csv").write_bytes(good("edges.csv"))
    outcome = run("fit", "edges.csv", *SHORT, cwd=folder)
    assert outcome.code == 0, outcome.err
    return folder / "run"


def complaint(number, folder, finished):
    """What is wrong with how the program takes an input; None if it takes it well."""
    case = Case(number)
    folder.mkdir()
    (folder / "finished").symlink_to(finished)
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    before = contents(folder)
    words = " ".join(map(str, case.arguments))
    try:
        outcome = run(*case.arguments, cwd=folder)
    except BaseException:
        return f"{number}: {words}\n{traceback.format_exc()[-1500:]}"
    if outcome.code not in (0, 2, 3) or "Traceback" in outcome.err:
        return f"{number}: {words}\ncode {outcome.code}: {outcome.err}"
    if outcome.code and (contents(folder) != before or leftovers(folder)):
        return f"{number}: {words}\nwritten in spite of {outcome.err}"
    if outcome.code and (outcome.out or not outcome.err.strip() or len(outcome.err) > 3000):
        return (
            f"{number}: {words}\nsaid {outcome.err[:300]!r} on standard error, {outcome.out[:80]!r} on output"
        )
    if not outcome.code:
        (folder / "finished").unlink()
        for name in case.files:
            (folder / name).unlink()
        assert_whole(folder)
    return None


@pytest.mark.parametrize(
    "numbers",
    [range(N_DEFAULT), pytest.param(range(N_DEFAULT, N_ALL), marks=pytest.mark.slow)],
    ids=["a hundred", "the other nine hundred"],
)
def test_no_wrong_input_ends_in_a_traceback_or_a_half_written_file(tmp_path, finished, numbers):
    complaints = [complaint(number, tmp_path / str(number), finished) for number in numbers]
    assert not [one for one in complaints if one]


def test_the_files_that_mutations_start_from_are_right(tmp_path):
    for name in EDGE_FILES:
        (tmp_path / name).write_bytes(good(name))
        outcome = run("fit", name, *SHORT, "--force", cwd=tmp_path)
        assert outcome.code == 0, (name, outcome.err)
    for name in (*NODE_FILES, "words.csv", "words.jsonl", "later.csv"):
        (tmp_path / name).write_bytes(good(name))
        option = {"n": "--node-table", "w": "--feature-table", "l": "--test-edges"}[name[0]]
        outcome = run("fit", "edges.csv", option, name, *SHORT, "--force", cwd=tmp_path)
        assert outcome.code == 0, (name, outcome.err)
    assert len(NAMES) == 40


def test_the_inputs_are_refused_and_taken_in_turn(tmp_path, finished):
    codes = []
    for number in range(25):
        case, folder = Case(number), tmp_path / str(number)
        folder.mkdir()
        (folder / "finished").symlink_to(finished)
        for name, content in case.files.items():
            (folder / name).write_bytes(content)
        codes.append(run(*case.arguments, cwd=folder).code)
    assert {0, 3} <= set(codes)
