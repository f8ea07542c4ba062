"""`IndependentBernoulli` against torch's cross-entropy, at every size, far from 0, and its own gradient."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import distributions as td
from torch.nn import functional as F

from varigraph.distributions import Bernoulli, IndependentBernoulli
from varigraph.distributions.independent_bernoulli import _SMALL_ENTRIES, _TILE_ENTRIES

# Rows × features: torch's own kernel, one tile, several tiles, and a prime width that cannot be grouped.
SHAPES = [(3, 5), (60, 784), (200, 784), (50, 797)]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def logits_and_values(shape, dtype=torch.float64, spread=6.0):
    logits = spread * torch.randn(shape, generator=generator(), dtype=torch.float64)
    values = torch.rand(shape, generator=generator(1), dtype=torch.float64)
    values[..., 0] = 0.0
    values[..., 1] = 1.0
    return logits.to(dtype), values.to(dtype)


def minus_cross_entropy(logits, values):
    return -F.binary_cross_entropy_with_logits(logits, values, reduction="none").sum(dim=-1)


def test_the_shapes_reach_every_way_of_computing():
    sizes = [rows * features for rows, features in SHAPES]
    assert sizes[0] <= _SMALL_ENTRIES < sizes[1] <= _TILE_ENTRIES < sizes[2]
    assert sizes[3] > _SMALL_ENTRIES


@pytest.mark.parametrize("shape", SHAPES)
def test_value_and_gradient_are_minus_those_of_the_binary_cross_entropy(shape):
    logits, values = logits_and_values(shape)
    ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    weights = torch.randn(shape[0], generator=generator(2), dtype=torch.float64)
    log_prob, expected = IndependentBernoulli(ours).log_prob(values), minus_cross_entropy(theirs, values)
    torch.testing.assert_close(log_prob, expected, rtol=1e-12, atol=0)
    (log_prob * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-12, atol=1e-15)
    torch.testing.assert_close(
        IndependentBernoulli(logits).log_prob(values), log_prob.detach(), rtol=0, atol=0
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_the_gradient_is_the_numerical_one(shape):
    logits, values = logits_and_values(shape, spread=3.0)
    direction = torch.randn(shape, generator=generator(3), dtype=torch.float64)
    step = 1e-5
    logits.requires_grad_()
    IndependentBernoulli(logits).log_prob(values).sum().backward()
    with torch.no_grad():
        ahead, behind = (
            IndependentBernoulli(logits + sign * step * direction).log_prob(values).sum() for sign in (1, -1)
        )
    # Central differences err by step² and by the rounding of two sums of about 1e5, over 2e-5.
    torch.testing.assert_close(
        (logits.grad * direction).sum(), (ahead - behind) / (2 * step), rtol=1e-5, atol=1e-4
    )


def test_gradcheck_passes_where_the_library_computes_the_gradient_itself(monkeypatch):
    monkeypatch.setattr("varigraph.distributions.independent_bernoulli._SMALL_ENTRIES", 0)
    monkeypatch.setattr("varigraph.distributions.independent_bernoulli._TILE_ENTRIES", 6)
    logits, values = logits_and_values((2, 3, 2), spread=3.0)

    def log_prob(logits):
        return IndependentBernoulli(logits).log_prob(values[0])

    assert torch.autograd.gradcheck(log_prob, (logits.requires_grad_(),))


@pytest.mark.parametrize("shape", SHAPES)
def test_float32_errs_by_the_rounding_of_a_sum(shape):
    logits, values = logits_and_values(shape, torch.float32)
    exact = minus_cross_entropy(logits.double(), values.double())
    # Every term is rounded to 6e-8 of its size, and every partial sum to as much of the total.
    tolerance = 6e-8 * (logits.abs().sum(dim=1) + math.sqrt(shape[1]) * exact.abs())
    assert ((IndependentBernoulli(logits).log_prob(values) - exact).abs() <= tolerance).all()


@pytest.mark.parametrize("n_rows", [1, 200])
def test_hopeless_pixels_cost_their_logit_and_keep_a_gradient(n_rows):
    logits = torch.full((n_rows, 784), 1e4).requires_grad_()
    log_prob = IndependentBernoulli(logits).log_prob(torch.zeros(784))
    assert log_prob.tolist() == [-784e4] * n_rows
    log_prob.sum().backward()
    assert torch.equal(logits.grad, -torch.ones(n_rows, 784))


@pytest.mark.parametrize("n_rows", [1, 200])
def test_a_confident_and_right_zero_keeps_its_gradient_in_float32(n_rows):
    logits = torch.full((n_rows, 784), -30.0).requires_grad_()
    IndependentBernoulli(logits).log_prob(torch.zeros(784)).sum().backward()
    torch.testing.assert_close(logits.grad, torch.full((n_rows, 784), -math.exp(-30)), rtol=1e-5, atol=0)


@pytest.mark.parametrize("n_features", [4, 784])
def test_values_meet_every_sample_of_the_logits(n_features):
    n_samples, n_rows = 6, 40
    logits, _ = logits_and_values((n_samples, n_rows, n_features))
    _, values = logits_and_values((n_rows, n_features))
    logits.requires_grad_()
    log_prob = IndependentBernoulli(logits).log_prob(values)
    assert log_prob.shape == (n_samples, n_rows)
    expected = minus_cross_entropy(logits, values.expand_as(logits))
    torch.testing.assert_close(log_prob, expected, rtol=1e-12, atol=0)
    (ours,) = torch.autograd.grad(log_prob.sum(), logits)
    (theirs,) = torch.autograd.grad(expected.sum(), logits)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("n_features", [4, 784])
@pytest.mark.parametrize("shape", [(60,), (1, 60), (1,), ()])
def test_logits_meet_every_sample_of_the_values(shape, n_features):
    logits, _ = logits_and_values((*shape, n_features))
    _, values = logits_and_values((3, 60, n_features))
    logits.requires_grad_()
    log_prob = IndependentBernoulli(logits).log_prob(values)
    assert log_prob.shape == (3, 60)
    log_prob.sum().backward()
    expected = (values - torch.sigmoid(logits)).sum_to_size(logits.shape).detach()
    torch.testing.assert_close(logits.grad, expected, rtol=1e-12, atol=1e-12)


@given(
    n_features=st.integers(1, 300),
    n_rows=st.integers(1, 4),
    spread=st.floats(0.01, 100),
    seed=st.integers(0, 99),
)
def test_every_width_and_spread_gives_the_cross_entropy(n_features, n_rows, spread, seed):
    logits = spread * torch.randn(n_rows, n_features, generator=generator(seed), dtype=torch.float64)
    values = torch.bernoulli(torch.full_like(logits, 0.3), generator=generator(seed + 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("varigraph.distributions.independent_bernoulli._SMALL_ENTRIES", 0)
        log_prob = IndependentBernoulli(logits).log_prob(values)
    # Absolute: 1 − σ loses digits that only count where the whole sum is near 0.
    torch.testing.assert_close(log_prob, minus_cross_entropy(logits, values), rtol=1e-12, atol=1e-12)


def test_rows_sum_what_bernoulli_gives_entry_by_entry_and_torch_gives_as_independent():
    logits, _ = logits_and_values((4, 6))
    values = torch.bernoulli(torch.full((4, 6), 0.5, dtype=torch.float64), generator=generator())
    log_prob = IndependentBernoulli(logits).log_prob(values)
    torch.testing.assert_close(log_prob, Bernoulli(logits).log_prob(values).sum(dim=1), rtol=1e-12, atol=0)
    torch.testing.assert_close(
        log_prob, td.Independent(td.Bernoulli(logits=logits), 1).log_prob(values), rtol=1e-12, atol=0
    )
    torch.testing.assert_close(IndependentBernoulli(logits).mean, torch.sigmoid(logits))


def test_probabilities_of_all_rows_of_bits_sum_to_one():
    bits = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * 4)
    logits, _ = logits_and_values((4,))
    total = IndependentBernoulli(logits).log_prob(bits).exp().sum()
    torch.testing.assert_close(total, torch.ones((), dtype=torch.float64), rtol=1e-12, atol=0)


def test_values_that_need_a_gradient_get_theirs():
    logits, values = logits_and_values((60, 784))
    values.requires_grad_()
    IndependentBernoulli(logits).log_prob(values).sum().backward()
    torch.testing.assert_close(values.grad, logits, rtol=1e-12, atol=1e-12)


def test_truth_values_and_whole_numbers_are_taken_as_numbers():
    logits, _ = logits_and_values((60, 784), torch.float32)
    bits = logits > 1
    expected = IndependentBernoulli(logits).log_prob(bits.float())
    assert torch.equal(IndependentBernoulli(logits).log_prob(bits), expected)
    assert torch.equal(IndependentBernoulli(logits).log_prob(bits.to(torch.uint8)), expected)


def test_a_second_derivative_is_refused_and_not_wrong():
    logits, values = logits_and_values((60, 784))
    total = IndependentBernoulli(logits.requires_grad_()).log_prob(values).sum()
    with pytest.raises(RuntimeError, match="first derivatives only"):
        torch.autograd.grad(total, logits, create_graph=True)


def test_a_graph_that_is_kept_can_be_walked_twice():
    logits, values = logits_and_values((60, 784))
    total = IndependentBernoulli(logits.requires_grad_()).log_prob(values).sum()
    first = torch.autograd.grad(total, logits, retain_graph=True)[0]
    assert torch.equal(first, torch.autograd.grad(total, logits)[0])


def test_samples_are_zeros_and_ones_at_the_stated_rate():
    n = 40_000
    draws = IndependentBernoulli(torch.full((n, 2), -1.0)).sample(generator())
    rate = torch.sigmoid(torch.tensor(-1.0)).item()
    assert set(draws.unique().tolist()) == {0.0, 1.0}
    assert ((draws.mean(dim=0) - rate).abs() < 5 * (rate * (1 - rate) / n) ** 0.5).all()


@pytest.mark.gpu
def test_a_graphics_card_gives_the_same_values_gradients_and_draws():
    logits, values = logits_and_values((200, 784), torch.float32)
    here, there = logits.clone().requires_grad_(), logits.cuda().requires_grad_()
    ours = IndependentBernoulli(here).log_prob(values)
    theirs = IndependentBernoulli(there).log_prob(values.cuda())
    torch.testing.assert_close(ours, theirs.cpu(), rtol=1e-5, atol=1e-3)
    ours.sum().backward()
    theirs.sum().backward()
    torch.testing.assert_close(here.grad, there.grad.cpu(), rtol=1e-5, atol=1e-6)
    draws = IndependentBernoulli(there).sample(generator())
    assert draws.is_cuda
    # A probability that is rounded otherwise may turn a bit in a million.
    assert (draws.cpu() != IndependentBernoulli(here).sample(generator())).sum() <= 2
