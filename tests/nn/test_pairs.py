"""Products of pairs and the sum over all pairs against dense torch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from varigraph.nn import pair_products, softplus_over_all_pairs
from varigraph.nn import pairs as pairs_module


def drawn(n_nodes, n_latent, scale=1.0, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(n_nodes, n_latent, generator=generator, dtype=torch.float64).to(dtype)


def dense_sum(z, offset):
    logits = z @ z.T + offset
    above = torch.ones_like(logits, dtype=torch.bool).triu(1)
    return torch.logaddexp(
        logits[above], torch.zeros((), dtype=z.dtype)
    ).sum()  # softplus without torch's cut at 20


def value_and_gradients(function, z, offset):
    z, offset = z.clone().requires_grad_(), offset.clone().requires_grad_()
    total = function(z, offset)
    total.backward()
    return total.detach(), z.grad, offset.grad


def relative(got, expected):
    return ((got.double() - expected).norm() / expected.norm().clamp(min=1e-300)).item()


def check(z, offset, tolerance):
    offset = torch.tensor(offset, dtype=z.dtype)
    got = value_and_gradients(softplus_over_all_pairs, z, offset)
    expected = value_and_gradients(dense_sum, z.double(), offset.double())
    for one, other in zip(got, expected, strict=True):
        assert relative(one, other) < tolerance


# Sizes beside the borders of small tiles; the real ones are tried below.
@given(
    n_nodes=st.integers(1, 40),
    n_latent=st.integers(1, 5),
    offset=st.floats(-30, 30),
    scale=st.sampled_from([0.0, 0.1, 1.0, 3.0]),
    tile=st.sampled_from([(4, 8), (8, 16), (5, 13), (7, 7), (1, 1)]),
)
def test_tiles_of_any_size_give_the_dense_sum_and_gradient(n_nodes, n_latent, offset, scale, tile):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs_module, "_TILE_ROWS", tile[0])
        patch.setattr(pairs_module, "_TILE_COLUMNS", tile[1])
        z = drawn(n_nodes, n_latent, scale)
        # The tail of log1p of four factors cancels three digits at most.
        check(z, offset, 1e-11)
        # float32 logits are off by 1e-7 of their size, up to 1e-5 for the largest ones here.
        if n_nodes > 1 and scale <= 1:
            check(z.float(), offset, 2e-5)


@pytest.mark.parametrize("n_nodes", [2, 255, 256, 257, 513, 767, 768, 769, 1025])
def test_sizes_beside_the_tile_borders_equal_the_dense_sum(n_nodes):
    check(drawn(n_nodes, 3), -2.0, 1e-11)
    check(drawn(n_nodes, 3, 0.5, torch.float32), -2.0, 1e-5)


@pytest.mark.parametrize("offset", [-60.0, -15.0, -8.4, 0.0, 60.0])
def test_very_small_and_very_large_logits_keep_five_digits_in_float32(offset):
    check(drawn(300, 4, 0.05, torch.float32), offset, 1e-5)


def test_the_gradient_is_that_of_finite_differences():
    z, offset = drawn(5, 2).requires_grad_(), torch.tensor(-0.3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(softplus_over_all_pairs, (z, offset))
    pairs = torch.tensor([[0, 1], [1, 2], [3, 3], [0, 1]])
    assert torch.autograd.gradcheck(lambda z: pair_products(z, pairs), (z,))


def test_a_second_derivative_is_refused_and_not_silently_zero():
    z = drawn(4, 2).requires_grad_()
    for value in (
        softplus_over_all_pairs(z, torch.tensor(0.0)),
        pair_products(z, torch.tensor([[0, 1]])).sum(),
    ):
        (gradient,) = torch.autograd.grad(value, z, create_graph=True)
        with pytest.raises(RuntimeError):
            gradient.sum().backward()


def test_products_are_the_same_bits_in_either_order():
    z, pairs = (
        drawn(50, 7, dtype=torch.float32),
        torch.randint(50, (200, 2), generator=torch.Generator().manual_seed(0)),
    )
    assert torch.equal(pair_products(z, pairs), pair_products(z, pairs.flip(1)))


def test_no_pairs_give_no_products_and_a_zero_gradient():
    z = drawn(4, 2).requires_grad_()
    products = pair_products(z, torch.empty(0, 2, dtype=torch.int64))
    products.sum().backward()
    assert products.shape == (0,)
    assert z.grad.abs().max() == 0


def test_one_node_has_no_pairs():
    assert softplus_over_all_pairs(drawn(1, 2), torch.tensor(3.0)).item() == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("n_nodes", [1, 2, 300, 1100])
def test_without_the_value_the_gradient_has_the_same_bits(n_nodes, dtype):
    z, offset = drawn(n_nodes, 5, dtype=dtype), torch.tensor(-1.5, dtype=dtype)
    value, *gradients = value_and_gradients(softplus_over_all_pairs, z, offset)
    skipped, *same = value_and_gradients(
        lambda z, offset: softplus_over_all_pairs(z, offset, may_skip_value=True), z, offset
    )
    assert skipped.isnan()
    assert value.isfinite()
    assert all(torch.equal(one, other) for one, other in zip(gradients, same, strict=True))


def test_a_logit_that_is_not_finite_shows_in_the_gradient_without_the_value():
    z = drawn(300, 4)
    z[7, 2] = float("nan")
    _, gradient, _ = value_and_gradients(
        lambda z, offset: softplus_over_all_pairs(z, offset, may_skip_value=True), z, torch.tensor(0.0)
    )
    assert not gradient.isfinite().all()
