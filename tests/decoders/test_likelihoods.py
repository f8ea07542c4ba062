"""`GaussianLikelihood` and `BernoulliLikelihood`: densities that integrate to 1, and values they refuse."""

import itertools
import math
import re

import numpy as np
import pytest
import torch
from scipy import integrate

from small_rows import N_FEATURES, a_likelihood, a_step, row_parts, seeded
from varigraph.decoders import BernoulliLikelihood, GaussianLikelihood
from varigraph.distributions import DiagonalNormal, IndependentBernoulli
from varigraph.objectives import ELBO


def built(likelihood, n_features=N_FEATURES):
    likelihood.build(n_features)
    return likelihood.double()


@pytest.mark.parametrize("std", [0.3, 2.0])
def test_a_gaussian_integrates_to_one(std):
    p = built(GaussianLikelihood("fixed", std=std), 1)(torch.full((1, 1), 0.7, dtype=torch.float64))

    def density(x):
        return p.log_prob(torch.full((1, 1), x, dtype=torch.float64)).exp().item()

    mass, _ = integrate.quad(density, -20, 20, points=[0.7])
    # std is stored by its logarithm, in float32 when it is built.
    assert mass == pytest.approx(1, abs=1e-6)


def test_a_bernoulli_sums_to_one():
    p = built(BernoulliLikelihood(), 3)(torch.tensor([[-1.0, 0.2, 3.0]], dtype=torch.float64))
    every = torch.tensor(list(itertools.product([0.0, 1.0], repeat=3)), dtype=torch.float64)
    assert p.log_prob(every).exp().sum().item() == pytest.approx(1, rel=1e-12)


def test_outputs_are_means_of_a_gaussian_and_logits_of_a_bernoulli():
    outputs = torch.linspace(-3, 3, N_FEATURES, dtype=torch.float64)[None]
    gaussian, bernoulli = a_likelihood("gaussian")(outputs), a_likelihood("bernoulli")(outputs)
    assert isinstance(gaussian, DiagonalNormal)
    assert isinstance(bernoulli, IndependentBernoulli)
    assert torch.equal(gaussian.mean, outputs)
    torch.testing.assert_close(bernoulli.mean, outputs.sigmoid(), rtol=1e-14, atol=0)


@pytest.mark.parametrize(
    ("variance", "n_learned"), [("shared", 1), ("per_dimension", N_FEATURES), ("fixed", 0)]
)
def test_as_many_spreads_are_learned_as_the_variance_says(variance, n_learned):
    likelihood = built(GaussianLikelihood(variance, std=0.5))
    assert sum(parameter.numel() for parameter in likelihood.parameters()) == n_learned
    spread = likelihood(torch.zeros(2, N_FEATURES).double()).std.expand(2, N_FEATURES)
    torch.testing.assert_close(spread, torch.full_like(spread, 0.5), rtol=1e-7, atol=0)
    assert "log_std" in likelihood.state_dict()  # a fixed one is stored as well


@pytest.mark.parametrize("variance", ["shared", "per_dimension"])
def test_a_learned_spread_is_best_at_the_root_mean_square_of_what_is_left(variance):
    likelihood = built(GaussianLikelihood(variance))
    residual = torch.randn(50, N_FEATURES, generator=seeded(), dtype=torch.float64) * torch.linspace(
        0.5, 2, 16
    )
    squares = residual.square().mean(dim=0)
    best = squares.mean().expand(1) if variance == "shared" else squares
    likelihood.log_std.data = 0.5 * best.log()
    (-likelihood(torch.zeros_like(residual)).log_prob(residual).mean()).backward()
    assert likelihood.log_std.grad.abs().max() < 1e-12
    likelihood.log_std.data += 0.1
    likelihood.log_std.grad = None
    (-likelihood(torch.zeros_like(residual)).log_prob(residual).mean()).backward()
    assert (likelihood.log_std.grad > 0.05).all()


def test_a_column_that_is_predicted_exactly_has_a_finite_density():
    likelihood = built(GaussianLikelihood("per_dimension"))
    likelihood.log_std.data.fill_(-50)
    rows = torch.zeros(2, N_FEATURES, dtype=torch.float64)
    expected = N_FEATURES * (6 - 0.5 * math.log(2 * math.pi))
    assert likelihood(rows).log_prob(rows).tolist() == pytest.approx([expected, expected])


def some_outputs(n_rows=5, n_features=N_FEATURES, *, spread=2.0):
    """Of a decoder that tells means and variances."""
    return spread * torch.randn(n_rows, 2 * n_features, generator=seeded(4), dtype=torch.float64)


@pytest.mark.parametrize("std", [1.0, 0.2])
def test_a_predicted_gaussian_is_torchs_normal_of_the_sigmoid_and_of_the_variances_sum(std):
    likelihood, outputs = (
        built(GaussianLikelihood("predicted", std=std, mean="unit_interval")),
        some_outputs(),
    )
    location, log_variance = outputs[:, :N_FEATURES], outputs[:, N_FEATURES:]
    variance = math.exp(-12) + std**2 * log_variance.exp()
    twin = torch.distributions.Normal(1 / (1 + torch.exp(-location)), variance.sqrt())
    rows = torch.rand(5, N_FEATURES, generator=seeded(), dtype=torch.float64)
    p = likelihood(outputs)
    torch.testing.assert_close(p.log_prob(rows), twin.log_prob(rows).sum(dim=-1), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(p.mean, twin.mean, rtol=1e-14, atol=0)
    torch.testing.assert_close(p.std, twin.stddev, rtol=1e-12, atol=0)


def test_a_predicted_spread_is_as_it_is_told_down_to_a_floor_that_it_never_passes():
    outputs = torch.zeros(1, 4, dtype=torch.float64)
    outputs[0, 2:] = torch.tensor([2 * math.log(0.1), -60.0])
    std = built(GaussianLikelihood("predicted"), 2)(outputs).std[0].tolist()
    assert std == pytest.approx([0.1, math.exp(-6)], rel=1e-3)  # variances add: 0.1² and e⁻¹²
    assert std[0] > 0.1


def test_the_prediction_of_a_value_on_which_the_mean_settles_gains_no_more_than_the_floor_allows():
    likelihood = built(GaussianLikelihood("predicted"), 1)
    outputs = torch.tensor([[0.3, -1e4]], dtype=torch.float64)
    row = torch.tensor([[0.3]], dtype=torch.float64)
    assert likelihood(outputs).log_prob(row).item() == pytest.approx(6 - 0.5 * math.log(2 * math.pi))


@pytest.mark.parametrize("mean", ["any", "unit_interval"])
@pytest.mark.parametrize("variance", ["shared", "per_dimension", "fixed", "predicted"])
def test_the_best_log_prob_is_reached_by_no_other_outputs(variance, mean):
    likelihood = built(GaussianLikelihood(variance, std=0.3, mean=mean), 3)
    rows = torch.tensor([[0.2, 0.7, 0.5], [-0.4, 1.3, 0.9]], dtype=torch.float64)
    best = likelihood.best_log_prob(rows)
    inside = rows.clamp(1e-12, 1 - 1e-12)
    location = inside.logit() if mean == "unit_interval" else rows
    residual = rows - (inside if mean == "unit_interval" else rows)
    spread = 2 * (residual.abs() + 1e-20).log() - 2 * math.log(0.3)  # log σ², less that of `std`
    outputs = torch.cat([location, spread], dim=1)[:, : 3 * likelihood.n_outputs_per_column]
    reached = likelihood(outputs).log_prob(rows)
    # A residual adds to the floor's variance, which `best` does not count: under 10⁻⁴ of these.
    torch.testing.assert_close(reached, best, rtol=0, atol=1e-3)
    around = outputs + torch.randn(2_000, *outputs.shape, generator=seeded(), dtype=torch.float64)
    assert (likelihood(around).log_prob(rows) <= best).all()


def test_rows_outside_of_the_unit_interval_are_remarked_on_where_no_mean_can_follow_them():
    intensities, grey_levels = np.array([[0.0, 1.0]]), np.array([[8.0, 238.0]])
    follows = GaussianLikelihood("predicted", mean="unit_interval")
    assert follows.remarks(intensities) == follows.remarks(np.empty((0, 2))) == []
    assert GaussianLikelihood("predicted").remarks(grey_levels) == []
    assert follows.remarks(grey_levels) == [
        "The likelihood's means lie between 0 and 1, but X has values from 8 to 238: what lies beyond is "
        "noise to it. Divide grey levels of 0 to 255 by 255."
    ]
    follows.check_values(grey_levels)  # a normal has a density everywhere


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"variance": "diagonal"},
            "variance must be one of shared, per_dimension, fixed, predicted, got 'diagonal'",
        ),
        ({"mean": "positive"}, "mean must be one of any, unit_interval, got 'positive'"),
        ({"std": 0.0}, "std must be a number above 0, got 0.0"),
        ({"std": float("inf")}, "std must be a number above 0, got inf"),
    ],
)
def test_settings_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        GaussianLikelihood(**arguments)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [[0.0, 255.0]],
            "X has values from 0 to 255. Divide grey levels of 0 to 255 by 255. For other numbers use "
            "likelihood='gaussian'.",
        ),
        (
            [[-0.5, 0.5]],
            "X has values from -0.5 to 0.5. For other numbers use likelihood='gaussian'.",
        ),
        (
            [[0.0, 1e4]],
            "X has values from 0 to 10000. For other numbers use likelihood='gaussian'.",
        ),
    ],
)
def test_values_that_are_no_probabilities_are_refused(values, message):
    whole = f"A Bernoulli likelihood needs values between 0 and 1, but {message}"
    with pytest.raises(ValueError, match=f"^{re.escape(whole)}$"):
        BernoulliLikelihood().check_values(np.array(values))


def test_zeros_ones_what_lies_between_and_no_rows_are_accepted():
    BernoulliLikelihood().check_values(np.array([[0.0, 1.0, 0.3]]))
    BernoulliLikelihood().check_values(np.empty((0, 3)))
    GaussianLikelihood().check_values(np.array([[-1e9, 1e9]]))


def test_dynamic_targets_are_zeros_and_ones_with_the_intensities_as_means():
    intensities = torch.linspace(0, 1, 11, dtype=torch.float64).expand(4_000, 11)
    likelihood, generator = BernoulliLikelihood(dynamic=True), seeded()
    first, second = (likelihood.targets(intensities, generator=generator) for _ in range(2))
    assert set(first.unique().tolist()) == {0.0, 1.0}
    assert first.dtype == torch.float64
    assert not torch.equal(first, second)
    # Five standard errors of a mean of zeros and ones; at 0 and at 1 there is no chance in it.
    error = (intensities[0] * (1 - intensities[0]) / len(first)).sqrt()
    assert ((first.mean(dim=0) - intensities[0]).abs() <= 5 * error).all()


def test_a_training_step_encodes_and_explains_the_same_drawn_zeros_and_ones():
    parts = row_parts(likelihood="bernoulli")
    parts.decoder.likelihood.dynamic = True
    intensities = torch.rand(6, N_FEATURES, generator=seeded(), dtype=torch.float64)
    terms, generator = ELBO()(parts, intensities, a_step()), a_step().generator
    drawn = parts.decoder.likelihood.targets(intensities, generator=generator)
    z = parts.encoder(drawn).rsample(generator)
    explained = -parts.decoder(z).log_prob(drawn).mean()
    torch.testing.assert_close(terms.reconstruction, explained, rtol=1e-12, atol=0)
