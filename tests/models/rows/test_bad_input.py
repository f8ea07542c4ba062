"""Rows and settings that are wrong: refused in a clear sentence, at fit and afterwards."""

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from varigraph import AE, VAE, AnomalyDetector, BernoulliLikelihood, DenoisingAE

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=(30, 4))
QUICK = {"latent_dim": 2, "hidden_dims": (5,), "max_epochs": 2, "random_state": 0}
MODELS = {
    "AE": lambda **settings: AE(**QUICK | settings),
    "DenoisingAE": lambda **settings: DenoisingAE(**QUICK | settings),
    "VAE": lambda **settings: VAE(**QUICK | settings),
    "AnomalyDetector": lambda **settings: AnomalyDetector(AE(**QUICK | settings)),
}
BAD_ROWS = {
    "NaN": ([[0.1, np.nan, 0.2, 0.3]], "Input X contains NaN"),
    "infinity": ([[0.1, np.inf, 0.2, 0.3]], "Input X contains infinity or a value too large"),
    "text": ([["a", "b", "c", "d"]], "could not convert string to float: 'a'"),
    "one dimension": ([0.1, 0.2, 0.3, 0.4], "Expected 2D array, got 1D array instead"),
    "no rows": (np.empty((0, 4)), r"Found array with 0 sample\(s\) \(shape=\(0, 4\)\) while a minimum of 1"),
    "no columns": (np.empty((3, 0)), r"(Found array with 0 feature\(s\)|X has 0 features)"),
    "complex": (np.ones((3, 4), dtype=complex), "Complex data not supported"),
}

pytestmark = pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")
every = pytest.mark.parametrize("name", MODELS)


@cache
def fitted_on_good_rows(name):
    return MODELS[name]().fit(X)


@every
@pytest.mark.parametrize("kind", BAD_ROWS)
def test_rows_that_are_no_finite_numbers_are_refused_in_scikit_learns_words(name, kind):
    rows, message = BAD_ROWS[kind]
    with pytest.raises(ValueError, match=message):
        MODELS[name]().fit(rows)
    fitted = fitted_on_good_rows(name)
    with pytest.raises(ValueError, match=message):
        fitted.score_samples(rows)
    with pytest.raises(ValueError, match=message):
        fitted.fit(X, validation=rows)


@every
def test_sparse_rows_are_refused(name):
    with pytest.raises(TypeError, match="Sparse data was passed for X, but dense data is required"):
        MODELS[name]().fit(sparse.csr_array(X))


@every
def test_another_number_of_columns_is_refused(name):
    message = f"X has 3 features, but {name} is expecting 4 features as input"
    fitted = fitted_on_good_rows(name)
    verbs = (
        ["score_samples", "predict"] if name == "AnomalyDetector" else ["transform", "reconstruct", "score"]
    )
    for verb in verbs:
        with pytest.raises(ValueError, match=message):
            getattr(fitted, verb)(X[:, :3])
    with pytest.raises(ValueError, match=message):
        MODELS[name]().fit(X, validation=X[:, :3])


@every
def test_columns_of_other_names_are_refused(name):
    fitted = MODELS[name]().fit(
        pd.DataFrame(X, columns=list("abcd")), validation=pd.DataFrame(X, columns=list("abcd"))
    )
    assert list(fitted.feature_names_in_) == list("abcd")
    with pytest.raises(ValueError, match="feature names should match those that were passed during fit"):
        fitted.score_samples(pd.DataFrame(X, columns=list("abdc")))


@every
@pytest.mark.parametrize("likelihood", ["bernoulli", BernoulliLikelihood(dynamic=True)])
def test_grey_levels_are_no_probabilities(name, likelihood):
    grey = np.round(255 * X)
    message = re.escape(
        f"A Bernoulli likelihood needs values between 0 and 1, but X has values from {grey.min():g} to "
        f"{grey.max():g}. Divide grey levels of 0 to 255 by 255."
    )
    with pytest.raises(ValueError, match=message):
        MODELS[name](likelihood=likelihood).fit(grey)
    fitted = MODELS[name](likelihood=likelihood).fit(X)
    with pytest.raises(ValueError, match=message):
        fitted.score_samples(grey)
    with pytest.raises(ValueError, match=message):
        fitted.fit(X, validation=grey)


def test_a_density_is_asked_for_possible_values_alone_but_noisy_rows_may_be_encoded():
    model, noisy = VAE(**QUICK, likelihood="bernoulli").fit(X), X + 0.5
    for verb in (model.elbo, model.log_likelihood, model.score_samples, model.reconstruction_log_likelihood):
        with pytest.raises(ValueError, match="needs values between 0 and 1, but X has values from"):
            verb(noisy)
    assert np.isfinite(model.transform(noisy)).all()
    denoising = DenoisingAE(**QUICK, likelihood="bernoulli", corruption="gaussian").fit(X)
    assert denoising.denoise(noisy).max() <= 1


def test_partial_fit_refuses_what_fit_does_and_stays_as_it_was():
    model = VAE(**QUICK, likelihood="bernoulli").partial_fit(X)
    before = model.transform(X)
    for wrong, message in ((255 * X, "between 0 and 1"), (X * np.nan, "NaN"), (X[:, :3], "3 features")):
        with pytest.raises(ValueError, match=message):
            model.partial_fit(wrong)
    assert np.array_equal(model.transform(X), before)
    assert model.n_epochs_ == 1


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [
        ("latent_dim", 0, "a whole number of 1 or more"),
        ("latent_dim", 2.5, "a whole number of 1 or more"),
        ("latent_dim", True, "a whole number of 1 or more"),
        ("batch_size", 0, "a whole number of 1 or more"),
        ("n_samples", 0, "a whole number of 1 or more"),
        ("verbose", -1, "a whole number of 0 or more"),
        ("max_epochs", 0, "None, or a whole number of 1 or more"),
        ("patience", 0, "None, or a whole number of 1 or more"),
        ("hidden_dims", (5, 0), "None, or a tuple of whole numbers of 1 or more"),
        ("hidden_dims", 5, "None, or a tuple of whole numbers of 1 or more"),
        ("image_shape", (4,), "None, (height, width) or (height, width, channels)"),
        ("learning_rate", 0.0, "above 0"),
        ("learning_rate", float("nan"), "above 0"),
        ("weight_decay", -0.1, "a number of 0 or more"),
        ("scaling", "minmax", "one of auto, standard, none"),
        ("learning_rate_schedule", "step", "one of constant, cosine"),
        ("optimizer", "sgd", "one of adam, adagrad"),
        ("dtype", "float16", "one of float32, float64"),
    ],
)
def test_settings_out_of_range_are_refused_by_name(setting, value, wanted):
    message = re.escape(f"{setting} must be {wanted}, got {value!r}.")
    with pytest.raises(ValueError, match=f"^{message}$"):
        VAE(**QUICK | {setting: value}).fit(X)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("random_state", -1, "random_state must be an integer below 2"),
        ("device", "abacus", "device must be 'auto', 'cpu', 'cuda' or 'cuda:N', got 'abacus'"),
    ],
)
def test_seeds_and_devices_that_there_are_not_are_refused(setting, value, message):
    with pytest.raises(ValueError, match=message):
        VAE(**QUICK | {setting: value}).fit(X)
