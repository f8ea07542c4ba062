"""The mathematics of docs/guide/errata.md, claim by claim; torch.distributions and scipy are the referees."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate
from torch import nn
from torch.distributions import Normal
from torch.distributions import kl_divergence as referee_kl
from torch.nn import functional as F

from references import normal_kl_to_standard
from small_graphs import a_latent
from varigraph.distributions import Bernoulli, DiagonalNormal, kl_divergence

LOG_TWO_PI = math.log(2 * math.pi)
MEANS = st.floats(-3, 3)
LOG_STDS = st.floats(-2, 1)

# z ~ N(0, 1), x | z ~ N(z, 1), seen at x = 1: everything has a closed form.
X = torch.tensor(1.0, dtype=torch.float64)
PRIOR = Normal(torch.zeros_like(X), 1.0)
POSTERIOR = Normal(X / 2, math.sqrt(0.5))
MINUS_LOG_EVIDENCE = -Normal(torch.zeros_like(X), math.sqrt(2.0)).log_prob(X)


def generator_of(seed=0):
    return torch.Generator().manual_seed(seed)


def double(value):
    return torch.tensor(value, dtype=torch.float64)


def normal(mean, log_std):
    return Normal(double(mean), double(log_std).exp())


def cross_entropy(q, p):
    """−E_q log p of two normals."""
    return 0.5 * LOG_TWO_PI + p.scale.log() + 0.5 * (q.variance + (q.mean - p.mean) ** 2) / p.variance


def negative_elbo(q):
    """−E_q log p(x | z) + KL(q ‖ p(z)); log N(x; z, 1), a function of z, is log N(z; x, 1)."""
    return cross_entropy(q, Normal(X, 1.0)) + referee_kl(q, PRIOR)


def swapped_loss(p, q):
    """−E_p log q + KL(p ‖ prior), as the notes write it."""
    return cross_entropy(p, q) + referee_kl(p, PRIOR)


# The bound


@given(mean=MEANS, log_std=LOG_STDS)
def test_the_swapped_loss_is_below_every_negative_elbo(mean, log_std):
    assert negative_elbo(POSTERIOR).item() == pytest.approx(MINUS_LOG_EVIDENCE.item(), rel=1e-12)
    swapped = swapped_loss(POSTERIOR, POSTERIOR).item()
    assert swapped == pytest.approx(0.5 * math.log(2 * math.pi) + 0.375, rel=1e-12)
    assert swapped < MINUS_LOG_EVIDENCE.item() <= negative_elbo(normal(mean, log_std)).item() + 1e-12


@given(mean=MEANS, log_std=LOG_STDS)
def test_exchanged_letters_count_the_prior_twice(mean, log_std):
    twice = Normal(X / 3, math.sqrt(1 / 3))  # ∝ p(z | x) p(z): precision 2 + 1
    q = normal(mean, log_std)
    excess = swapped_loss(q, POSTERIOR) - swapped_loss(twice, POSTERIOR)
    assert excess.item() == pytest.approx(referee_kl(q, twice).item(), rel=1e-9, abs=1e-12)
    assert swapped_loss(twice, POSTERIOR) < swapped_loss(POSTERIOR, POSTERIOR) - 0.08


@given(mean=MEANS, log_std=LOG_STDS)
def test_what_the_bound_lacks_is_the_divergence_from_the_posterior(mean, log_std):
    q = normal(mean, log_std)
    lacking = (negative_elbo(q) - MINUS_LOG_EVIDENCE).item()
    assert lacking == pytest.approx(referee_kl(q, POSTERIOR).item(), rel=1e-9, abs=1e-12)


def test_the_likelihood_is_no_density_of_z():
    # x | z ~ N(z/2, 1), so ∫ p(x | z) dz = 2, and ∫ p(x | z) dx = 1.
    over_z, _ = integrate.quad(
        lambda z: math.exp(-0.5 * (1 - z / 2) ** 2 - 0.5 * LOG_TWO_PI), -np.inf, np.inf
    )
    over_x, _ = integrate.quad(lambda x: math.exp(-0.5 * (x - 0.5) ** 2 - 0.5 * LOG_TWO_PI), -np.inf, np.inf)
    assert (over_z, over_x) == pytest.approx((2, 1), rel=1e-7)


def test_the_likelihood_as_encoder_loses_nats():
    lost = negative_elbo(Normal(X, 1.0)) - MINUS_LOG_EVIDENCE
    assert lost.item() == pytest.approx(0.75 - 0.5 * math.log(2), rel=1e-12)


@given(mean=MEANS, log_std=LOG_STDS)
def test_the_evidence_in_the_priors_place_gives_no_divergence(mean, log_std):
    q = normal(mean, log_std)
    right = q.entropy() - cross_entropy(q, PRIOR)
    assert right.item() == pytest.approx(-referee_kl(q, PRIOR).item(), rel=1e-9, abs=1e-12)
    # Minus a divergence is never positive; log p(x) + H(q) is, for a q that is wide enough.
    assert right.item() < 1e-12
    assert -MINUS_LOG_EVIDENCE + normal(mean, 1.0).entropy() > 0


def test_the_divergence_is_not_symmetric():
    narrow = DiagonalNormal(torch.zeros(1, 1), torch.zeros(1, 1))
    wide = DiagonalNormal(torch.zeros(1, 1), torch.full((1, 1), math.log(2)))
    there, back = (kl_divergence(q, p, q.mean).item() for q, p in ((narrow, wide), (wide, narrow)))
    assert there == pytest.approx(math.log(2) - 3 / 8, rel=1e-6)
    assert back == pytest.approx(3 / 2 - math.log(2), rel=1e-6)


# The spread


def kingma_kl(mean, log_variance):
    """As the documents' code writes it."""
    return -0.5 * torch.sum(1 + log_variance - mean**2 - log_variance.exp(), dim=1)


def test_both_parameterisations_give_one_divergence():
    mean, log_std = a_latent(5, seed=0), a_latent(5, seed=1)
    q, standard = (
        DiagonalNormal(mean, log_std),
        DiagonalNormal(torch.zeros_like(mean), torch.zeros_like(mean)),
    )
    ours = kl_divergence(q, standard, mean)
    torch.testing.assert_close(ours, kingma_kl(mean, 2 * log_std), rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(ours, normal_kl_to_standard(mean, log_std), rtol=1e-12, atol=1e-13)
    assert (ours - kingma_kl(mean, log_std)).abs().min() > 0.01  # the factor forgotten


def test_the_gradient_by_log_variance_is_half_of_that_by_log_std():
    mean, log_std = a_latent(5, seed=0), a_latent(5, seed=1).requires_grad_()
    log_variance = (2 * log_std.detach()).requires_grad_()
    torch.autograd.backward([kingma_kl(mean, 2 * log_std).sum(), kingma_kl(mean, log_variance).sum()])
    torch.testing.assert_close(log_variance.grad, 0.5 * log_std.grad, rtol=1e-12, atol=0)


def test_torch_geometric_reads_log_std():
    autoencoders = pytest.importorskip("torch_geometric.nn.models.autoencoder")
    mean, log_std = a_latent(5, seed=0), a_latent(5, seed=1)
    theirs = autoencoders.VGAE(nn.Identity()).kl_loss(mean, log_std)
    torch.testing.assert_close(theirs, normal_kl_to_standard(mean, log_std).mean(), rtol=1e-12, atol=0)


def test_exp_of_the_log_variance_draws_with_the_variance_squared():
    n_draws, variance = 100_000, 4.0
    log_variance = torch.full((n_draws, 1), math.log(variance), dtype=torch.float64)
    noise = torch.randn(n_draws, 1, generator=generator_of(), dtype=torch.float64)
    ours = DiagonalNormal(torch.zeros_like(log_variance), 0.5 * log_variance).sample(generator_of())
    # A sample variance has relative standard deviation √(2/n); five of them.
    tolerance = 5 * math.sqrt(2 / n_draws)
    assert (noise * log_variance.exp()).var().item() == pytest.approx(variance**2, rel=tolerance)
    assert ours.var().item() == pytest.approx(variance, rel=tolerance)


def test_the_divergence_charges_for_another_posterior():
    mean, log_variance = double([[0.0]]), double([[2 * math.log(0.1)]])
    drawn = Normal(mean, log_variance.exp())  # the talk's draw: σ = 0.01
    assert kingma_kl(mean, log_variance).item() == pytest.approx(1.81, abs=5e-3)
    assert referee_kl(drawn, Normal(mean, 1.0)).item() == pytest.approx(4.11, abs=5e-3)


# The likelihood


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=20))
def test_half_of_the_bernoulli_likelihood_is_best_at_always_yes(labels):
    y, always_yes = double(labels), torch.full((len(labels),), 40.0, dtype=torch.float64)
    assert -(y * always_yes.sigmoid().log()).sum().item() == pytest.approx(0, abs=1e-12)
    frequency = y.mean().clamp(1e-6, 1 - 1e-6)
    at_frequency = -Bernoulli(torch.logit(frequency).expand_as(y)).log_prob(y).sum()
    referee = F.binary_cross_entropy(frequency.expand_as(y), y, reduction="sum")
    torch.testing.assert_close(at_frequency, referee, rtol=1e-9, atol=1e-12)
    if y.mean() < 1:
        assert at_frequency < -Bernoulli(always_yes).log_prob(y).sum()


def test_a_confident_mistake_has_a_gradient_only_from_its_logit():
    through_sigmoid, through_logit = (torch.tensor([17.0], requires_grad=True) for _ in range(2))
    F.binary_cross_entropy(through_sigmoid.sigmoid(), torch.zeros(1)).backward()
    (-Bernoulli(through_logit).log_prob(torch.zeros(1))).sum().backward()
    assert through_sigmoid.sigmoid().item() == 1  # in float32
    assert through_sigmoid.grad.item() == 0
    assert through_logit.grad.item() == pytest.approx(1, abs=1e-6)


@given(p=st.floats(0.01, 0.99))
def test_the_cross_entropy_of_intensities_is_no_density(p):
    mass, _ = integrate.quad(lambda x: p**x * (1 - p) ** (1 - x), 0, 1)
    assert mass <= 0.5 + 1e-12  # a weighted geometric mean is at most the arithmetic one, whose integral is ½
    perfect = F.binary_cross_entropy(double([0.5]), double([0.5])).item()
    assert perfect == pytest.approx(math.log(2), rel=1e-12)


def test_the_cross_entropy_is_the_mean_over_drawn_pixels():
    generator = np.random.default_rng(0)
    intensity, logits = torch.from_numpy(generator.random(3)), torch.from_numpy(generator.normal(size=3))
    drawn = double(list(itertools.product([0.0, 1.0], repeat=3)))
    probability = (drawn * intensity + (1 - drawn) * (1 - intensity)).prod(dim=1)
    mean = (probability * Bernoulli(logits).log_prob(drawn).sum(dim=1)).sum()
    referee = -F.binary_cross_entropy_with_logits(logits, intensity, reduction="sum")
    torch.testing.assert_close(mean, referee, rtol=1e-12, atol=0)


def test_the_gaussian_likelihood_is_half_the_squared_error():
    mean, x = a_latent(5, seed=0), a_latent(5, seed=1)
    squared = (x - mean).square().sum(dim=1)
    constant = 1.5 * LOG_TWO_PI
    ours = -DiagonalNormal(mean, torch.zeros_like(mean)).log_prob(x)
    torch.testing.assert_close(ours, 0.5 * squared + constant, rtol=1e-12, atol=0)
    torch.testing.assert_close(ours, -Normal(mean, 1.0).log_prob(x).sum(dim=1), rtol=1e-12, atol=0)
    # Without the ½ it is the likelihood of variance ½, up to a constant.
    half = -Normal(mean, math.sqrt(0.5)).log_prob(x).sum(dim=1)
    torch.testing.assert_close(half - squared, (half - squared)[:1].expand(5), rtol=1e-9, atol=0)


def test_the_mean_squared_error_weighs_the_divergence_by_half_the_width():
    width = 784
    mean, x = (torch.from_numpy(np.random.default_rng(seed).random((1, width))) for seed in (0, 1))
    half_squared_error = 0.5 * (x - mean).square().sum()
    torch.testing.assert_close(F.mse_loss(mean, x) * (width / 2), half_squared_error, rtol=1e-12, atol=0)


# Right as written


@given(mean=MEANS, log_std=LOG_STDS, other_mean=MEANS, other_log_std=LOG_STDS)
def test_the_closed_forms_of_the_slides_are_right(mean, log_std, other_mean, other_log_std):
    q, p = normal(mean, log_std), normal(other_mean, other_log_std)
    seminar = (p.scale / q.scale).log() + (q.variance + (q.mean - p.mean) ** 2) / (2 * p.variance) - 0.5
    theorem = 0.5 * (
        (p.mean - q.mean) ** 2 / p.variance + q.variance / p.variance - (q.variance / p.variance).log() - 1
    )
    assert seminar.item() == pytest.approx(referee_kl(q, p).item(), rel=1e-9, abs=1e-12)
    assert theorem.item() == pytest.approx(referee_kl(q, p).item(), rel=1e-9, abs=1e-12)


def test_the_map_estimate_divides_the_prior_by_the_rows():
    n_rows, prior_std = 40, 0.5
    generator = np.random.default_rng(0)
    rows = torch.from_numpy(generator.normal(size=(n_rows, 3)))
    y = rows @ double([1.0, -2.0, 0.5]) + torch.from_numpy(generator.normal(size=n_rows))
    # Posterior mode of a linear regression with unit noise: (XᵀX + I/τ²)⁻¹ Xᵀy.
    mode = torch.linalg.solve(rows.T @ rows + torch.eye(3) / prior_std**2, rows.T @ y).requires_grad_()
    mean_loss = 0.5 * (y - rows @ mode).square().mean() + mode.square().sum() / (2 * n_rows * prior_std**2)
    (gradient,) = torch.autograd.grad(mean_loss, mode)
    assert gradient.abs().max() < 1e-12
    assert (mode / prior_std**2).abs().max() > 1  # what an undivided prior would pull with
