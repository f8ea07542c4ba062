"""`Bernoulli` against torch.distributions, and far from 0."""

import torch
from torch import distributions as td

from varigraph.distributions import Bernoulli

LOGITS = torch.linspace(-8, 8, 9, dtype=torch.float64)


def test_log_prob_and_mean_equal_those_of_torch():
    for value in (0.0, 1.0):
        expected = td.Bernoulli(logits=LOGITS).log_prob(torch.full_like(LOGITS, value))
        torch.testing.assert_close(
            Bernoulli(LOGITS).log_prob(torch.tensor(value)), expected, rtol=1e-12, atol=0
        )
    torch.testing.assert_close(Bernoulli(LOGITS).mean, td.Bernoulli(logits=LOGITS).mean)


def test_log_prob_of_a_hopeless_label_is_the_logit_and_not_infinite():
    far = Bernoulli(torch.tensor([-200.0, 200.0]))
    assert far.log_prob(torch.tensor([1.0, 0.0])).tolist() == [-200.0, -200.0]


def test_samples_are_zeros_and_ones_at_the_stated_rate():
    n = 40_000
    draws = Bernoulli(torch.full((n,), -1.0)).sample(torch.Generator().manual_seed(0))
    rate = torch.sigmoid(torch.tensor(-1.0)).item()
    assert set(draws.unique().tolist()) == {0.0, 1.0}
    assert abs(draws.mean().item() - rate) < 5 * (rate * (1 - rate) / n) ** 0.5


def test_a_confident_right_answer_keeps_its_gradient_in_float32():
    logits = torch.tensor([30.0, -30.0], requires_grad=True)
    terms = Bernoulli(logits).log_prob(torch.tensor([1.0, 0.0]))
    terms.sum().backward()
    expected = torch.tensor([30.0]).neg().exp().item()
    torch.testing.assert_close(terms.detach(), torch.full((2,), -expected), rtol=1e-5, atol=0)
    torch.testing.assert_close(logits.grad, torch.tensor([expected, -expected]), rtol=1e-5, atol=0)


def test_a_value_between_zero_and_one_mixes_both_labels():
    half = Bernoulli(LOGITS).log_prob(torch.tensor(0.5, dtype=torch.float64))
    both = Bernoulli(LOGITS).log_prob(torch.tensor(0.0)) + Bernoulli(LOGITS).log_prob(torch.tensor(1.0))
    torch.testing.assert_close(half, both / 2, rtol=1e-12, atol=0)
