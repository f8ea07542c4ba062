"""`WakeSleep`: two phases that share no weight, each with its expectation in closed form."""

import math

import pytest
import torch

from linear_gaussian import LOG_TWO_PI, LinearGaussian, exact_elbo
from small_rows import a_step, row_parts, some_rows, without_gradient
from varigraph.distributions import ROW_PRIORS
from varigraph.errors import DivergenceError
from varigraph.objectives import ELBO, WakeSleep

WIDE = 5.0  # standard errors


@pytest.mark.parametrize("prior", ROW_PRIORS)
def test_awake_the_encoder_learns_nothing(prior, monkeypatch):
    monkeypatch.setattr(WakeSleep, "_sleep", lambda *_: torch.zeros(()))
    parts = row_parts(prior=prior)
    WakeSleep()(parts, some_rows(), a_step()).loss.backward()
    assert without_gradient(parts.encoder) == set(dict(parts.encoder.named_parameters()))
    assert without_gradient(parts.decoder) == set()
    assert without_gradient(parts.prior) == set()


@pytest.mark.parametrize("prior", ROW_PRIORS)
def test_asleep_the_encoder_alone_learns(prior):
    parts = row_parts(prior=prior)
    WakeSleep()._sleep(parts, 6, a_step()).backward()
    assert without_gradient(parts.encoder) == set()
    assert without_gradient(parts.decoder) == set(dict(parts.decoder.named_parameters()))
    assert without_gradient(parts.prior) == set(dict(parts.prior.named_parameters()))


def test_both_phases_have_the_expectation_of_the_closed_form():
    model, n = LinearGaussian(), 400
    parts, rows = model.parts(), model.rows()
    with torch.no_grad():
        found = torch.stack([WakeSleep()(parts, rows, a_step(seed)).loss for seed in range(n)])
        q = parts.encoder(rows)
    cross_entropy = 0.5 * (q.mean.square() + q.std.square() + LOG_TWO_PI).sum(dim=1)
    kl = 0.5 * (q.mean.square() + q.std.square() - 1).sum(dim=1) - q.log_std.sum(dim=1)
    wake = (cross_entropy - kl - exact_elbo(parts, rows)).mean()  # −E log p(x | z) − E log p(z)
    sleep = 0.5 * (1 + LOG_TWO_PI) * q.mean.shape[1] + q.log_std[0].sum()  # the entropy of p(z | x)
    error = found.std() / math.sqrt(n)
    assert (found.mean() - (wake + sleep)).abs() < WIDE * error


def test_the_exact_posterior_is_where_sleep_has_nothing_to_teach():
    model, n = LinearGaussian(), 400
    for shrink, is_exact in ((1.0, True), (0.6, False)):
        parts = model.parts(shrink=shrink)
        (layer,) = parts.encoder.network.layers
        found = torch.stack(
            [torch.autograd.grad(WakeSleep()._sleep(parts, 5, a_step(s)), layer.weight)[0] for s in range(n)]
        )
        error = found.std(dim=0) / math.sqrt(n)
        assert bool((found.mean(dim=0).abs() < WIDE * error).all()) == is_exact


def test_its_bound_is_the_elbo_at_the_same_draws():
    parts, rows = row_parts(), some_rows()
    slow, quick = WakeSleep()(parts, rows, a_step()).elbo, ELBO()(parts, rows, a_step()).elbo
    torch.testing.assert_close(slow, quick, rtol=1e-12, atol=0)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_a_decoder_that_has_diverged_is_told_of_in_words(likelihood):
    parts = row_parts(likelihood=likelihood)
    with torch.no_grad():
        parts.decoder.network.layers[-1].bias[0] = torch.nan
    with pytest.raises(DivergenceError, match="The decoder's means are no longer finite"):
        WakeSleep()(parts, some_rows(likelihood=likelihood), a_step())
