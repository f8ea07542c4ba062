"""`IWAE`: between the bound and the log-likelihood, and where it meets either."""

import math

import pytest
import torch

from linear_gaussian import LinearGaussian, exact_elbo
from small_rows import a_step, row_parts, some_rows
from varigraph.objectives import ELBO, IWAE

WIDE = 5.0  # standard errors


def bounds(k, parts, rows, n=400):
    with torch.no_grad():
        return torch.stack([IWAE(k=k)(parts, rows, a_step(seed)).elbo for seed in range(n)])


def test_it_is_the_log_of_the_mean_weight_of_its_draws():
    parts, rows, k = row_parts(prior="mixture"), some_rows(), 3
    terms, generator = IWAE(k=k)(parts, rows, a_step()), a_step().generator
    q = parts.encoder(rows)
    weights = []
    for _ in range(k):
        z = q.rsample(generator)
        log_weight = parts.decoder(z).log_prob(rows) + parts.prior().log_prob(z) - q.log_prob(z)
        weights.append(log_weight.exp())
    expected = -(sum(weights) / k).log().mean()
    torch.testing.assert_close(terms.loss, expected, rtol=1e-11, atol=0)
    assert terms.elbo == -terms.loss


def test_with_one_draw_it_is_the_elbo():
    model = LinearGaussian()
    parts, rows = model.parts(shrink=0.6, widen=0.3), model.rows()
    found = bounds(1, parts, rows)
    error = found.std() / math.sqrt(len(found))
    assert (found.mean() - exact_elbo(parts, rows).mean()).abs() < WIDE * error
    one, elbo = IWAE(k=1)(parts, rows, a_step()), ELBO()(parts, rows, a_step())
    # The same draw, so the same data term; the ELBO's divergence is exact, this one's is estimated at it.
    torch.testing.assert_close(one.reconstruction, elbo.reconstruction, rtol=1e-12, atol=0)
    torch.testing.assert_close(one.kl, elbo.kl, rtol=1e-12, atol=0)


@pytest.mark.parametrize("k", [1, 2, 9])
def test_at_the_exact_posterior_every_draw_gives_the_log_likelihood(k):
    model = LinearGaussian()
    rows = model.rows()
    found = bounds(k, model.parts(), rows, n=5)
    expected = model.log_likelihood(rows).mean().expand_as(found)
    torch.testing.assert_close(found, expected, rtol=1e-11, atol=0)


def test_it_rises_with_the_number_of_draws_and_stays_below_the_log_likelihood():
    model = LinearGaussian()
    parts, rows = model.parts(shrink=0.6, widen=0.3), model.rows()
    found = [bounds(k, parts, rows) for k in (1, 3, 10, 50)]
    means = [float(one.mean()) for one in found]
    errors = [float(one.std()) / math.sqrt(len(one)) for one in found]
    for k in range(3):
        assert means[k + 1] - means[k] > 2 * math.hypot(errors[k], errors[k + 1])
    limit = float(model.log_likelihood(rows).mean())
    assert means[-1] < limit + WIDE * errors[-1]
    assert limit - means[-1] < 0.1 * (limit - means[0])


def test_no_draws_are_refused():
    with pytest.raises(ValueError, match="k must be 1 or more, got 0"):
        IWAE(k=0)
