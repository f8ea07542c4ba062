"""`ELBO` against the bound of a linear model in closed form, and the weight of the divergence."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linear_gaussian import LinearGaussian, exact_elbo
from small_rows import a_step, row_parts, some_rows
from varigraph.distributions import Delta, kl_divergence
from varigraph.objectives import ELBO

WIDE = 5.0  # standard errors; a fixed seed is beyond them by chance once in two million


def draws(objective, parts, rows, n=400):
    with torch.no_grad():
        return torch.stack([objective(parts, rows, a_step(seed)).elbo for seed in range(n)])


@pytest.mark.parametrize("n_samples", [1, 2, 7])
def test_the_estimate_is_unbiased_whatever_the_number_of_samples(n_samples):
    model = LinearGaussian()
    parts, rows = model.parts(shrink=0.6, widen=0.3), model.rows()
    found = draws(ELBO(n_samples=n_samples), parts, rows)
    error = found.std() / math.sqrt(len(found))
    assert (found.mean() - exact_elbo(parts, rows).mean()).abs() < WIDE * error
    assert WIDE * error < 0.3  # nats: narrow enough that ½ log 2π too many would show


def test_at_the_exact_posterior_the_bound_is_the_log_likelihood():
    model = LinearGaussian()
    parts, rows = model.parts(), model.rows()
    torch.testing.assert_close(exact_elbo(parts, rows), model.log_likelihood(rows), rtol=1e-12, atol=0)
    away = exact_elbo(model.parts(shrink=0.9), rows)
    assert (away < model.log_likelihood(rows)).all()


def test_the_spread_of_the_estimate_falls_as_the_root_of_the_number_of_samples():
    model = LinearGaussian()
    parts, rows = model.parts(shrink=0.6, widen=0.3), model.rows(1)
    counts, n = np.array([1, 4, 16, 64]), 500
    stds = [float(draws(ELBO(n_samples=int(count)), parts, rows, n).std()) for count in counts]
    slope = np.polyfit(np.log(counts), np.log(stds), 1)[0]
    # A standard deviation of n draws has the relative error √(1/2n) (more for the skewed square of a
    # normal, twice at most); over a range of log 64 in four points that leaves the slope with 0.03.
    assert slope == pytest.approx(-0.5, abs=0.08)


def test_one_sample_takes_the_numbers_and_the_gradient_of_the_long_way():
    parts, rows = row_parts(), some_rows()
    quick = ELBO()(parts, rows, a_step())
    q, p = parts.encoder(rows), parts.prior()
    z = q.rsample(a_step().generator)
    slow = -parts.decoder(z).log_prob(rows).mean() + kl_divergence(q, p, z).mean()
    torch.testing.assert_close(quick.loss, slow, rtol=1e-12, atol=0)
    weights = list(parts.encoder.parameters())
    torch.testing.assert_close(
        torch.autograd.grad(quick.loss, weights), torch.autograd.grad(slow, weights), rtol=1e-10, atol=1e-13
    )


def test_the_gradient_is_that_of_the_exact_bound_on_average():
    model, n = LinearGaussian(), 600
    parts, rows = model.parts(shrink=0.6, widen=0.3), model.rows()
    (layer,) = parts.decoder.network.layers
    found = torch.stack(
        [torch.autograd.grad(ELBO()(parts, rows, a_step(seed)).loss, layer.weight)[0] for seed in range(n)]
    )
    q = parts.encoder(rows)
    # ∂/∂W of ½ (‖x − W μ − b‖² + Σ_d s_d² ‖W_d‖²)/σ², a mean over rows.
    residual = rows - layer(q.mean)
    expected = -residual.T @ q.mean / len(rows) + layer.weight * q.std.square().mean(dim=0)
    error = found.std(dim=0) / math.sqrt(n)
    assert ((found.mean(dim=0) - expected / model.std**2).abs() < WIDE * error).all()


@given(epoch=st.integers(1, 40), warmup=st.integers(0, 20), beta=st.floats(0, 4))
def test_the_weight_of_the_divergence_rises_in_equal_steps_to_beta_and_stays(epoch, warmup, beta):
    objective = ELBO(beta=beta, warmup_epochs=warmup)
    here, next_one = objective.beta_at(epoch), objective.beta_at(epoch + 1)
    if epoch > warmup:
        assert here == next_one == beta
    else:
        assert next_one - here == pytest.approx(beta / warmup, rel=1e-9, abs=1e-12)
    assert objective.beta_at(1) == (0 if warmup else beta)


@pytest.mark.parametrize(("epoch", "weight"), [(1, 0.0), (3, 1.0), (5, 2.0), (9, 2.0)])
def test_the_loss_weighs_the_divergence_and_the_bound_does_not(epoch, weight):
    parts, rows = row_parts(), some_rows()
    terms = ELBO(beta=2.0, warmup_epochs=4)(parts, rows, a_step(epoch=epoch))
    torch.testing.assert_close(terms.loss, terms.reconstruction + weight * terms.kl, rtol=1e-14, atol=0)
    assert terms.elbo == ELBO()(parts, rows, a_step()).elbo


def test_under_a_mixture_the_divergence_is_estimated_without_bias():
    """A mixture of one component has a closed form, which the estimate meets on average."""
    parts = row_parts(prior="mixture")
    prior = parts.prior
    for tensor in (prior.means, prior.log_stds):
        tensor.data = tensor.data[:1].expand_as(tensor).clone()  # four times the same component
    rows = some_rows()
    with torch.no_grad():
        q, component = parts.encoder(rows), prior().components
        one = type(component)(component.mean[:1], component.log_std[:1])
        exact = kl_divergence(q, one, q.mean).mean()
        found = torch.stack([ELBO()(parts, rows, a_step(seed)).kl for seed in range(400)])
    error = found.std() / math.sqrt(len(found))
    assert (found.mean() - exact).abs() < WIDE * error


def test_a_point_posterior_has_no_divergence_and_no_bound():
    terms = ELBO()(row_parts(posterior=Delta), some_rows(), a_step())
    assert terms.kl == 0
    assert terms.elbo is None
    assert terms.loss == terms.reconstruction


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_samples": 0}, "n_samples must be 1 or more, got 0"),
        ({"beta": -1.0}, "beta must be a number of 0 or more, got -1.0"),
        ({"beta": float("nan")}, "beta must be a number of 0 or more, got nan"),
        ({"warmup_epochs": -1}, "warmup_epochs must be 0 or more, got -1"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        ELBO(**settings)
