"""Results in the users' units, whatever scale a model brings its columns to inside."""

import math
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler

from varigraph import VAE
from varigraph.decoders import LIKELIHOODS, GaussianLikelihood
from varigraph.models.loading import ROW_MODELS
from varigraph.models.rows import row_part
from varigraph.models.rows.network import RowNetwork, column_scale
from varigraph.rows.blocks import row_blocks

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(60, 2)) @ GENERATOR.normal(size=(2, 4)) + 0.3 * GENERATOR.normal(size=(60, 4))
# Powers of two: what is inside the model is then the same to the last bit but for the mean's rounding.
FACTORS, OFFSETS = np.array([1.0, 4.0, 0.125, 1024.0]), np.array([0.0, 8.0, -2.0, 0.0])
LOG_VOLUME = float(np.log(FACTORS).sum())
Y = X * FACTORS + OFFSETS
QUICK = {"latent_dim": 2, "hidden_dims": (6,), "max_epochs": 30, "batch_size": 32, "random_state": 0,
         "learning_rate": 0.02, "dtype": "float64"}  # fmt: skip

# Thirty epochs on sixty rows need not put the latent space to use.
pytestmark = pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")
every = pytest.mark.parametrize("name", ROW_MODELS)


@every
def test_a_column_times_c_lowers_the_log_density_by_log_c(name):
    ours, theirs = (ROW_MODELS[name](**QUICK).fit(rows) for rows in (X, Y))
    # Thirty epochs of training carry the rounding of means on; it stays far below any effect of a unit.
    close = {"rtol": 1e-6, "atol": 1e-6}
    np.testing.assert_allclose(theirs.transform(Y), ours.transform(X), **close)
    np.testing.assert_allclose(theirs.score_samples(Y), ours.score_samples(X) - LOG_VOLUME, **close)
    np.testing.assert_allclose(theirs.reconstruct(Y), ours.reconstruct(X) * FACTORS + OFFSETS, **close)
    for here, there in zip(ours.history_, theirs.history_, strict=True):
        assert there["loss"] == pytest.approx(here["loss"] + LOG_VOLUME, rel=1e-6)
        assert there["reconstruction"] == pytest.approx(here["reconstruction"] + LOG_VOLUME, rel=1e-6)
        assert there["val_loss"] == pytest.approx(here["val_loss"] + LOG_VOLUME, rel=1e-6)
        assert there["kl"] == pytest.approx(here["kl"], rel=1e-6)
    if name == "vae":
        assert ours.history_[0]["elbo"] - theirs.history_[0]["elbo"] == pytest.approx(LOG_VOLUME, rel=1e-6)
        np.testing.assert_allclose(theirs.elbo(Y), ours.elbo(X) - LOG_VOLUME, **close)
        np.testing.assert_allclose(theirs.sample(5), ours.sample(5) * FACTORS + OFFSETS, **close)


@every
def test_decoding_what_was_encoded_is_the_reconstruction(name):
    model = ROW_MODELS[name](**QUICK).fit(Y)
    z = model.transform(Y)
    np.testing.assert_allclose(model.inverse_transform(z), model.reconstruct(Y), rtol=1e-12)
    # In these units the error is a share of each column's own spread: no more than that of the mean.
    error = np.sqrt(np.square(model.reconstruct(Y) - Y).mean(axis=0)) / Y.std(axis=0)
    assert (error < 1.05).all()
    with pytest.raises(ValueError, match="Z has 3 columns"):
        model.inverse_transform(np.zeros((4, 3)))
    with pytest.raises(ValueError, match="Input Z contains NaN"):
        model.inverse_transform(np.full((4, 2), np.nan))


@every
def test_a_point_is_scored_by_the_normal_around_what_is_decoded(name):
    model = ROW_MODELS[name](**QUICK).fit(Y)
    # The scale is that of the rows that were trained on, of which some are held out.
    std = float(model.module_.decoder.likelihood.log_std.detach().exp()) * model.module_.scale.numpy()
    assert std == pytest.approx(std[0] * FACTORS * (X.std(axis=0) / X.std(axis=0)[0]), rel=0.3)
    residual = (Y - model.reconstruct(Y)) / std
    expected = (-0.5 * residual**2 - np.log(std) - 0.5 * math.log(2 * math.pi)).sum(axis=1)
    np.testing.assert_allclose(model.reconstruction_log_likelihood(Y), expected, rtol=1e-6)


@every
def test_a_constant_column_comes_back_as_it_was_and_spoils_nothing(name):
    rows = np.column_stack([X, np.full(60, 7.0)])
    model = ROW_MODELS[name](**QUICK).fit(rows)
    assert model.notes_[-1].startswith("1 column is constant (position 4): nothing can be learnt from it")
    assert np.isfinite(model.score_samples(rows)).all()
    np.testing.assert_allclose(model.reconstruct(rows)[:, 4], 7.0, atol=0.5)


def test_the_scale_is_that_of_a_standard_scaler_however_many_rows_go_at_once(monkeypatch):
    rows = GENERATOR.normal(5, [1, 10, 1e-3], (500, 3)).astype(np.float32)
    referee = StandardScaler().fit(rows.astype(np.float64))
    for n_bytes in (1 << 20, 6_000, 80):
        monkeypatch.setattr(row_part, "row_blocks", partial(row_blocks, n_bytes=n_bytes))
        shift, scale = column_scale(rows, kind="standard")
        np.testing.assert_allclose(shift, referee.mean_, rtol=1e-12)
        np.testing.assert_allclose(scale, referee.scale_, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, 1e7, -123.456])
def test_a_column_of_one_value_has_the_scale_1(dtype, value):
    rows = np.full((1_001, 1), value, dtype=dtype)
    assert column_scale(rows, kind="standard")[1].tolist() == [1.0]
    nearly = rows.copy()
    nearly[::2] = np.nextafter(nearly[::2], dtype(np.inf))
    if value:
        assert column_scale(nearly, kind="standard")[1].tolist() == [1.0]


@pytest.mark.parametrize(("dtype", "offset"), [(np.float32, 1e6), (np.float64, 1e12)])
def test_a_small_spread_far_from_0_is_no_constant(dtype, offset):
    rows = (offset + 10 * GENERATOR.normal(size=(20_000, 1))).astype(dtype)
    assert column_scale(rows, kind="standard")[1] == pytest.approx(10, rel=0.05)


def test_a_spread_that_the_precision_rounds_away_is_worth_a_note():
    rows = np.column_stack([X, 1e9 + GENERATOR.normal(size=60)])
    settings = QUICK | {"max_epochs": 1}
    narrow, wide = (
        ROW_MODELS["ae"](**settings | {"dtype": dtype}).fit(rows) for dtype in ("float32", "float64")
    )
    (note,) = [note for note in narrow.notes_ if "tell apart" in note]
    assert note == (
        "1 column varies by little more than float32 can tell apart at that distance from 0 (position 4): "
        "subtract the mean first, or use dtype='float64'."
    )
    assert not [note for note in wide.notes_ if "tell apart" in note]


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_unscaled_rows_are_passed_on_as_they_are(likelihood):
    rows = (X > 0).astype(float)
    model = VAE(**QUICK | {"max_epochs": 20}, likelihood=likelihood, scaling="none").fit(rows)
    module, some = model.module_, torch.from_numpy(rows)
    assert isinstance(module, RowNetwork)
    assert module.scaled(some) is some
    assert module.unscaled(some) is some
    assert module.log_scale == 0


@pytest.mark.parametrize("variance", ["fixed", "shared", "per_dimension"])
def test_a_gaussian_deviance_is_the_squared_error_in_units_of_the_spread(variance):
    model = VAE(
        latent_dim=2,
        likelihood=GaussianLikelihood(variance, std=0.5),
        max_epochs=3,
        patience=None,
        dtype="float64",
        random_state=0,
    ).fit(Y)
    std = model.module_.decoder.likelihood.log_std.detach().exp().numpy() * model.module_.scale.numpy()
    expected = (((Y - model.reconstruct(Y)) / std) ** 2).sum(axis=1)
    np.testing.assert_allclose(model.reconstruction_deviance(Y), expected, rtol=1e-9)


def test_a_bernoulli_deviance_is_twice_the_divergence_and_of_zeros_and_ones_minus_twice_the_likelihood():
    grey = np.random.default_rng(0).uniform(size=(40, 6))
    settings = {"latent_dim": 2, "likelihood": "bernoulli", "max_epochs": 3, "dtype": "float64"}
    model = VAE(**settings, patience=None, random_state=0).fit(grey)
    p = model.reconstruct(grey)
    divergence = (grey * np.log(grey / p) + (1 - grey) * np.log((1 - grey) / (1 - p))).sum(axis=1)
    np.testing.assert_allclose(model.reconstruction_deviance(grey), 2 * divergence, rtol=1e-9)
    bits = (grey > 0.5).astype(float)
    np.testing.assert_allclose(
        model.reconstruction_deviance(bits), -2 * model.reconstruction_log_likelihood(bits), rtol=1e-12
    )
