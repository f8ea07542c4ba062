"""Figures of densities and reconstructions against scipy, scikit-learn and the distributions' formulas."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import sem
from sklearn.metrics import mean_squared_error

from varigraph.distributions import DiagonalNormal
from varigraph.evaluation.density import active_units, kl_per_dimension, mean_and_standard_error, psnr


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def test_the_mean_and_its_error_equal_scipys():
    values = numbers(50)
    mean, error = mean_and_standard_error(values)
    assert mean == pytest.approx(values.mean(), rel=1e-14)
    assert error == pytest.approx(sem(values), rel=1e-14)


def test_a_single_value_has_no_standard_error():
    mean, error = mean_and_standard_error(np.array([3.0]))
    assert mean == 3.0
    assert math.isnan(error)


def test_small_differences_of_large_float32_values_are_not_rounded_away():
    values = np.tile(np.array([10_000.0, 10_001.0], dtype=np.float32), 20_000)
    mean, error = mean_and_standard_error(values)
    assert mean == 10_000.5
    assert error == pytest.approx(sem(values.astype(np.float64)), rel=1e-12)


def test_psnr_is_that_of_the_mean_squared_error_of_all_entries():
    rows, other = numbers(6, 8), numbers(6, 8, seed=1)
    expected = 10 * math.log10(1 / mean_squared_error(rows, other))
    assert psnr(rows, other) == pytest.approx(expected, rel=1e-12)


def test_psnr_is_not_the_mean_of_the_rows_own():
    rows, other = np.zeros((2, 4)), np.array([[0.1] * 4, [0.01] * 4])
    of_rows = [psnr(rows[i : i + 1], other[i : i + 1]) for i in range(2)]
    assert of_rows == pytest.approx([20.0, 40.0])
    assert psnr(rows, other) < np.mean(of_rows) - 5


@given(scale=st.floats(0.01, 1000), seed=st.integers(0, 99))
def test_psnr_does_not_depend_on_the_unit_when_the_peak_goes_with_it(scale, seed):
    rows, other = numbers(3, 4, seed=seed), numbers(3, 4, seed=seed + 1)
    assert psnr(scale * rows, scale * other, peak=scale) == pytest.approx(psnr(rows, other), abs=1e-9)


def test_half_the_error_is_six_decibels_and_none_is_infinite():
    rows, other = numbers(3, 4), numbers(3, 4, seed=1)
    halved = psnr(rows, rows + (other - rows) / 2)
    assert halved - psnr(rows, other) == pytest.approx(20 * math.log10(2))
    assert psnr(rows, rows.copy()) == math.inf


def test_one_reconstruction_may_stand_for_all_rows():
    rows, one = numbers(3, 4), numbers(4, seed=1)
    assert psnr(rows, one) == psnr(rows, np.tile(one, (3, 1)))


def test_a_unit_is_active_when_its_means_vary_over_rows_by_more_than_the_threshold():
    signs = torch.tensor([-1.0, 1.0]).repeat(50)[:, None]
    spreads = torch.tensor([0.0, 0.09, 0.11, 2.0])  # variances 0, 0.0081, 0.0121 and 4
    means = 7 + signs * spreads
    assert active_units(means).tolist() == [False, False, True, True]
    assert active_units(means, threshold=0.005).tolist() == [False, True, True, True]


def test_no_unit_of_a_single_row_is_active():
    assert active_units(torch.full((1, 3), 9.0)).tolist() == [False, False, False]


def test_divergences_of_the_dimensions_add_up_to_that_of_the_posterior():
    generator = torch.Generator().manual_seed(0)
    means, log_stds = torch.randn(2, 30, 5, generator=generator, dtype=torch.float64)
    of_dimensions = kl_per_dimension(means, log_stds)
    _, of_rows = DiagonalNormal(means, log_stds).sample_with_kl(generator)
    assert of_dimensions.shape == (5,)
    torch.testing.assert_close(of_dimensions.sum(), of_rows.mean(), rtol=1e-12, atol=0)


def test_a_dimension_that_follows_the_prior_diverges_by_nothing():
    means, log_stds = torch.zeros(4, 2), torch.zeros(4, 2)
    means[:, 1] = 1.0
    assert kl_per_dimension(means, log_stds).tolist() == [0.0, 0.5]


def test_the_divergence_of_an_almost_idle_dimension_is_exact_in_float32():
    log_stds = torch.full((4, 1), 1e-3)
    # ½ (e^2ε − 1) − ε = ε² + …, and e^2ε − 1 by subtraction would be off by 6e-8.
    torch.testing.assert_close(
        kl_per_dimension(torch.zeros(4, 1), log_stds), torch.tensor([1.000667e-6]), rtol=1e-3, atol=0
    )
