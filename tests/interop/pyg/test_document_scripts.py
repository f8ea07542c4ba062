"""The documents' training scripts run with nothing but the import line changed."""

import random

import pytest
import torch

import pyg_scripts
from pyg_scripts import FROM_PYG, FROM_VARIGRAPH, RANDOM_LINK_SPLIT, TWO_SPLIT_GAE, TWO_SPLIT_VGAE
from varigraph.seeding import keyed_global_generators

SCRIPTS = {"notes, GAE": TWO_SPLIT_GAE, "notes, VGAE": TWO_SPLIT_VGAE, "seminar": RANDOM_LINK_SPLIT}

pytestmark = [
    # PyG says so of its own function, and torch of the scripts' `float(loss)`.
    pytest.mark.filterwarnings("ignore:'train_test_split_edges' is deprecated"),
    pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad=True to a scalar"),
]


@pytest.fixture(autouse=True)
def pythons_generator():
    """PyG draws negatives from Python's own generator, which is put back."""
    state = random.getstate()
    random.seed(0)
    yield
    random.setstate(state)


def run(import_line, script, *, seed=0):
    space = {
        "torch": torch,
        "data": pyg_scripts.a_data(),
        "lines": [],
        "PointGCN": pyg_scripts.PointGCN,
        "VariationalGCN": pyg_scripts.VariationalGCN,
    }
    with keyed_global_generators(seed):
        exec(f"{import_line}\n{script}", space)
    return space


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_of_the_documents_learns_as_much_with_the_import_line_changed(script):
    theirs, ours = run(FROM_PYG, script), run(FROM_VARIGRAPH, script)
    assert type(theirs["model"]).__module__.startswith("torch_geometric.")
    assert type(ours["model"]).__module__.startswith("varigraph.")
    assert len(ours["lines"]) == len(theirs["lines"]) > 0
    # Scores of 0 cost 2 ln 2 = 1.39. Between seeds the test AUC of either library varies by 0.07.
    assert ours["loss"] < 1.3
    assert ours["auc"] > max(0.65, theirs["auc"] - 0.1)
    assert ours["ap"] > theirs["ap"] - 0.1


def test_torchs_seed_alone_makes_a_training_repeatable():
    script = RANDOM_LINK_SPLIT.replace("range(51)", "range(3)").replace("test(test_data)", "0, 0")
    losses = []
    for seed_of_pythons_generator in (1, 2):
        random.seed(seed_of_pythons_generator)
        losses.append(run(FROM_VARIGRAPH, script)["loss"])
    assert losses[0] == losses[1]
