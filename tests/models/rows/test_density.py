"""Densities of a fitted VAE against a linear model whose log-likelihood is known, and draws from it."""

import math
from functools import partial

import numpy as np
import pytest
import torch

from linear_gaussian import LinearGaussian, exact_elbo
from small_rows import some_rows
from varigraph import VAE, BernoulliLikelihood
from varigraph.models.rows import base, density
from varigraph.rows.blocks import row_blocks

MODEL = LinearGaussian()
ROWS = MODEL.rows(40).numpy()
EXACT = MODEL.log_likelihood(torch.from_numpy(ROWS)).numpy()
OFF = {"shrink": 0.8, "widen": 0.2}  # an encoder beside the exact posterior, wide enough to sample from
WIDE = 5.0  # standard errors


@pytest.fixture(scope="module")
def off():
    return MODEL.estimator(**OFF)


@pytest.mark.parametrize("n_samples", [1, 3, 50])
def test_at_the_exact_posterior_every_draw_gives_the_log_likelihood(n_samples):
    model = MODEL.estimator(n_samples=n_samples)
    found = model.log_likelihood(ROWS)
    np.testing.assert_allclose(found.values, EXACT, rtol=1e-10)
    np.testing.assert_allclose(model.score_samples(ROWS), EXACT, rtol=1e-10)
    if n_samples > 1:  # one draw has no spread
        assert found.standard_errors.max() < 1e-6
    assert model.score(ROWS) == pytest.approx(EXACT.mean(), rel=1e-12)


def test_the_estimate_is_the_log_likelihood_within_its_standard_error(off):
    found = off.log_likelihood(ROWS, n_samples=4_000)
    in_errors = (found.values - EXACT) / found.standard_errors
    assert np.abs(in_errors).max() < WIDE
    # Each row has draws of its own: their mean square is 1 within five of its standard errors.
    assert np.square(in_errors).mean() == pytest.approx(1, abs=WIDE * math.sqrt(2 / len(ROWS)))
    assert found.standard_errors.max() < 0.05


def test_the_standard_error_is_the_spread_over_seeds(off):
    runs = [off.log_likelihood(ROWS, n_samples=400, random_state=seed) for seed in range(50)]
    spread = np.std([run.values for run in runs], axis=0, ddof=1)
    claimed = np.mean([run.standard_errors for run in runs], axis=0)
    # A spread over 50 seeds is known to 10 %; the mean over 40 rows to 2 %.
    assert (spread / claimed).mean() == pytest.approx(1, abs=0.1)


def test_the_mean_over_rows_has_the_standard_error_of_a_mean(off):
    found = off.log_likelihood(ROWS)
    assert found.mean == pytest.approx(found.values.mean())
    assert found.standard_error == pytest.approx(found.values.std(ddof=1) / math.sqrt(len(ROWS)))
    assert math.isnan(off.log_likelihood(ROWS[:1]).standard_error)


def test_the_bound_is_unbiased_and_below_the_log_likelihood(off):
    runs = np.stack([off.elbo(ROWS, n_samples=20, random_state=seed).mean() for seed in range(60)])
    exact = exact_elbo(MODEL.parts(**OFF), torch.from_numpy(ROWS)).numpy()
    assert runs.mean() == pytest.approx(exact.mean(), abs=WIDE * runs.std(ddof=1) / math.sqrt(60))
    assert (exact < EXACT).all()
    found = off.log_likelihood(ROWS, n_samples=400)
    assert found.values.mean() - runs.mean() > 0.5 * (EXACT.mean() - exact.mean())


def test_a_rows_score_depends_on_that_row_alone(off, monkeypatch):
    order = np.random.default_rng(0).permutation(len(ROWS))
    whole, bound = off.score_samples(ROWS), off.elbo(ROWS, n_samples=5)
    np.testing.assert_allclose(off.score_samples(ROWS[order]), whole[order], rtol=1e-12)
    np.testing.assert_allclose(off.score_samples(ROWS[7:9]), whole[7:9], rtol=1e-12)
    # In blocks, whatever their size: as many rows as memory holds, draws a few at a time.
    monkeypatch.setattr(density, "_NUMBERS_AT_ONCE", 3 * 11 * ROWS.shape[1])
    monkeypatch.setattr(base, "row_blocks", partial(row_blocks, n_bytes=11 * ROWS[0].nbytes))
    np.testing.assert_allclose(off.score_samples(ROWS), whole, rtol=1e-12)
    np.testing.assert_allclose(off.elbo(ROWS, n_samples=5), bound, rtol=1e-12)


def test_scores_repeat_and_other_seeds_give_other_ones(off):
    assert np.array_equal(off.score_samples(ROWS), off.score_samples(ROWS))
    for verb in (off.elbo, lambda rows, **options: off.log_likelihood(rows, **options).values):
        assert np.array_equal(verb(ROWS), verb(ROWS))
        assert np.array_equal(verb(ROWS, random_state=3), verb(ROWS, random_state=3))
        assert not np.array_equal(verb(ROWS), verb(ROWS, random_state=3))


def test_one_generator_serves_all_blocks_of_rows(off, monkeypatch):
    whole = off.elbo(ROWS, random_state=np.random.default_rng(2))
    monkeypatch.setattr(base, "row_blocks", partial(row_blocks, n_bytes=11 * ROWS[0].nbytes))
    np.testing.assert_allclose(off.elbo(ROWS, random_state=np.random.default_rng(2)), whole, rtol=1e-12)


def test_no_draws_are_refused(off):
    for verb in (off.elbo, off.log_likelihood):
        with pytest.raises(ValueError, match="n_samples must be a whole number of 1 or more, got 0"):
            verb(ROWS, n_samples=0)
    with pytest.raises(ValueError, match="n_samples must be a whole number of 1 or more, got 0"):
        off.sample(0)


@pytest.mark.parametrize("mean", [False, True])
def test_samples_have_the_moments_of_the_model(off, mean):
    n = 20_000
    drawn = off.sample(n, random_state=5, mean=mean)
    noise = 0 if mean else MODEL.std**2
    covariance = (MODEL.loadings @ MODEL.loadings.T).numpy() + noise * np.eye(4)
    variances = np.diag(covariance)
    errors = np.sqrt(variances / n)
    assert (np.abs(drawn.mean(axis=0) - MODEL.offset.numpy()) < WIDE * errors).all()
    # Of n normal pairs a covariance has the variance (c_ij² + c_ii c_jj)/n.
    tolerance = WIDE * np.sqrt((covariance**2 + np.outer(variances, variances)) / n)
    assert (np.abs(np.cov(drawn.T) - covariance) < tolerance).all()


def test_samples_repeat_with_the_seed_and_leave_globals_alone(off):
    before = torch.random.get_rng_state()
    assert np.array_equal(off.sample(3), off.sample(3))
    assert np.array_equal(off.sample(3, random_state=1), off.sample(3, random_state=1))
    assert not np.array_equal(off.sample(3), off.sample(3, random_state=1))
    assert off.sample().shape == (1, 4)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")
@pytest.mark.parametrize("prior", ["standard_normal", "mixture", "vamp"])
def test_samples_of_a_bernoulli_are_zeros_and_ones_and_their_means_probabilities(prior):
    rows = some_rows(40, likelihood="bernoulli").numpy()
    model = VAE(2, hidden_dims=(5,), likelihood=BernoulliLikelihood(), prior=prior, max_epochs=40,
                learning_rate=0.02, random_state=0).fit(rows)  # fmt: skip
    drawn, means = model.sample(50), model.sample(50, mean=True)
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert means.min() > 0
    assert means.max() < 1
    assert len(np.unique(means)) > 50


def test_the_mean_of_the_bound_over_rows_has_an_error_that_averages_out(off):
    rows = np.random.default_rng(3).normal(size=(3_000, ROWS.shape[1])) @ np.diag(ROWS.std(axis=0))
    means = [off.elbo(rows, random_state=seed).mean() for seed in range(12)]
    alone = np.std([off.elbo(rows[:40], random_state=seed) for seed in range(12)], axis=0).mean()
    # Of one noise for all rows the means would differ as much as a row's own values do.
    assert np.std(means) < 0.2 * alone


def test_keys_of_rows_are_spread_and_decided_by_each_row_alone():
    rows = torch.from_numpy(np.random.default_rng(0).normal(size=(20_000, 5)))
    keys = density.row_keys(rows)
    assert torch.equal(density.row_keys(rows[7:9]), keys[7:9])
    counts = torch.bincount(keys, minlength=1_024).double()
    # Chi-squared of 1,023 degrees of freedom: 1,023 ± 45.
    assert ((counts - 20_000 / 1_024) ** 2 / (20_000 / 1_024)).sum() < 1_023 + 6 * 45
    bits = (rows > 0).float()
    assert len(density.row_keys(bits).unique()) > 25  # 32 different rows of five zeros and ones
