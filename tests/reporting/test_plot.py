"""Pictures of fitted models: what the model already knows need not be said again."""

import types

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import varigraph as vg
from varigraph.reporting import figures, plot


@pytest.fixture(scope="module")
def model():
    graph = vg.load_graph("karate")
    return vg.VGAE(latent_dim=4, max_epochs=3, random_state=0).fit(graph, validation_fraction=0.1)


def test_users_reach_it_as_vg_plot():
    assert vg.plot is plot


def test_a_model_brings_its_labels_ids_and_name(model):
    axes = plot.embedding(model).axes[0]
    graph = model.message_graph_
    assert axes.get_title(loc="left") == "VGAE on karate (34 nodes)"
    assert [text.get_text() for text in axes.texts] == [str(one) for one in graph.ids.tolist()]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["instructor (17)", "officers (17)"]


def test_labels_ids_and_title_of_the_user_come_first(model):
    names = [f"member {k}" for k in range(34)]
    axes = plot.embedding(model, labels=["all"] * 34, ids=names, title="Mine").axes[0]
    assert axes.get_title(loc="left") == "Mine"
    assert [text.get_text() for text in axes.texts] == names
    assert axes.get_legend().get_texts()[0].get_text() == "all (34)"


def test_a_graph_without_labels_has_no_legend():
    graph = vg.to_graph(np.array([[0, 1], [1, 2], [2, 3], [0, 3]]))
    fitted = vg.GAE(latent_dim=2, max_epochs=2, random_state=0).fit(graph, validation_fraction=0)
    assert plot.embedding(fitted).axes[0].get_legend() is None


def test_an_array_is_drawn_as_the_figure_draws_it():
    points = np.random.default_rng(0).normal(size=(10, 3))
    ours, theirs = (
        one.axes[0].collections[0] for one in (plot.embedding(points), figures.embedding_figure(points))
    )
    np.testing.assert_array_equal(ours.get_offsets(), theirs.get_offsets())


def test_the_method_reaches_the_projection(model):
    assert plot.embedding(model, method="tsne").axes[0].get_xlabel() == "t-SNE 1 (no unit)"


def test_the_epoch_that_was_kept_is_marked(model):
    figure = plot.training(model)
    assert figure.axes[0].texts[0].get_text() == f"kept: epoch {model.best_epoch_}"
    assert figure.axes[0].get_title(loc="left") == "Training of VGAE on karate"


@pytest.mark.parametrize("draw", [plot.embedding, plot.training])
def test_a_model_that_was_not_fitted_is_refused(draw):
    with pytest.raises(NotFittedError, match="not fitted"):
        draw(vg.VGAE())


def test_a_saved_picture_is_written(model, tmp_path):
    plot.save(plot.embedding(model), tmp_path / "karate.png")
    assert (tmp_path / "karate.png").stat().st_size > 10_000


def test_the_module_offers_three_names_and_no_more():
    public = {name for name, value in vars(plot).items() if isinstance(value, types.FunctionType)}
    assert set(plot.__all__) == {"embedding", "save", "training"} <= public
