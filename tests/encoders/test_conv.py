"""`ConvEncoder`: images of every size and colour, the order of a row's entries, and every weight in use."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from varigraph.distributions import Delta, DiagonalNormal
from varigraph.encoders.conv import ConvEncoder

N_LATENT = 3


def built(image_shape, channels=(4, 8), *, posterior=DiagonalNormal, seed=0, **settings):
    encoder = ConvEncoder(image_shape, channels, **settings)
    n_inputs = torch.Size(image_shape).numel()
    encoder.build(n_inputs, N_LATENT, posterior=posterior, generator=torch.Generator().manual_seed(seed))
    return encoder.double()


def some_rows(image_shape, n_rows=5):
    n_inputs = torch.Size(image_shape).numel()
    return torch.rand(n_rows, n_inputs, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def shapes(smallest=1):
    side = st.integers(smallest, 17)
    return st.one_of(st.tuples(side, side), st.tuples(side, side, st.integers(1, 4)))


depths = st.lists(st.integers(1, 5), max_size=4).map(tuple)


@given(shapes(), depths, st.sampled_from([Delta, DiagonalNormal]), st.integers(0, 3))
def test_images_of_every_size_and_depth_give_one_posterior_a_row(image_shape, channels, posterior, n_rows):
    q = built(image_shape, channels, posterior=posterior)(some_rows(image_shape, n_rows))
    assert isinstance(q, posterior)
    assert {tuple(tensor.shape) for tensor in q.tensors().values()} == {(n_rows, N_LATENT)}


@given(shapes(), st.sampled_from(["relu", "tanh", "elu"]), st.sampled_from([(), (6,)]))
def test_every_parameter_gets_a_gradient(image_shape, activation, hidden_dims):
    encoder = built(image_shape, (8, 16), activation=activation, hidden_dims=hidden_dims)
    q = encoder(some_rows(image_shape))
    (q.mean.square().sum() + q.log_std.square().sum()).backward()
    missing = [key for key, p in encoder.named_parameters() if p.grad is None or p.grad.abs().max() == 0]
    assert missing == []


@given(shapes())
def test_every_pixel_moves_the_posterior(image_shape):
    # Without a kink: behind a ReLU a pixel may for once be seen by silent units alone.
    rows = some_rows(image_shape, 1).requires_grad_()
    built(image_shape, (4, 8), activation="tanh")(rows).mean.square().sum().backward()
    assert rows.grad.abs().min() > 0


def test_it_is_torchs_convolutions_on_the_image_with_its_channels_moved_first():
    encoder = built((6, 10, 3), (4, 8), activation="tanh", hidden_dims=(7,))
    rows = some_rows((6, 10, 3))
    hidden = torch.stack([row.view(6, 10, 3).permute(2, 0, 1).contiguous() for row in rows])
    for layer, padding in zip(encoder.convolutions, [(1, 1), (2, 2)], strict=True):
        reference = torch.nn.Conv2d(*layer.weight.shape[1::-1], 4, stride=2, padding=padding).double()
        reference.load_state_dict(layer.state_dict())
        hidden = torch.tanh(reference(hidden))
    flat = torch.stack([image.permute(1, 2, 0).flatten() for image in hidden])
    first, last = encoder.head.layers
    expected = last(torch.tanh(first(flat)))
    torch.testing.assert_close(encoder.outputs(rows), expected, rtol=1e-12, atol=1e-13)


def test_a_row_has_its_posterior_whatever_rows_stand_beside_it():
    encoder, rows = built((8, 8)), some_rows((8, 8))
    # A kernel may sum a lone row in another order.
    torch.testing.assert_close(encoder(rows[2:3]).mean, encoder(rows).mean[2:3], rtol=1e-12, atol=1e-13)


def test_colours_of_a_pixel_stand_side_by_side_in_a_row():
    encoder, rows = built((4, 4, 3)), some_rows((4, 4, 3))
    transposed = rows.view(-1, 3, 4, 4).permute(0, 2, 3, 1).flatten(1)
    assert not torch.allclose(encoder(rows).mean, encoder(transposed).mean)


def test_a_column_of_a_wider_tensor_is_read_like_rows_of_their_own():
    wide = some_rows((8, 9))
    encoder = built((8, 8))
    assert torch.equal(encoder(wide[:, :64]).mean, encoder(wide[:, :64].contiguous()).mean)


def test_float32_agrees_with_float64_to_its_digits():
    encoder, rows = built((9, 7)), some_rows((9, 7))
    double = encoder(rows).mean
    torch.testing.assert_close(encoder.float()(rows.float()).mean.double(), double, rtol=1e-4, atol=1e-5)


def test_build_is_a_function_of_the_generator_and_of_nothing_else():
    before = torch.random.get_rng_state()
    first, again, other = (built((8, 8), seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(tensor, again[key]) for key, tensor in first.items())
    assert not any(torch.equal(tensor, other[key]) for key, tensor in first.items())
    assert torch.equal(before, torch.random.get_rng_state())


def test_building_again_forgets_the_first_weights():
    encoder = built((8, 8), seed=1)
    encoder.build(64, N_LATENT, posterior=DiagonalNormal, generator=torch.Generator().manual_seed(0))
    expected = built((8, 8), seed=0).float().state_dict()
    assert all(torch.equal(tensor, expected[key]) for key, tensor in encoder.state_dict().items())


def test_weights_are_stored_in_the_order_in_which_files_hold_them():
    assert all(tensor.is_contiguous() for tensor in built((8, 8, 3)).state_dict().values())


def test_rows_that_are_no_images_of_the_shape_are_refused():
    encoder = ConvEncoder((8, 8))
    with pytest.raises(ValueError, match=r"Rows of 65 columns are no images of shape \(8, 8\)"):
        encoder.build(65, N_LATENT, posterior=Delta, generator=torch.Generator())


def test_an_unknown_activation_is_refused_by_name():
    with pytest.raises(ValueError, match=r"no activation 'swish'; there are relu, tanh"):
        built((8, 8), activation="swish")
