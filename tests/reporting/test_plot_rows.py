"""Pictures of models of rows, seen by what they can do: a fake stands for every one of them."""

import types

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from varigraph.distributions import StandardNormalPrior
from varigraph.reporting import figures, plot


class LinearModel(BaseEstimator):
    """A model whose every answer is known: z is the first `latent_dim` values of a row, and back."""

    def __init__(self, latent_dim=2, image_shape=None):
        self.latent_dim = latent_dim
        self.image_shape = image_shape

    def fit(self, X, y=None):
        self.n_features_in_ = np.shape(X)[1]
        self.seen_ = []
        self.history_ = [{"epoch": n, "loss": 4.0 - n, "val_loss": 4.5 - n} for n in (1, 2)]
        self.best_epoch_ = 2
        return self

    def transform(self, X):
        self.seen_.append(X)
        return np.asarray(X)[:, : self.latent_dim]

    def inverse_transform(self, Z):
        return np.pad(1 / (1 + np.exp(-np.asarray(Z))), ((0, 0), (0, self.n_features_in_ - self.latent_dim)))

    def reconstruct(self, X):
        self.seen_.append(X)
        return np.asarray(X) / 2

    def sample(self, n_samples=1, *, random_state=None, mean=True):
        low = 0.0 if mean else 0.5
        return np.random.default_rng(random_state).uniform(low, 1, size=(n_samples, self.n_features_in_))


class DenoisingModel(LinearModel):
    def denoise(self, X):
        return np.asarray(X) / 4


@pytest.fixture
def rows():
    return np.random.default_rng(0).uniform(size=(30, 9))


@pytest.fixture
def model(rows):
    return LinearModel().fit(rows)


def dots_of(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


def title_of(figure):
    return figure.axes[0].get_title(loc="left")


def assert_same_picture(figure, expected):
    np.testing.assert_array_equal(dots_of(figure), dots_of(expected))


def test_samples_are_those_of_the_model_and_the_seed(model):
    expected = figures.image_grid_figure(model.sample(16, random_state=3), (3, 3))
    assert_same_picture(plot.samples(model, 16, random_state=3), expected)


def test_samples_are_the_same_each_time_without_a_seed(model):
    assert_same_picture(plot.samples(model, 5), plot.samples(model, 5))


def test_samples_may_be_draws_instead_of_means(model):
    expected = figures.image_grid_figure(model.sample(4, random_state=0, mean=False), (3, 3))
    assert_same_picture(plot.samples(model, 4, mean=False), expected)


def test_rows_are_shown_as_they_are(rows):
    assert_same_picture(plot.samples(rows, 4), figures.image_grid_figure(rows[:4], (3, 3)))
    assert_same_picture(plot.samples(rows.tolist(), 4), plot.samples(rows, 4))
    assert title_of(plot.samples(rows)) == "30 images"


def test_the_title_counts_and_names_the_model(model):
    assert title_of(plot.samples(model)) == "64 samples of LinearModel"
    assert title_of(plot.samples(model, 1)) == "1 sample of LinearModel"
    assert title_of(plot.samples(model, title="Mine")) == "Mine"


def test_a_reconstruction_is_that_of_the_row_above_it(model, rows):
    expected = figures.reconstruction_figure(rows[:4], rows[:4] / 2, (3, 3))
    assert_same_picture(plot.reconstructions(model, rows, n=4), expected)


def test_only_the_rows_that_are_drawn_are_reconstructed(model, rows):
    plot.reconstructions(model, rows, n=4)
    assert [len(one) for one in model.seen_] == [4]


def test_noisy_rows_are_what_the_model_is_given(model, rows):
    noisy = 1 - rows
    expected = figures.reconstruction_figure(rows[:10], noisy[:10] / 2, (3, 3), noisy=noisy[:10])
    assert_same_picture(plot.reconstructions(model, rows, noisy=noisy), expected)


def test_a_denoising_model_denoises_noisy_rows_and_reconstructs_clean_ones(rows):
    model = DenoisingModel().fit(rows)
    noisy = figures.reconstruction_figure(rows[:10], rows[:10] / 4, (3, 3), noisy=rows[:10])
    clean = figures.reconstruction_figure(rows[:10], rows[:10] / 2, (3, 3))
    assert_same_picture(plot.reconstructions(model, rows, noisy=rows), noisy)
    assert_same_picture(plot.reconstructions(model, rows), clean)


def test_another_number_of_noisy_rows_is_refused(model, rows):
    with pytest.raises(ValueError, match="X has 30 rows and noisy 29"):
        plot.reconstructions(model, rows, noisy=rows[1:])


def test_a_frame_reaches_the_model_as_a_frame(model, rows):
    frame = pd.DataFrame(rows, columns=[f"pixel {k}" for k in range(9)])
    assert_same_picture(plot.reconstructions(model, frame), plot.reconstructions(model, rows))
    assert isinstance(model.seen_[0], pd.DataFrame)


def test_the_manifold_is_what_the_model_decodes(model):
    expected = figures.manifold_figure(model.inverse_transform, (3, 3), n=7, is_prior=False)
    assert_same_picture(plot.manifold(model, n=7), expected)
    assert title_of(plot.manifold(model, n=2)) == "Latent manifold of LinearModel"


@pytest.mark.parametrize(
    ("prior", "words"),
    [
        ("standard_normal", "every cell is equally likely under N(0, I)"),
        (StandardNormalPrior(), "every cell is equally likely under N(0, I)"),
        ("vamp", "cells at even quantiles of N(0, I), which is not this model's prior"),
        (None, "cells at even quantiles of N(0, I), which is not this model's prior"),
    ],
)
def test_cells_of_the_manifold_are_called_equally_likely_under_a_standard_normal_prior_alone(
    model, monkeypatch, prior, words
):
    if prior is not None:
        monkeypatch.setattr(model, "prior", prior, raising=False)
    assert plot.manifold(model, n=2).texts[0].get_text().startswith(words)


def test_a_manifold_of_more_than_two_dimensions_is_refused(rows):
    with pytest.raises(ValueError, match="this model has 5"):
        plot.manifold(LinearModel(5).fit(rows))


def test_codes_are_drawn_where_the_model_puts_them_by_label(model, rows):
    labels = np.arange(30) % 2
    axes = plot.latent(model, rows, labels).axes[0]
    for number, collection in enumerate(axes.collections):
        np.testing.assert_array_equal(collection.get_offsets(), rows[labels == number, :2])
    assert axes.get_title(loc="left") == "Latent space of LinearModel (30 rows)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["class 0 (15)", "class 1 (15)"]


def test_codes_of_more_dimensions_are_projected(rows):
    axes = plot.latent(LinearModel(4).fit(rows), rows).axes[0]
    assert axes.get_xlabel().startswith("principal component 1")
    assert axes.get_legend() is None


def test_rows_bring_their_labels_and_their_image_shape():
    values = np.random.default_rng(0).uniform(size=(12, 6))
    rows = types.SimpleNamespace(values=values, image_shape=(2, 3), labels=np.arange(12) % 3)
    model = LinearModel().fit(values)
    assert_same_picture(plot.samples(rows), figures.image_grid_figure(values, (2, 3)))
    expected = figures.reconstruction_figure(values[:10], values[:10] / 2, (2, 3))
    assert_same_picture(plot.reconstructions(model, rows), expected)
    assert len(plot.latent(model, rows).axes[0].collections) == 3
    assert len(plot.latent(model, rows, ["one"] * 12).axes[0].collections) == 1


def test_the_images_of_a_model_have_the_shape_that_it_was_told():
    rows = np.random.default_rng(0).uniform(size=(12, 6))
    model = LinearModel(image_shape=(3, 2)).fit(rows)
    drawn = model.sample(4, random_state=0)
    assert_same_picture(plot.samples(model, 4), figures.image_grid_figure(drawn, (3, 2)))
    wide = figures.image_grid_figure(drawn, (2, 3))
    assert_same_picture(plot.samples(model, 4, image_shape=(2, 3)), wide)


@pytest.mark.parametrize("name", ["samples", "reconstructions", "manifold"])
def test_rows_that_are_no_images_are_refused_with_what_to_pass(name):
    rows = np.random.default_rng(0).uniform(size=(12, 6))
    model = LinearModel().fit(rows)
    with pytest.raises(ValueError, match=r"row of 6 values is no square image.*pass image_shape="):
        getattr(plot, name)(model, *([rows] if name == "reconstructions" else []))


@pytest.mark.parametrize("name", ["samples", "reconstructions", "manifold", "latent", "training"])
def test_a_model_that_was_not_fitted_is_refused(name, rows):
    with pytest.raises(NotFittedError):
        getattr(plot, name)(LinearModel(), *([rows] if name in {"reconstructions", "latent"} else []))


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("samples", "sample"),
        ("reconstructions", "reconstruct"),
        ("manifold", "inverse_transform"),
        ("latent", "transform"),
    ],
)
def test_a_model_that_cannot_do_it_is_refused_by_name(name, method, rows):
    other = types.SimpleNamespace(fit=None)
    with pytest.raises(TypeError, match=f"SimpleNamespace has no method `{method}`"):
        getattr(plot, name)(other, *([rows] if name in {"reconstructions", "latent"} else []))


def test_no_image_is_no_picture(model):
    with pytest.raises(ValueError, match="one image at least"):
        plot.samples(model, 0)


def test_the_course_of_training_is_in_nats_per_row_with_the_validation_loss(model):
    figure = plot.training(model)
    axes = figure.axes[0]
    assert title_of(figure) == "Training of LinearModel"
    assert axes.get_ylabel() == "loss (nats per row)"
    drawn = {line.get_label(): line.get_ydata().tolist() for line in axes.get_lines()[:2]}
    assert drawn == {"loss": [3.0, 2.0], "validation loss": [3.5, 2.5]}
    assert axes.texts[0].get_text() == "kept: epoch 2"


def test_a_picture_of_images_is_saved_whole(model, tmp_path):
    plot.save(plot.samples(model), tmp_path / "grid.png")
    assert (tmp_path / "grid.png").read_bytes()[:4] == b"\x89PNG"
