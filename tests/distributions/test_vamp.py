"""`VampPrior`: where it starts, what it is made of, and where its gradients go."""

import pytest
import torch
from torch import distributions as td
from torch import nn

from varigraph.distributions import Delta, DiagonalNormal, VampPrior


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


class Encoder(nn.Module):
    def __init__(self, n_inputs=6, n_latent=2, posterior=DiagonalNormal):
        super().__init__()
        weights = torch.randn(n_inputs, posterior.n_parameters * n_latent, generator=generator(9))
        self.weights = nn.Parameter(weights.double())
        self.posterior = posterior

    def forward(self, inputs):
        return self.posterior.from_outputs(inputs @ self.weights)


def built(n_components=4, inputs=None, seed=0):
    prior = VampPrior(n_components)
    rows = torch.rand(20, 6, generator=generator(1), dtype=torch.float64) if inputs is None else inputs
    prior.build(2, generator=generator(seed), inputs=rows)
    return prior, rows


def test_it_starts_from_different_rows_of_the_data():
    prior, rows = built(n_components=20)
    found = (prior.pseudo_inputs[:, None] == rows[None]).all(dim=2)
    assert torch.equal(found.sum(dim=1), torch.ones(20, dtype=torch.int64))
    assert torch.equal(found.sum(dim=0), torch.ones(20, dtype=torch.int64))
    other, _ = built(n_components=20, seed=1)
    assert not torch.equal(prior.pseudo_inputs, other.pseudo_inputs)


def test_few_rows_are_taken_more_than_once():
    prior, rows = built(n_components=50)
    assert prior.pseudo_inputs.shape == (50, 6)
    assert (prior.pseudo_inputs[:, None] == rows[None]).all(dim=2).any(dim=1).all()


def test_pseudo_inputs_are_a_copy_of_the_rows():
    prior, rows = built()
    before = rows.clone()
    with torch.no_grad():
        prior.pseudo_inputs.add_(1)
    assert torch.equal(rows, before)


def test_its_density_is_the_mean_of_the_posteriors_of_its_pseudo_inputs():
    (prior, _), encoder = built(), Encoder()
    value = torch.randn(7, 2, generator=generator(2), dtype=torch.float64)
    components = encoder(prior.pseudo_inputs)
    each = td.Independent(td.Normal(components.mean, components.std), 1).log_prob(value[:, None])
    torch.testing.assert_close(
        prior(encoder).log_prob(value).exp(), each.exp().mean(dim=1), rtol=1e-10, atol=1e-12
    )


def test_gradients_reach_pseudo_inputs_and_encoder():
    (prior, _), encoder = built(), Encoder()
    prior(encoder).log_prob(torch.zeros(3, 2, dtype=torch.float64)).sum().backward()
    assert (prior.pseudo_inputs.grad.abs().sum(dim=1) > 0).all()
    assert encoder.weights.grad.abs().max() > 0


def test_intensities_stay_between_zero_and_one_and_other_rows_go_where_they_like():
    for inputs, expected in ((None, 1.0), (torch.full((5, 6), 2.0, dtype=torch.float64), 100.0)):
        prior, _ = built(inputs=inputs)
        with torch.no_grad():
            prior.pseudo_inputs.fill_(100.0)
        seen = []
        prior(lambda rows, seen=seen: seen.append(rows) or DiagonalNormal(rows[:, :2], rows[:, 2:4]))
        assert seen[0].unique().tolist() == [expected]


def test_a_pseudo_input_outside_can_come_back_but_is_pushed_no_further():
    prior, _ = built()
    with torch.no_grad():
        prior.pseudo_inputs.copy_(torch.tensor([[-0.1], [0.0], [1.0], [1.1]]).expand(4, 6))
    for sign, moved in ((1.0, [0, 1, 1, 1]), (-1.0, [1, 1, 1, 0])):
        prior.pseudo_inputs.grad = None
        mixture = prior(lambda rows: DiagonalNormal(rows[:, :2], rows[:, 2:4]))
        (sign * mixture.components.mean.sum()).backward()
        assert (prior.pseudo_inputs.grad[:, 0] * sign).tolist() == moved


def test_bounds_are_stored_with_the_weights_and_are_finite():
    (prior, _), encoder = built(), Encoder()
    loaded, _ = built(inputs=torch.full((1, 6), -5.0, dtype=torch.float64))
    loaded.load_state_dict(prior.state_dict())
    with torch.no_grad():
        prior.pseudo_inputs.fill_(3.0)
        loaded.pseudo_inputs.fill_(3.0)
    assert torch.equal(prior(encoder).components.mean, loaded(encoder).components.mean)
    unbounded, _ = built(inputs=torch.full((1, 6), -5.0, dtype=torch.float64))
    assert all(tensor.isfinite().all() for tensor in unbounded.state_dict().values())


def test_half_of_the_draws_come_from_half_of_the_components():
    (prior, _), encoder = built(), Encoder()
    with torch.no_grad():
        prior.pseudo_inputs.zero_()
        prior.pseudo_inputs[2:] = 1.0
        encoder.weights[:, :2] = 5.0  # means: the origin twice, and (30, 30) twice
        encoder.weights[:, 2:] = 0.0  # unit spreads
    draws = prior.draw(400, encoder=encoder, generator=generator())
    share = (draws[:, 0] > 15).double().mean().item()
    # 400 tosses of a fair coin, and five standard deviations.
    assert abs(share - 0.5) < 5 * 0.5 / 20


@pytest.mark.parametrize("inputs", [None, torch.zeros(0, 6)])
def test_building_it_without_rows_is_refused(inputs):
    with pytest.raises(ValueError, match="starts from rows of the encoder's inputs"):
        VampPrior(2).build(2, generator=generator(), inputs=inputs)


def test_it_needs_an_encoder_whose_posteriors_have_a_density():
    prior, _ = built()
    with pytest.raises(ValueError, match="made by the encoder"):
        prior()
    with pytest.raises(ValueError, match="needs an encoder with normal posteriors, got Delta"):
        prior(Encoder(posterior=Delta))


def test_a_mixture_of_no_pseudo_inputs_is_refused():
    with pytest.raises(ValueError, match="n_components must be 1 or more"):
        VampPrior(0)
