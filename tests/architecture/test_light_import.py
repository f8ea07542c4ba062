"""What an import may pull in: names are cheap, libraries come when they are used."""

import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "pandas", "sklearn", "torch_geometric", "matplotlib", "duckdb", "networkx", "scipy"}


REPORT = """
import json, sys
sys.stderr.write("\\n" + json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_by(program):
    """The top-level modules that a new interpreter holds after `program`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{REPORT}"], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


HELP = """
import sys
from varigraph.cli import main
sys.argv = ["varigraph", *{arguments!r}]
try:
    main()
except SystemExit as exit:
    assert not exit.code, exit.code
"""


def test_import_varigraph_loads_no_heavy_library():
    assert not loaded_by("import varigraph") & HEAVY


VERBS = ("fit", "evaluate", "embed", "predict", "score", "sample", "plot", "compare", "reproduce", "datasets")


@pytest.mark.parametrize("arguments", [["--help"], *([verb, "--help"] for verb in VERBS)])
def test_help_loads_no_heavy_library(arguments):
    assert not loaded_by(HELP.format(arguments=arguments)) & HEAVY


def test_the_list_of_names_loads_no_heavy_library():
    assert not loaded_by("import varigraph; dir(varigraph); varigraph.__version__") & HEAVY


def test_a_graph_needs_no_learning_library():
    program = "import varigraph as vg; vg.Graph.from_edges([(0, 1)])"
    assert not loaded_by(program) & {"torch", "sklearn", "torch_geometric", "matplotlib"}


def test_training_needs_neither_pyg_nor_pictures_nor_duckdb():
    program = "import varigraph as vg; vg.VGAE; vg.evaluate_links"
    assert not loaded_by(program) & {"torch_geometric", "matplotlib", "duckdb", "networkx"}
