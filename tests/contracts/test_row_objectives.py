"""Laws of every objective over rows, and of every corruption within one."""

import copy
import dataclasses

import pytest
import torch

from small_rows import a_step, row_parts, some_rows, without_gradient
from varigraph.decoders import LIKELIHOODS
from varigraph.distributions import ROW_PRIORS, Delta
from varigraph.objectives import CORRUPTIONS, ROW_OBJECTIVES, Reconstruction
from varigraph.objectives.row_objective import minus_log_weight_prior

every = pytest.mark.parametrize("name", ROW_OBJECTIVES)
BOUNDS = [name for name in ROW_OBJECTIVES if name != "reconstruction"]


def evaluated(name, rows=None, *, seed=0, likelihood="gaussian", **settings):
    rows = some_rows(likelihood=likelihood) if rows is None else rows
    return ROW_OBJECTIVES[name](**settings)(row_parts(likelihood=likelihood), rows, a_step(seed))


@every
@pytest.mark.parametrize("prior", ROW_PRIORS)
@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_every_parameter_that_the_objective_trains_gets_a_gradient(name, prior, likelihood):
    parts = row_parts(likelihood=likelihood, prior=prior)
    terms = ROW_OBJECTIVES[name]()(parts, some_rows(likelihood=likelihood), a_step())
    terms.loss.backward()
    assert without_gradient(parts.encoder) == set()
    assert without_gradient(parts.decoder) == set()
    is_trained = name != "reconstruction"
    assert without_gradient(parts.prior) == (
        set() if is_trained else set(dict(parts.prior.named_parameters()))
    )


@every
def test_one_generator_gives_the_same_bits_and_the_global_one_is_not_touched(name):
    before = torch.random.get_rng_state()
    first, again, other = (evaluated(name, seed=seed).loss for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.random.get_rng_state())


@every
def test_terms_are_finite_scalars_in_nats_that_add_up(name):
    terms = evaluated(name)
    scalars = (terms.loss, terms.reconstruction, terms.kl, terms.elbo)
    assert all(term.shape == () and term.isfinite() for term in scalars if term is not None)
    assert not terms.may_lack_value
    if name == "iwae":
        assert terms.elbo >= -(terms.reconstruction + terms.kl) - 1e-12
    elif name in BOUNDS:
        torch.testing.assert_close(terms.elbo, -(terms.reconstruction + terms.kl), rtol=1e-14, atol=0)


@every
def test_a_batch_twice_has_the_loss_of_the_batch_in_expectation(name):
    parts, rows, objective = row_parts(), some_rows(), ROW_OBJECTIVES[name]()
    with torch.no_grad():
        once, twice = (
            torch.stack(
                [objective(parts, batch, a_step(seed)).loss for seed in range(1_000 * k, 1_000 * k + 300)]
            )
            for k, batch in enumerate([rows, torch.cat([rows, rows])], start=1)
        )
    # Five standard errors of the difference of two means.
    error = (once.var() / len(once) + twice.var() / len(twice)).sqrt()
    assert (once.mean() - twice.mean()).abs() < 5 * error
    # And the mean over rows is no sum: that would be out by all of the loss.
    assert 5 * error < 0.1 * once.mean().abs()


@every
def test_rows_and_weights_are_as_they_were(name):
    parts, rows = row_parts(prior="vamp"), some_rows()
    before = copy.deepcopy((rows, [part.state_dict() for part in vars(parts).values()]))
    ROW_OBJECTIVES[name]()(parts, rows, a_step()).loss.backward()
    assert torch.equal(rows, before[0])
    for part, weights in zip(vars(parts).values(), before[1], strict=True):
        assert all(torch.equal(part.state_dict()[key], tensor) for key, tensor in weights.items())


@every
def test_the_weight_prior_adds_its_share_and_pulls_by_weight_over_variance_and_rows(name):
    n_rows, std = 50, 0.3
    plain, pulled = row_parts(), row_parts()
    losses = []
    for parts, objective in (
        (plain, ROW_OBJECTIVES[name]()),
        (pulled, ROW_OBJECTIVES[name](weight_prior_std=std)),
    ):
        terms = objective(parts, some_rows(), a_step(n_rows=n_rows))
        terms.loss.backward()
        losses.append(terms)
    penalty = minus_log_weight_prior([*plain.encoder.parameters(), *plain.decoder.parameters()], std=std)
    torch.testing.assert_close(losses[1].loss - losses[0].loss, penalty / n_rows, rtol=1e-10, atol=0)
    assert losses[1].reconstruction == losses[0].reconstruction
    for free, bound in zip(
        [*plain.encoder.parameters(), *plain.decoder.parameters()],
        [*pulled.encoder.parameters(), *pulled.decoder.parameters()],
        strict=True,
    ):
        expected = free.detach() / (std**2 * n_rows)
        torch.testing.assert_close(bound.grad - free.grad, expected, rtol=1e-9, atol=1e-12)


@every
def test_an_objective_is_a_frozen_value(name):
    objective = ROW_OBJECTIVES[name]()
    assert objective == ROW_OBJECTIVES[name]()
    assert hash(objective) == hash(ROW_OBJECTIVES[name]())
    with pytest.raises(dataclasses.FrozenInstanceError):
        objective.weight_prior_std = 2


@every
@pytest.mark.parametrize("std", [0, -1.0, float("nan"), float("inf")])
def test_a_weight_prior_that_is_no_normal_is_refused(name, std):
    with pytest.raises(ValueError, match="weight_prior_std must be None or a number above 0"):
        ROW_OBJECTIVES[name](weight_prior_std=std)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_spoils_what_is_encoded_and_not_what_is_explained(name):
    parts, rows, seen = row_parts(posterior=Delta), some_rows(), []
    encode = parts.encoder.forward
    parts.encoder.forward = lambda inputs: seen.append(inputs) or encode(inputs)
    terms = Reconstruction(corruption=CORRUPTIONS[name]())(parts, rows, a_step())
    (spoilt,) = seen
    assert torch.equal(spoilt, CORRUPTIONS[name]()(rows, generator=a_step().generator))
    expected = -parts.decoder(encode(spoilt).mean).log_prob(rows).mean()
    torch.testing.assert_close(terms.loss, expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_of_no_strength_leaves_the_loss_alone(name):
    parts, rows = row_parts(posterior=Delta), some_rows()
    plain = Reconstruction()(parts, rows, a_step()).loss
    assert Reconstruction(corruption=CORRUPTIONS[name](0.0))(parts, rows, a_step()).loss == plain
