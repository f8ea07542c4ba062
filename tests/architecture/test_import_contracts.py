"""The floors of the architecture hold, and the contracts that say so can be broken."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from source_files import REPOSITORY, SOURCE

pytest.importorskip("importlinter", reason="import-linter comes with the extra `check`")

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(folder: Path, *, path: Path) -> subprocess.CompletedProcess:
    """import-linter with the settings in `folder` on the package found in `path`."""
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(path)!r}); {LINT}", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_kept():
    done = lint(REPOSITORY, path=SOURCE)
    assert done.returncode == 0, done.stdout


def test_every_package_stands_on_exactly_one_floor():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    floors = next(one for one in contracts if one["type"] == "layers")
    assert floors["exhaustive"]
    listed = [name.strip() for floor in floors["layers"] for name in floor.split("|")]
    there = {path.stem for path in (SOURCE / "varigraph").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert sorted(listed) == sorted(there - {"__init__", "__pycache__"})


# One forbidden import a contract, in a module where it would be a mistake.
MISTAKES = {
    "Imports only go down": ("graphs/graph.py", "import varigraph.models.graphs.vgae"),
    "No part and no module goes round in a ring": ("nn/spmm.py", "import varigraph.nn.gcn"),
    "Parts see tensors and sparse rows, never a graph": ("encoders/gcn.py", "import varigraph.graphs.graph"),
    "Learning code loads no data sets": ("models/graphs/gae.py", "import varigraph.datasets.karate"),
    "The training loop knows neither models nor metrics": ("training/loop.py", "import varigraph.evaluation"),
    "The network has one door": ("datasets/heart.py", "import urllib.request"),
    "matplotlib draws in the figures alone": ("evaluation/probes.py", "import matplotlib.pyplot"),
    "TensorBoard's files are written in one place": ("cli/fit.py", "import tensorboard"),
    "gensim trains DeepWalk alone": ("baselines/spectral.py", "import gensim"),
    "DuckDB reads and writes tables alone": ("graphs/store/writing.py", "import duckdb"),
    "torch_geometric only where its objects come in": ("nn/gcn.py", "from torch_geometric.nn import GCNConv"),
    "The command line's packages stay in the command line": ("experiments/run.py", "import typer"),
    "No other door to the network, and nothing that runs code while it reads data": (
        "graphs/store/reading.py",
        "import pickle",
    ),
}


def test_every_contract_has_a_mistake_that_breaks_it():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert {one["name"] for one in settings["tool"]["importlinter"]["contracts"]} == set(MISTAKES)


@pytest.mark.parametrize("contract", MISTAKES)
def test_a_mistake_is_caught_by(contract, tmp_path):
    file, mistake = MISTAKES[contract]
    for source in (SOURCE / "varigraph").rglob("*.py"):
        copy = tmp_path / source.relative_to(SOURCE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((REPOSITORY / "pyproject.toml").read_bytes())
    with (tmp_path / "varigraph" / file).open("a", encoding="utf-8") as wrong:
        wrong.write(f"\n{mistake}\n")
    done = lint(tmp_path, path=tmp_path)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout
