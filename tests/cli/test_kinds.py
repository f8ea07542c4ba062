"""Which kind of model a command is about, and what is refused because it belongs to the other kind."""

import json
from typing import get_args

import pytest

from command_line import run, write_friends, write_measurements
from varigraph.cli import options
from varigraph.models import PRESETS, ROW_PRESETS
from varigraph.models.loading import MODELS, ROW_MODELS
from varigraph.objectives import OBJECTIVES, ROW_OBJECTIVES

TINY = ("--max-epochs", 1, "--latent-dim", 2, "-q", "--json")


@pytest.mark.parametrize(
    ("choices", "registered"),
    [
        (options.GraphModel, MODELS),
        (options.RowModel, ROW_MODELS),
        (options.GraphPreset, PRESETS),
        (options.RowPreset, ROW_PRESETS),
        (options.GraphObjective, OBJECTIVES),
        (options.RowObjective, [name for name in ROW_OBJECTIVES if name != "reconstruction"]),
    ],
)
def test_the_choices_are_those_that_the_library_knows(choices, registered):
    assert set(get_args(choices)) == set(registered)


@pytest.mark.parametrize(
    ("arguments", "dataset", "model"),
    [
        ((), "stdlib", "vgae"),
        (("karate",), "karate", "vgae"),
        (("digits",), "digits", "vae"),
        (("DIGITS", "--model", "ae"), "digits", "ae"),
        (("--model", "denoising_ae"), "digits", "denoising_ae"),
        (("--model", "gae"), "stdlib", "gae"),
    ],
)
def test_data_decide_the_model_and_the_model_decides_the_data(varigraph, arguments, dataset, model):
    outcome = varigraph("fit", *arguments, *TINY)
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    assert (document["dataset"], document["model"]) == (dataset, model)


WRONG_KIND = [
    (("cora", "--model", "vae"), "cora is a graph: say gae or vgae."),
    (("digits", "--model", "gae"), "digits is a data set of vectors: say ae or denoising_ae or vae."),
    (("karate", "--likelihood", "gaussian"), "--likelihood is for models of vectors and images"),
    (("--beta", "2"), "--beta is for models of vectors and images"),
    (("things.csv", "--model", "vae", "--split-by", "a"), "--split-by is for models of graphs"),
    (("digits", "--no-refit"), "--no-refit is for models of graphs"),
    (("digits", "--preset", "kipf2016"), "kipf2016 is for models of graphs, and vae is a model of vectors"),
    (
        ("karate", "--preset", "aevb"),
        "aevb is for models of vectors and images, and vgae is a",
    ),
    (
        ("digits", "--encoder", "gcn"),
        "for which there are mlp, conv.",
    ),
    (("karate", "--encoder", "conv"), "conv is for models of vectors"),
    (("karate", "--objective", "elbo"), "elbo is for models of vectors"),
    (("things.csv", "--model", "vae", "--format", "mtx"), "mtx is for models of graphs"),
    (("things.csv", "--format", "npy"), "npy is for models of vectors"),
]


@pytest.mark.parametrize("verb", ["fit", "evaluate"])
@pytest.mark.parametrize(("arguments", "said"), WRONG_KIND)
def test_what_belongs_to_the_other_kind_is_refused_before_anything_is_read(tmp_path, verb, arguments, said):
    if (verb, arguments[0]) == ("evaluate", "--beta"):
        arguments = ("karate", *arguments)
    outcome = run(verb, *arguments, cwd=tmp_path)
    if verb == "evaluate" and "--no-refit" in arguments:
        said = "No such option: --no-refit"
    assert outcome.code == 2
    assert said in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_looks_like_the_other_kind_is_told_so(varigraph, tmp_path):
    write_friends(tmp_path / "friends.csv")
    write_measurements(tmp_path / "things.csv")
    (tmp_path / "folder").mkdir()
    for arguments, hint in [
        (("things.csv",), "say --model vae."),
        (("folder",), "say --model vae."),
        (("friends.csv", "--model", "vae"), "say --model vgae."),
    ]:
        outcome = varigraph("fit", *arguments)
        assert outcome.code == 3
        assert outcome.err.rstrip().endswith(hint)


def test_a_fault_of_an_edge_table_says_nothing_of_vectors(varigraph, tmp_path):
    (tmp_path / "friends.csv").write_text("source,target\na,b\n,c\n")
    assert "--model" not in varigraph("fit", "friends.csv").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("predict",), "predict lists missing links of a graph"),
        (("score", "things.csv", "--threshold", 0.5), "--threshold is for models of graphs"),
        (("evaluate", "--reliability", "r.png"), "--reliability is for models of graphs"),
        (("plot", "reliability", "-o", "r.png"), "it has training, embedding, samples"),
    ],
)
def test_what_is_for_graphs_is_refused_for_a_run_on_vectors(varigraph, measured, tmp_path, arguments, said):
    verb, *others = arguments
    outcome = varigraph(verb, measured, *others)
    assert outcome.code == 2
    assert said in outcome.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sample",), "samples are drawn from a vae of vectors or images"),
        (("score", "pairs.csv", "--contamination", 0.1), "--contamination is for models of vectors"),
        (("embed", "--data", "things.csv"), "--data is for models of vectors"),
        (("plot", "manifold", "-o", "m.png"), "it has training, embedding, reliability"),
        (("plot", "training", "-n", "3", "-o", "m.png"), "is for models of vectors"),
    ],
)
def test_what_is_for_vectors_is_refused_for_a_run_on_a_graph(varigraph, finished, tmp_path, arguments, said):
    verb, *others = arguments
    outcome = varigraph(verb, finished, *others)
    assert outcome.code == 2
    assert said in outcome.err
    assert list(tmp_path.iterdir()) == []
