"""Row models beside baselines: numbers that are known, units, what is refused, and what is noted."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError

from exact_row_model import ExactRowModel
from varigraph.evaluation import row_baselines, row_evaluation
from varigraph.evaluation.row_evaluation import evaluate_rows
from varigraph.evaluation.row_result import ROW_METRICS
from varigraph.models.rows.ae import AE
from varigraph.models.rows.vae import VAE

N_LATENT = 2


def linear_rows(n_rows, *, seed):
    weights = np.random.default_rng(99).normal(size=(N_LATENT, 6))
    generator = np.random.default_rng(seed)
    return generator.normal(size=(n_rows, N_LATENT)) @ weights + 0.5 * generator.normal(size=(n_rows, 6))


TRAIN, TEST = linear_rows(300, seed=0), linear_rows(200, seed=1)


@pytest.fixture
def exact():
    return ExactRowModel(TRAIN, N_LATENT)


@pytest.fixture(scope="module")
def digits():
    rows = (load_digits().data / 16).astype(np.float32)
    return rows[:600], rows[600:800]


@pytest.fixture(scope="module")
def vae():
    return VAE(latent_dim=N_LATENT, max_epochs=3, patience=None, n_samples=5, random_state=0).fit(TRAIN)


@pytest.fixture(scope="module")
def binary(digits):
    model = VAE(
        latent_dim=2, likelihood="bernoulli", max_epochs=2, patience=None, n_samples=5, random_state=0
    )
    return model.fit(digits[0])


def test_an_exact_model_has_the_numbers_of_probabilistic_pca(exact):
    found = evaluate_rows(exact, TEST, train_rows=TRAIN, name="exact")
    values = exact.fitted.log_likelihood(TEST)
    mine, errors = found.model_metrics, found.model_standard_errors
    assert mine["log_likelihood"] == found.metrics["ppca"]["log_likelihood"] == pytest.approx(values.mean())
    assert errors["log_likelihood"] == pytest.approx(values.std(ddof=1) / math.sqrt(len(TEST)))
    # Ten draws of E_q log p(x | z) a row, whose variance at σ² of the noise is about 1 nat² each.
    assert mine["elbo"] == pytest.approx(values.mean(), abs=4 / math.sqrt(10 * len(TEST)))
    assert mine["active_units"] == N_LATENT
    assert found.n_samples == ExactRowModel.n_samples


def test_the_error_of_a_reconstruction_is_its_mean_square_beside_that_of_scikit_learns_pca(exact):
    found = evaluate_rows(exact, TEST, train_rows=TRAIN, name="exact")
    squared = np.square(TEST - exact.reconstruct(TEST)).mean(axis=1)
    theirs = PCA(N_LATENT, svd_solver="full").fit(TRAIN)
    assert found.model_metrics["mse"] == pytest.approx(squared.mean())
    assert found.model_standard_errors["mse"] == pytest.approx(squared.std(ddof=1) / math.sqrt(len(TEST)))
    projected = theirs.inverse_transform(theirs.transform(TEST))
    assert found.metrics["pca"]["mse"] == pytest.approx(np.square(TEST - projected).mean())
    mean_row = np.square(TEST - TRAIN.mean(axis=0)).mean()
    assert found.metrics["mean_row"]["mse"] == pytest.approx(mean_row)


def test_other_units_of_the_rows_change_densities_and_errors_as_units_do(exact):
    scale = np.full(6, 10.0)
    larger = evaluate_rows(
        ExactRowModel(10 * TRAIN, N_LATENT, scale=scale), 10 * TEST, train_rows=10 * TRAIN, name="exact"
    )
    plain = evaluate_rows(exact, TEST, train_rows=TRAIN, name="exact")
    for name in ("exact", "ppca", "independent_columns"):
        shift = plain.metrics[name]["log_likelihood"] - larger.metrics[name]["log_likelihood"]
        assert shift == pytest.approx(6 * math.log(10))
    assert larger.model_metrics["elbo"] == pytest.approx(plain.model_metrics["elbo"] - 6 * math.log(10))
    assert larger.model_metrics["kl"] == pytest.approx(plain.model_metrics["kl"])
    for name in ("exact", "pca", "mean_row"):
        assert larger.metrics[name]["mse"] == pytest.approx(100 * plain.metrics[name]["mse"])


def test_a_vae_has_every_metric_of_its_own_and_the_bound_is_below_its_log_likelihood(vae):
    found = evaluate_rows(vae, TEST, train_rows=TRAIN)
    assert found.model == "vae"
    assert list(found.model_metrics) == [name for name in ROW_METRICS if name != "psnr"]
    assert list(found.baseline_metrics) == ["pca", "ppca", "independent_columns", "mean_row"]
    assert found.model_metrics["elbo"] < found.model_metrics["log_likelihood"]
    assert found.model_metrics["active_units"] == vae.active_units_
    bounds = vae.elbo(TEST, n_samples=300, random_state=3)
    noise = found.model_standard_errors["elbo"]
    assert found.model_metrics["elbo"] == pytest.approx(bounds.mean(), abs=noise)


def test_the_same_random_state_gives_the_same_numbers_and_another_one_others(vae):
    first, again, other = (
        evaluate_rows(vae, TEST, train_rows=TRAIN, random_state=seed).to_dict() for seed in (0, 0, 1)
    )
    assert first == again
    assert first["metrics"]["vae"]["elbo"] != other["metrics"]["vae"]["elbo"]
    assert first["metrics"]["vae"]["log_likelihood"] != other["metrics"]["vae"]["log_likelihood"]
    assert first["metrics"]["pca"] == other["metrics"]["pca"]


def test_more_importance_samples_can_be_asked_for(vae):
    found = evaluate_rows(vae, TEST, train_rows=TRAIN, n_samples=50)
    assert found.n_samples == 50
    expected = vae.log_likelihood(TEST, n_samples=1_000, random_state=0).mean
    assert found.model_metrics["log_likelihood"] == pytest.approx(expected, abs=0.1)


def test_a_model_without_a_density_stands_beside_reconstructions_alone():
    model = AE(latent_dim=N_LATENT, max_epochs=1, random_state=0).fit(TRAIN)
    found = evaluate_rows(model, TEST, train_rows=TRAIN)
    assert list(found.metrics) == ["ae", "pca", "mean_row"]
    assert list(found.model_metrics) == ["reconstruction_log_likelihood", "mse"]
    assert found.n_samples is None
    assert "importance samples" not in found.caption


def test_bernoulli_rows_stand_beside_bernoulli_columns_and_grey_ones_are_noted(binary, digits):
    train, test = digits
    found = evaluate_rows(binary, test, train_rows=train)
    assert list(found.baseline_metrics) == ["pca", "independent_columns", "mean_row"]
    share = (train.sum(axis=0, dtype=np.float64) + 0.5) / (len(train) + 1)
    expected = (test * np.log(share) + (1 - test) * np.log(1 - share)).sum(axis=1)
    assert found.metrics["independent_columns"]["log_likelihood"] == pytest.approx(expected.mean())
    assert "cross-entropies of grey values" in found.notes[0]
    rounded = evaluate_rows(binary, np.round(test), train_rows=np.round(train))
    assert not any("grey values" in note for note in rounded.notes)


def test_psnr_is_that_of_the_mean_error_of_rows_between_zero_and_one(binary, digits):
    train, test = digits
    found = evaluate_rows(binary, test, train_rows=train)
    for name in ("vae", "pca", "mean_row"):
        mse, psnr = found.metrics[name]["mse"], found.metrics[name]["psnr"]
        assert psnr == pytest.approx(-10 * math.log10(mse))
        assert "psnr" not in found.standard_errors[name]


def test_a_likelihood_of_another_family_has_no_density_to_stand_beside(exact):
    """The likelihood is somebody's own, made of the known one."""
    known = exact.module_.decoder
    explained = evaluate_rows(exact, TEST, train_rows=TRAIN, name="known").metrics["known"]
    exact.reconstruct = lambda rows: TEST
    exact.reconstruction_log_likelihood = lambda rows: np.zeros(len(rows))
    exact.module_.decoder = lambda z: SimpleNamespace(log_prob=lambda rows: known(z).log_prob(rows) / 2)
    found = evaluate_rows(exact, TEST, train_rows=TRAIN, name="other")
    assert list(found.baseline_metrics) == ["pca", "mean_row"]
    halved = (explained["elbo"] + explained["kl"]) / 2
    assert found.model_metrics["elbo"] == pytest.approx(halved - explained["kl"])


def test_baselines_can_be_left_out(vae):
    assert list(evaluate_rows(vae, TEST, train_rows=TRAIN, baselines=False).metrics) == ["vae"]


def test_a_single_row_has_numbers_without_standard_errors(vae):
    found = evaluate_rows(vae, TEST[:1], train_rows=TRAIN)
    assert math.isnan(found.model_standard_errors["log_likelihood"])
    assert math.isfinite(found.model_metrics["log_likelihood"])
    assert found.to_dict()["standard_errors"]["vae"]["mse"] is None


def test_a_reconstruction_without_any_error_has_no_psnr_and_fits_json(exact):
    rows = np.zeros((3, 6))
    exact.reconstruct = lambda rows: rows
    found = evaluate_rows(exact, rows, train_rows=rows, name="exact")
    assert math.isnan(found.model_metrics["psnr"])
    json.dumps(found.to_dict(), allow_nan=False)


def test_constant_columns_of_a_density_are_noted(exact):
    one, two = TRAIN.copy(), TRAIN.copy()
    one[:, 0], two[:, :2] = 1, 1
    assert evaluate_rows(exact, TEST, train_rows=one, name="e").notes[0].startswith("1 column is constant")
    assert evaluate_rows(exact, TEST, train_rows=two, name="e").notes[0].startswith("2 columns are constant")
    assert evaluate_rows(exact, TEST, train_rows=TRAIN, name="e").notes == ()


def test_baselines_of_some_of_the_rows_are_noted(exact, monkeypatch):
    for module in (row_baselines, row_evaluation):
        monkeypatch.setattr(module, "WIDEST", 5)
    (note,) = evaluate_rows(exact, TEST, train_rows=TRAIN, name="exact").notes
    assert note.startswith("pca and ppca were fitted on 5 of the 300 training rows")
    assert evaluate_rows(exact, TEST, train_rows=TRAIN, name="exact", baselines=False).notes == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"train_rows": TRAIN[:, :4]}, r"same columns; got arrays of shape \(200, 6\) and \(300, 4\)"),
        ({"train_rows": TRAIN[:0]}, "There are 200 rows and 0 training rows"),
        ({"rows": TEST[:0]}, "There are 0 rows and 300 training rows"),
        ({"rows": TEST[0]}, "must be tables of the same columns"),
        ({"name": "pca"}, "The model's name 'pca' is that of a baseline"),
        ({"n_samples": 0}, "n_samples must be 1 or more, got 0"),
        ({"rows": TEST * np.nan}, "NaN"),
    ],
)
def test_what_cannot_be_scored_is_refused(vae, changes, sentence):
    options = {"rows": TEST, "train_rows": TRAIN, **changes}
    with pytest.raises(ValueError, match=sentence):
        evaluate_rows(vae, options.pop("rows"), **options)


def test_a_model_that_is_not_fitted_says_so():
    with pytest.raises(NotFittedError):
        evaluate_rows(VAE(), TEST, train_rows=TRAIN)


def test_a_model_worse_than_independent_columns_is_noted_and_a_better_one_is_not(exact):
    better = evaluate_rows(exact, TEST, train_rows=TRAIN, name="e", part="validation")
    assert not any("worse than independent" in note for note in better.notes)
    exact.log_likelihood = lambda rows, **_: SimpleNamespace(values=np.full(len(rows), -50.0))
    worse = evaluate_rows(exact, TEST, train_rows=TRAIN, name="e", part="validation")
    gap = [worse.metrics[one]["log_likelihood"] for one in ("e", "independent_columns")]
    assert gap[0] < gap[1]
    assert worse.notes[0].startswith(
        "The model explains the validation rows worse than independent columns do"
    )
    assert evaluate_rows(exact, TEST, train_rows=TRAIN, name="e", baselines=False).notes == ()
