"""Closed-form baselines: equal to scikit-learn and scipy, maxima of their likelihoods, never infinite."""

import functools
import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from sklearn.decomposition import PCA, FactorAnalysis

from varigraph.evaluation import row_baselines
from varigraph.evaluation.row_baselines import BernoulliColumns, NormalColumns, PrincipalComponents
from varigraph.rows.blocks import row_blocks

FLOOR = math.exp(-12)


def correlated_rows(n_rows, n_features, *, seed=0, n_factors=3):
    """Rows of a few factors and noise, with columns of different means and sizes."""
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(n_rows, n_factors)) @ generator.normal(size=(n_factors, n_features))
    noise = generator.normal(size=(n_rows, n_features))
    return (factors + 0.5 * noise) * generator.uniform(0.5, 2, n_features) + generator.normal(size=n_features)


def with_covariance_over_n(rows):
    """Rows that scikit-learn, which divides by n − 1, finds the maximum-likelihood covariance of."""
    n_rows = len(rows)
    return rows.mean(axis=0) + (rows - rows.mean(axis=0)) * math.sqrt((n_rows - 1) / n_rows)


@pytest.mark.parametrize("n_components", [1, 3, 6])
def test_ppca_is_the_density_of_scikit_learn(n_components):
    rows, others = correlated_rows(50, 7), correlated_rows(20, 7, seed=1)
    theirs = PCA(n_components, svd_solver="full").fit(with_covariance_over_n(rows))
    ours = PrincipalComponents.fit(rows, n_components)
    assert ours.noise_variance == pytest.approx(theirs.noise_variance_)
    np.testing.assert_allclose(ours.log_likelihood(others), theirs.score_samples(others), rtol=1e-9)


@pytest.mark.parametrize(("n_rows", "n_features"), [(50, 7), (9, 30)])
def test_pca_reconstructs_as_scikit_learn_does(n_rows, n_features):
    rows, others = correlated_rows(n_rows, n_features), correlated_rows(20, n_features, seed=1)
    theirs = PCA(4, svd_solver="full").fit(rows)
    ours = PrincipalComponents.fit(rows, 4)
    np.testing.assert_allclose(
        ours.reconstruct(others), theirs.inverse_transform(theirs.transform(others)), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(
        np.abs(ours.coordinates(others)), np.abs(theirs.transform(others)), rtol=1e-8, atol=1e-9
    )


@pytest.mark.parametrize(("n_rows", "n_features"), [(50, 7), (9, 12), (2, 5)])
def test_ppca_is_a_normal_density_of_the_users_rows(n_rows, n_features):
    rows, others = correlated_rows(n_rows, n_features), correlated_rows(6, n_features, seed=1)
    scale = rows.std(axis=0)
    fitted = PrincipalComponents.fit(rows, 3, scale=scale)
    excess = fitted.variances - fitted.noise_variance
    covariance = fitted.directions * excess @ fitted.directions.T + fitted.noise_variance * np.eye(n_features)
    dense = torch.distributions.MultivariateNormal(
        torch.from_numpy(fitted.mean), torch.from_numpy(covariance * np.outer(scale, scale))
    )
    expected = dense.log_prob(torch.from_numpy(others)).numpy()
    np.testing.assert_allclose(fitted.log_likelihood(others), expected, rtol=1e-7)


def test_of_fewer_rows_than_columns_the_noise_is_shared_by_all_columns_that_are_left():
    rows = correlated_rows(9, 30)
    squares = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False) ** 2 / 9
    fitted = PrincipalComponents.fit(rows, 4)
    np.testing.assert_allclose(fitted.variances, squares[:4])
    assert fitted.noise_variance == pytest.approx(squares[4:].sum() / (30 - 4))


@pytest.mark.parametrize(
    ("n_rows", "n_features", "asked", "kept"), [(9, 30, 50, 8), (50, 7, 50, 7), (1, 3, 2, 0), (9, 1, 1, 1)]
)
def test_there_are_no_more_components_than_rows_and_columns_allow(n_rows, n_features, asked, kept):
    rows = correlated_rows(n_rows, n_features)
    fitted = PrincipalComponents.fit(rows, asked)
    assert fitted.n_components == kept
    np.testing.assert_allclose(fitted.reconstruct(rows), rows, atol=1e-9)
    assert np.isfinite(fitted.log_likelihood(rows)).all()


def test_the_maximum_of_the_likelihood_lies_where_the_noise_is_the_mean_of_what_is_left():
    rows = correlated_rows(60, 8)
    fitted = PrincipalComponents.fit(rows, 3)
    best = fitted.log_likelihood(rows).mean()
    for factor in (0.9, 0.99, 1.01, 1.1):
        noisier = PrincipalComponents(
            **{**vars(fitted), "noise_variance": fitted.noise_variance * factor}
        ).log_likelihood(rows)
        wider = PrincipalComponents(**{**vars(fitted), "variances": fitted.variances * factor})
        assert noisier.mean() < best
        assert wider.log_likelihood(rows).mean() < best


def test_a_model_that_holds_another_explains_its_own_rows_no_worse():
    rows = correlated_rows(200, 6)
    isotropic = PrincipalComponents.fit(rows, 0).log_likelihood(rows).mean()
    probabilistic = PrincipalComponents.fit(rows, 2).log_likelihood(rows).mean()
    columns = NormalColumns.fit(rows).log_likelihood(rows).mean()
    factors = FactorAnalysis(2, tol=1e-3).fit(rows).score(rows)
    full = PrincipalComponents.fit(rows, 6).log_likelihood(rows).mean()
    assert isotropic < probabilistic < factors < full
    assert isotropic < columns < factors


def test_a_full_normal_does_not_depend_on_the_scale_of_columns():
    rows, others = correlated_rows(50, 5), correlated_rows(20, 5, seed=1)
    plain = PrincipalComponents.fit(rows, 5).log_likelihood(others)
    scaled = PrincipalComponents.fit(rows, 5, scale=rows.std(axis=0)).log_likelihood(others)
    np.testing.assert_allclose(plain, scaled, rtol=1e-9)


def test_normal_columns_are_those_of_scipy():
    rows, others = correlated_rows(50, 7), correlated_rows(20, 7, seed=1)
    expected = stats.norm(rows.mean(axis=0), rows.std(axis=0)).logpdf(others).sum(axis=1)
    for scale in (None, np.linspace(0.1, 3, 7)):
        fitted = NormalColumns.fit(rows, scale=scale)
        np.testing.assert_allclose(fitted.log_likelihood(others), expected, rtol=1e-9)


def test_a_constant_column_has_the_variance_of_the_floor():
    rows = np.column_stack([correlated_rows(50, 3), np.full(50, 7.0)])
    scale = np.array([*rows.std(axis=0)[:3], 1.0])
    fitted = NormalColumns.fit(rows, scale=scale)
    np.testing.assert_allclose(fitted.variance[:3], rows.var(axis=0)[:3])
    assert fitted.variance[3] == pytest.approx(0.75 * FLOOR)  # of columns with the variances 1, 1, 1 and 0
    components = PrincipalComponents.fit(rows, 3, scale=scale)
    assert components.noise_variance == pytest.approx(0.75 * FLOOR)
    assert np.isfinite(components.log_likelihood(rows)).all()


def test_rows_that_are_all_equal_have_a_finite_density():
    rows = np.full((5, 3), 2.5)
    expected = 3 * stats.norm(0, math.exp(-6)).logpdf(0)
    for fitted in (NormalColumns.fit(rows), PrincipalComponents.fit(rows, 2)):
        np.testing.assert_allclose(fitted.log_likelihood(rows), expected)


def test_bernoulli_columns_are_those_of_scipy_with_half_a_count_of_each_value_added():
    rows = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    fitted = BernoulliColumns.fit(rows)
    np.testing.assert_allclose(fitted.probability, [0.5 / 4, 2.5 / 4, 3.5 / 4])
    every_row = np.array(list(itertools.product([0, 1], repeat=3)), dtype=np.float64)
    expected = stats.bernoulli(fitted.probability).logpmf(every_row).sum(axis=1)
    np.testing.assert_allclose(fitted.log_likelihood(every_row), expected)
    assert np.exp(fitted.log_likelihood(every_row)).sum() == pytest.approx(1)


def test_grey_values_weigh_the_log_probabilities_of_both_outcomes():
    fitted = BernoulliColumns.fit(np.array([[0.0], [1.0], [1.0]]))
    zero, one = fitted.log_likelihood(np.array([[0.0], [1.0]]))
    assert fitted.log_likelihood(np.array([[0.3]]))[0] == pytest.approx(0.7 * zero + 0.3 * one)


@pytest.mark.parametrize("kind", [NormalColumns, BernoulliColumns, PrincipalComponents])
def test_rows_in_a_file_and_in_blocks_give_what_rows_in_memory_give(kind, tmp_path, monkeypatch):
    rows = stats.norm.cdf(correlated_rows(40, 5)).astype(np.float32)
    np.save(tmp_path / "rows.npy", rows)
    arguments = (2,) if kind is PrincipalComponents else ()
    whole = kind.fit(rows, *arguments).log_likelihood(rows)
    monkeypatch.setattr(row_baselines, "row_blocks", functools.partial(row_blocks, n_bytes=70))
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    np.testing.assert_allclose(kind.fit(mapped, *arguments).log_likelihood(mapped), whole, rtol=1e-9)


def test_of_many_rows_that_are_very_wide_an_even_share_is_looked_at(monkeypatch):
    monkeypatch.setattr(row_baselines, "WIDEST", 5)
    rows = correlated_rows(21, 8)
    fitted, of_five = PrincipalComponents.fit(rows, 2), PrincipalComponents.fit(rows[::5], 2)
    assert fitted.n_fitted == 5
    np.testing.assert_allclose(fitted.log_likelihood(rows), of_five.log_likelihood(rows))


@settings(max_examples=30, deadline=None)
@given(
    rows=arrays.arrays(
        np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-5, 5, width=16)
    ),
    n_components=st.integers(0, 7),
)
def test_no_rows_make_a_density_infinite(rows, n_components):
    components = PrincipalComponents.fit(rows, n_components)
    for fitted in (components, NormalColumns.fit(rows)):
        assert np.isfinite(fitted.log_likelihood(rows)).all()
    identity = np.eye(components.n_components)
    np.testing.assert_allclose(components.directions.T @ components.directions, identity, atol=1e-6)
