"""Pictures of fitted models: what the model already knows need not be said again."""

import shutil
import types

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import varigraph as vg
from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.reliability import reliability
from varigraph.experiments.run import start_run
from varigraph.reporting import figures, plot


@pytest.fixture(scope="module")
def model():
    graph = vg.load_graph("karate")
    return vg.VGAE(latent_dim=4, max_epochs=3, random_state=0).fit(graph, validation_fraction=0.1)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    graph = vg.load_graph("karate")
    split = vg.split_edges(graph, val=0.05, test=0.2, random_state=0)
    model = vg.VGAE(latent_dim=4, max_epochs=3, random_state=0)
    return start_run(model, graph, split, tmp_path_factory.mktemp("runs") / "karate")


def drawn_shares(figure):
    return figure.axes[0].get_lines()[1].get_ydata().tolist()


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


def test_reliability_is_the_same_from_a_result_its_checks_and_its_folder(run):
    sources = (run, run.checks, run.checks.reliability, run.folder, str(run.folder))
    first, *others = [drawn_shares(plot.reliability(source)) for source in sources]
    assert first
    assert all(other == pytest.approx(first) for other in others)


def test_reliability_is_titled_with_the_data_set_where_the_source_tells_it(run):
    def title(source, **options):
        return plot.reliability(source, **options).axes[0].get_title(loc="left")

    assert title(run) == title(run.folder) == "Reliability on karate, test part"
    assert title(run.checks) == "Reliability"
    assert title(run, title="Mine") == "Mine"


def test_a_run_without_checks_has_no_picture_of_reliability():
    with pytest.raises(ValueError, match="has no checks"):
        plot.reliability(types.SimpleNamespace(checks=None))


def test_something_else_than_a_run_is_refused_by_its_type(model):
    with pytest.raises(TypeError, match="got VGAE"):
        plot.reliability(model)


def test_a_damaged_run_folder_is_refused(run, tmp_path):
    folder = shutil.copytree(run.folder, tmp_path / "copy")
    (folder / "record.json").write_text("{")
    with pytest.raises(FileContentError, match=r"record\.json"):
        plot.reliability(folder)
    (folder / "reliability.json").unlink()
    with pytest.raises(RunFolderError, match=r"holds no reliability\.json"):
        plot.reliability(folder)


def test_a_reliability_of_any_probabilities_is_drawn_and_written(tmp_path):
    measured = reliability(np.array([0.1, 0.5]), np.array([50.0, 10.0]), np.array([0.1, 0.5, 0.5]))
    plot.save(plot.reliability(measured), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 10_000


def test_the_module_offers_these_names_and_no_more():
    public = {name for name, value in vars(plot).items() if isinstance(value, types.FunctionType)}
    assert public == set(plot.__all__)
    assert sorted(public) == [
        "embedding",
        "latent",
        "manifold",
        "reconstructions",
        "reliability",
        "samples",
        "save",
        "training",
    ]
