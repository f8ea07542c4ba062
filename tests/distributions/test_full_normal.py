"""`normal_kl` against torch.distributions and the closed form of diagonal normals."""

import pytest
import torch
from torch import distributions as td

from varigraph.distributions import DiagonalNormal, kl_divergence, normal_kl


def a_normal(seed, *batch, d=4):
    generator = torch.Generator().manual_seed(seed)
    root = torch.randn(*batch, d, d, generator=generator, dtype=torch.float64)
    mean = torch.randn(*batch, d, generator=generator, dtype=torch.float64)
    return mean, root @ root.mT + 0.1 * torch.eye(d, dtype=torch.float64)


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
def test_it_equals_that_of_torch(batch):
    p, q = a_normal(0, *batch), a_normal(1, *batch)
    expected = td.kl_divergence(td.MultivariateNormal(*p), td.MultivariateNormal(*q))
    assert normal_kl(*p, *q).shape == batch
    torch.testing.assert_close(normal_kl(*p, *q), expected, rtol=1e-10, atol=1e-10)


def test_one_normal_meets_a_batch_of_them():
    p, q = a_normal(0, 3), a_normal(1)
    expected = torch.stack([normal_kl(p[0][i], p[1][i], *q) for i in range(3)])
    torch.testing.assert_close(normal_kl(*p, *q), expected, rtol=1e-12, atol=1e-12)


def test_diagonal_covariances_give_the_closed_form_of_diagonal_normals():
    generator = torch.Generator().manual_seed(0)
    means, log_stds = torch.randn(2, 2, 5, 3, generator=generator, dtype=torch.float64)
    p, q = (DiagonalNormal(mean, log_std) for mean, log_std in zip(means, log_stds, strict=True))
    covariances = [torch.diag_embed(each.std.square()) for each in (p, q)]
    torch.testing.assert_close(
        normal_kl(p.mean, covariances[0], q.mean, covariances[1]),
        kl_divergence(p, q, p.mean),
        rtol=1e-10,
        atol=1e-10,
    )


def test_it_is_zero_between_equals_and_positive_and_not_symmetric_otherwise():
    p, q = a_normal(0), a_normal(1)
    assert abs(normal_kl(*p, *p)) < 1e-12
    assert normal_kl(*p, *q) > 0
    assert abs(normal_kl(*p, *q) - normal_kl(*q, *p)) > 0.1


def test_a_change_of_coordinates_leaves_it_as_it_is():
    p, q = a_normal(0), a_normal(1)
    turn = torch.randn(4, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    turned = [each for mean, covariance in (p, q) for each in (turn @ mean, turn @ covariance @ turn.T)]
    symmetric = [(each + each.mT) / 2 if each.dim() == 2 else each for each in turned]
    torch.testing.assert_close(normal_kl(*symmetric), normal_kl(*p, *q), rtol=1e-8, atol=1e-8)


def test_gradcheck_passes_with_respect_to_means_and_factors_of_covariances():
    p, q = a_normal(0, d=3), a_normal(1, d=3)
    factors = [torch.linalg.cholesky(covariance) for _, covariance in (p, q)]

    def kl(mean_p, factor_p, mean_q, factor_q):
        return normal_kl(mean_p, factor_p @ factor_p.mT, mean_q, factor_q @ factor_q.mT)

    arguments = (p[0], factors[0], q[0], factors[1])
    assert torch.autograd.gradcheck(kl, [argument.requires_grad_() for argument in arguments])


SINGULAR = torch.tensor([[1.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
SLANTED = torch.tensor([[1.0, 0.5], [0.0, 1.0]], dtype=torch.float64)
UNKNOWN = torch.full((2, 2), torch.nan, dtype=torch.float64)


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        (-torch.eye(2, dtype=torch.float64), "covariance_q must be positive definite"),
        (SINGULAR, "covariance_q must be positive definite"),
        (UNKNOWN, "covariance_q must be positive definite"),
        (SLANTED, "covariance_q must be symmetric"),
        (torch.eye(3, dtype=torch.float64), r"covariance_q must be of shape \(…, 2, 2\)"),
        (torch.ones(2, dtype=torch.float64), r"covariance_q must be of shape \(…, 2, 2\)"),
    ],
)
def test_what_is_no_covariance_is_refused_by_name(covariance, message):
    mean, identity = torch.zeros(2, dtype=torch.float64), torch.eye(2, dtype=torch.float64)
    with pytest.raises(ValueError, match=message):
        normal_kl(mean, identity, mean, covariance)


def test_one_bad_covariance_among_good_ones_is_found():
    mean, good = torch.zeros(2, dtype=torch.float64), torch.eye(2, dtype=torch.float64)
    with pytest.raises(ValueError, match="covariance_p must be positive definite"):
        normal_kl(mean, torch.stack([good, -good]), mean, good)


def test_means_of_different_sizes_are_refused():
    identity = torch.eye(2, dtype=torch.float64)
    with pytest.raises(ValueError, match="mean_q must have 2 dimensions"):
        normal_kl(torch.zeros(2).double(), identity, torch.zeros(3).double(), identity)
