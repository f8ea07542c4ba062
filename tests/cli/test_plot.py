"""`varigraph plot`: every picture of a run, and what it is not for."""

import shutil

import pytest

pytest.importorskip("matplotlib", reason="pictures come with the extra `plot`")


@pytest.mark.parametrize(
    "arguments",
    [
        ("training",),
        ("embedding",),
        ("embedding", "--data", "digits"),
        ("samples", "-n", 4),
        ("samples", "-n", 4, "--image-shape", "4x16"),
        ("reconstructions", "-n", 3),
        ("reconstructions", "--data", "digits"),
        ("manifold", "-n", 3),
    ],
    ids=lambda words: " ".join(map(str, words)),
)
def test_a_run_on_images_has(varigraph, pictured, tmp_path, arguments):
    outcome = varigraph("plot", pictured, *arguments, "-o", "p.png")
    assert outcome.code == 0, outcome.err
    assert outcome.err == "Wrote p.png\n"
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("picture", ["training", "embedding", "reliability"])
def test_a_run_on_a_graph_has(varigraph, finished, tmp_path, picture):
    outcome = varigraph("plot", finished, picture, "-o", "p.svg", "-q")
    assert (outcome.code, outcome.err) == (0, "")
    assert (tmp_path / "p.svg").read_bytes().startswith(b"<?xml")


def test_the_number_of_images_is_that_asked_for(varigraph, pictured, tmp_path):
    for number in (4, 9):
        assert varigraph("plot", pictured, "samples", "-n", number, "-o", f"{number}.svg").code == 0
    assert "9 samples" in (tmp_path / "9.svg").read_text()
    assert "4 samples" in (tmp_path / "4.svg").read_text()


WRONG_USE = [
    (("training",), "--output"),
    (("portrait", "-o", "p.png"), "portrait"),
    (("training", "-o", "p.csv"), ".png"),
    (("training", "-n", 3, "-o", "p.png"), "--number has no effect on the picture training."),
    (("samples", "--data", "digits", "-o", "p.png"), "--data has no effect on the picture samples."),
    (("embedding", "--image-shape", "8x8", "-o", "p.png"), "--image-shape has no effect"),
    (("samples", "--image-shape", "3x3", "-o", "p.png"), "64"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG_USE)
def test_wrong_use_ends_with_2_and_draws_nothing(varigraph, pictured, tmp_path, arguments, said):
    outcome = varigraph("plot", pictured, *arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_manifold_lies_over_two_dimensions(varigraph, tmp_path):
    tiny = ("--max-epochs", 1, "--latent-dim", 1, "--hidden-dims", "4", "-q")
    assert varigraph("fit", "digits", *tiny, "-o", "run").code == 0
    for picture in ("manifold", "embedding"):
        outcome = varigraph("plot", "run", picture, "-o", "p.png")
        assert outcome.code == 2
        assert "two" in outcome.err
    assert not (tmp_path / "p.png").exists()


def test_without_the_run_s_data_reconstructions_end_with_3_and_the_embedding_has_no_colours(
    varigraph, measured, tmp_path
):
    shutil.copytree(measured, tmp_path / "run")
    config = (tmp_path / "run" / "config.json").read_text()
    (tmp_path / "run" / "config.json").write_text(config.replace("things.csv", "gone.csv"))
    lost = varigraph("plot", "run", "reconstructions", "--image-shape", "1x3", "-o", "p.png")
    assert lost.code == 3
    assert "gone.csv" in lost.err
    plain = varigraph("plot", "run", "embedding", "-o", "p.png")
    assert plain.code == 0
    assert "Without colours" in plain.err


def test_an_unknown_picture_is_refused_in_words_of_the_program_alone(varigraph):
    outcome = varigraph("plot", "run", "latent", "-o", "x.png")
    assert outcome.code == 2
    assert "Value error" not in outcome.err
    assert "Invalid value for 'PICTURE': 'latent' is not one of 'training'" in outcome.err
