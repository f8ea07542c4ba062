"""`StandardNormalPrior` and `MixturePrior`: how they start."""

import pytest
import torch

from varigraph.distributions import DiagonalNormal, MixturePrior, NormalMixture, StandardNormalPrior


def test_the_standard_normal_prior_is_standard_and_has_nothing_to_learn_or_store():
    prior = StandardNormalPrior()
    prior.build(4, generator=torch.Generator())
    assert isinstance(prior(), DiagonalNormal)
    assert torch.equal(prior().mean, torch.zeros(1, 4))
    assert torch.equal(prior().std, torch.ones(1, 4))
    assert list(prior.parameters()) == []
    assert prior.state_dict() == {}


def test_the_mixture_starts_with_equal_weights_unit_spreads_and_different_means():
    prior = MixturePrior(n_components=5)
    prior.build(3, generator=torch.Generator().manual_seed(0))
    mixture = prior()
    assert isinstance(mixture, NormalMixture)
    torch.testing.assert_close(mixture.weight_logits.softmax(dim=0), torch.full((5,), 0.2))
    assert torch.equal(mixture.components.std, torch.ones(5, 3))
    assert torch.pdist(mixture.components.mean).min() > 0.1


def test_a_mixture_of_nothing_is_refused():
    with pytest.raises(ValueError, match="n_components must be 1 or more"):
        MixturePrior(n_components=0)
