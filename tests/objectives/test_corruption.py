"""Corruptions: how many entries they spoil, into what, and that they leave the rows they are given alone."""

import math

import pytest
import torch
from scipy import stats

from varigraph.objectives.corruption import CORRUPTIONS, GaussianNoise, MaskingNoise, SaltAndPepper

every = pytest.mark.parametrize("name", CORRUPTIONS)

# Beyond this many standard errors a draw of this test's fixed seed would be one in a million.
WIDE = 5.0


def a_generator(seed=0):
    return torch.Generator().manual_seed(seed)


def some_rows(n_rows=300, n_features=40, dtype=torch.float64):
    """Entries strictly between 0 and 1, so that every spoilt one shows."""
    return torch.rand(n_rows, n_features, dtype=dtype, generator=a_generator(9)) * 0.8 + 0.1


def within_binomial_interval(count, n_trials, probability):
    low, high = stats.binom.interval(1 - 1e-6, n_trials, probability)
    return low <= count <= high


@every
def test_rows_are_left_alone_and_the_result_is_new_memory(name):
    rows = some_rows()
    before = rows.clone()
    spoilt = CORRUPTIONS[name]()(rows, generator=a_generator())
    spoilt.add_(1.0)
    assert torch.equal(rows, before)


@every
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shape_and_dtype_are_those_of_the_rows(name, dtype):
    rows = some_rows(dtype=dtype).reshape(3, 100, 40)
    spoilt = CORRUPTIONS[name]()(rows, generator=a_generator())
    assert spoilt.shape == rows.shape
    assert spoilt.dtype == dtype
    assert not torch.equal(spoilt, rows)


@every
def test_the_generator_decides_and_moves_on(name):
    rows, corruption, generator = some_rows(), CORRUPTIONS[name](), a_generator()
    before = torch.random.get_rng_state()
    first, second = (corruption(rows, generator=generator) for _ in range(2))
    assert torch.equal(first, corruption(rows, generator=a_generator()))
    assert not torch.equal(first, second)
    assert torch.equal(before, torch.random.get_rng_state())


@every
def test_strength_0_spoils_nothing(name):
    rows = some_rows()
    assert torch.equal(CORRUPTIONS[name](0.0)(rows, generator=a_generator()), rows)


@every
def test_an_empty_batch_stays_empty(name):
    assert CORRUPTIONS[name]()(torch.zeros(0, 5), generator=a_generator()).shape == (0, 5)


@every
def test_no_gradient_flows_through_it(name):
    rows = some_rows().requires_grad_()
    assert not CORRUPTIONS[name]()(rows, generator=a_generator()).requires_grad


@every
@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_generator_of_the_cpu_spoils_rows_on_a_gpu_alike(name):
    rows = some_rows(dtype=torch.float32)
    there = CORRUPTIONS[name]()(rows.cuda(), generator=a_generator())
    assert there.is_cuda
    # A fused multiply-add rounds once where the CPU may round twice.
    torch.testing.assert_close(there.cpu(), CORRUPTIONS[name]()(rows, generator=a_generator()))


@pytest.mark.parametrize("fraction", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("corruption", [MaskingNoise, SaltAndPepper])
def test_the_spoilt_share_lies_in_its_binomial_interval(corruption, fraction):
    rows = some_rows()
    changed = corruption(fraction)(rows, generator=a_generator()) != rows
    assert within_binomial_interval(int(changed.sum()), rows.numel(), fraction)


@pytest.mark.parametrize("corruption", [MaskingNoise, SaltAndPepper])
def test_entries_are_spoilt_independently(corruption):
    rows = some_rows(4000, 10)
    changed = corruption(0.3)(rows, generator=a_generator()) != rows
    counts = torch.bincount(changed.sum(dim=1), minlength=11).numpy()
    expected = 4000 * stats.binom.pmf(range(11), 10, 0.3)
    # The rows' counts are binomial; the last five values are rare and go together.
    folded = [(*values[:6], sum(values[6:])) for values in (counts, expected)]
    assert stats.chisquare(*folded).pvalue > 1e-4


def test_masking_sets_to_0_and_keeps_the_rest():
    rows = some_rows()
    spoilt = MaskingNoise(0.3)(rows, generator=a_generator())
    assert torch.equal(spoilt[spoilt != 0], rows[spoilt != 0])
    assert torch.count_nonzero(spoilt) < rows.numel()


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_rows_of_every_precision_lose_the_same_entries(dtype):
    rows = some_rows()
    there, here = (MaskingNoise(0.3)(r, generator=a_generator()) for r in (rows.to(dtype), rows))
    assert torch.equal(there == 0, here == 0)


def test_masking_of_everything_leaves_nothing():
    assert not MaskingNoise(1.0)(some_rows(), generator=a_generator()).any()


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-2.0, 5.0)])
def test_salt_and_pepper_sets_to_the_ends_by_a_fair_coin(low, high):
    rows = some_rows()
    spoilt = SaltAndPepper(0.4, low=low, high=high)(rows, generator=a_generator())
    changed = spoilt != rows
    assert set(spoilt[changed].tolist()) == {low, high}
    assert within_binomial_interval(int((spoilt[changed] == high).sum()), int(changed.sum()), 0.5)


def test_gaussian_noise_is_normal_with_its_mean_and_spread():
    rows = some_rows()
    noise = (GaussianNoise(0.7)(rows, generator=a_generator()) - rows).flatten()
    n = len(noise)
    assert abs(noise.mean().item()) < WIDE * 0.7 / math.sqrt(n)
    # The standard error of a normal's standard deviation is σ/√(2n).
    assert noise.std().item() == pytest.approx(0.7, abs=WIDE * 0.7 / math.sqrt(2 * n))
    assert stats.kstest(noise.numpy(), stats.norm(scale=0.7).cdf).pvalue > 1e-4


@pytest.mark.parametrize("fraction", [-0.1, 1.1, math.nan])
@pytest.mark.parametrize("corruption", [MaskingNoise, SaltAndPepper])
def test_a_fraction_outside_0_to_1_is_refused(corruption, fraction):
    with pytest.raises(ValueError, match=r"fraction must be a number between 0 and 1, got"):
        corruption(fraction)


@pytest.mark.parametrize("std", [-0.1, math.inf, math.nan])
def test_a_std_that_is_none_is_refused(std):
    with pytest.raises(ValueError, match=r"std must be a number of 0 or more, got"):
        GaussianNoise(std)


@pytest.mark.parametrize(("low", "high"), [(1.0, 0.0), (1.0, 1.0), (-math.inf, 0.0), (0.0, math.nan)])
def test_ends_in_the_wrong_order_are_refused(low, high):
    with pytest.raises(ValueError, match=r"low must be a number below high, got low="):
        SaltAndPepper(low=low, high=high)
