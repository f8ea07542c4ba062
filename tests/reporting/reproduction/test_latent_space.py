"""Pictures of the latent spaces that a reproduction leaves: which there are, and what stands in them."""

import numpy as np
import pytest

from varigraph.experiments.reproduction.recipe import read_recipe
from varigraph.experiments.reproduction.runner import reproduce
from varigraph.models import load
from varigraph.reporting.figures import canvas
from varigraph.reporting.reproduction.latent_space import latent_space_figures
from varigraph.reporting.reproduction.pictures import draw

RECIPE = """
title = "Figure 0: two spaces"
source = "Nobody (1999), figure 0"
about = "One epoch."
task = "embedding"
report = ["latent_space"]
seeds = [3]
[metrics.nmi]
title = "NMI"
[axes.space.plane]
title = "the plane"
dataset = "sbm"
latent_dim = 2
class_names = ["zero", "one", "two", "three", "four"]
[axes.space.club]
title = "a club"
dataset = "karate"
latent_dim = 3
[common]
model = "gae"
preset = "kipf2016"
max_epochs = 1
[quick]
seeds = [3]
"""


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spaces")
    (folder / "spaces.toml").write_text(RECIPE)
    return reproduce(read_recipe(folder / "spaces.toml").quick(), folder / "run"), folder / "run"


@pytest.fixture(scope="module")
def figures(reproduced):
    return latent_space_figures(*reproduced)


def axes_of(figure):
    return figure.axes[0]


def test_a_plane_has_one_picture_and_a_wider_space_one_a_projection(figures):
    assert list(figures) == ["latent-space-plane", "latent-space-club-pca", "latent-space-club-tsne"]
    assert [axes_of(one).get_title(loc="left") for one in figures.values()] == [
        "Figure 0: two spaces, the plane (quick version)",
        "Figure 0: two spaces, a club, principal components (quick version)",
        "Figure 0: two spaces, a club, t-SNE (quick version)",
    ]
    assert axes_of(figures["latent-space-plane"]).get_xlabel() == "latent dimension 1"
    assert axes_of(figures["latent-space-club-tsne"]).get_ylabel() == "t-SNE 2 (no unit)"


def test_every_edge_of_the_graph_joins_its_nodes(reproduced, figures):
    _, folder = reproduced
    model = load(folder / "models" / "plane.seed3")
    lines = axes_of(figures["latent-space-plane"]).collections[0]
    ends = model.embedding_[model.message_graph_.edges]
    np.testing.assert_allclose(lines.get_segments(), ends, rtol=1e-6)  # float32 stored, float64 drawn


def test_classes_are_called_as_the_recipe_says_and_else_as_the_graph_does(figures):
    def names(stem):
        legend = axes_of(figures[stem]).get_legend().get_texts()
        return [text.get_text().rpartition(" ")[0] for text in legend]

    assert names("latent-space-plane") == ["four", "one", "three", "two", "zero"]
    assert names("latent-space-club-pca") == ["instructor", "officers"]


def test_the_report_of_a_recipe_writes_them_into_its_folder(reproduced, monkeypatch):
    monkeypatch.setattr(canvas, "DOTS_PER_INCH", 40)  # nobody looks at them
    record, folder = reproduced
    written = draw(record, folder)
    assert [path.name for path in written] == [
        "latent-space-plane.png",
        "latent-space-club-pca.png",
        "latent-space-club-tsne.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)
