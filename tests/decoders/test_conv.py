"""`ConvDecoder`: rows for images of every size and colour, leading dimensions, and every weight in use."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from varigraph.decoders.conv import ConvDecoder
from varigraph.decoders.likelihoods import BernoulliLikelihood, GaussianLikelihood
from varigraph.distributions import DiagonalNormal, IndependentBernoulli

N_LATENT = 3


def built(image_shape, channels=(8, 4), *, likelihood=None, seed=0, **settings):
    decoder = ConvDecoder(image_shape, channels, **settings)
    n_features = torch.Size(image_shape).numel()
    likelihood = likelihood or BernoulliLikelihood()
    likelihood.build(n_features)
    generator = torch.Generator().manual_seed(seed)
    decoder.build(N_LATENT, n_features, likelihood=likelihood, generator=generator)
    return decoder.double()


def some_latents(*leading):
    return torch.randn(*leading, N_LATENT, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


side = st.integers(1, 17)
shapes = st.one_of(st.tuples(side, side), st.tuples(side, side, st.integers(1, 4)))
depths = st.lists(st.integers(1, 5), max_size=4).map(tuple)
leading_dimensions = st.lists(st.integers(0, 3), max_size=3).map(tuple)


@given(shapes, depths, leading_dimensions)
def test_images_of_every_size_and_depth_come_back_as_rows(image_shape, channels, leading):
    outputs = built(image_shape, channels).outputs(some_latents(*leading))
    assert outputs.shape == (*leading, torch.Size(image_shape).numel())


@given(shapes, leading_dimensions)
def test_leading_dimensions_are_rows_of_one_flat_call(image_shape, leading):
    decoder, z = built(image_shape), some_latents(*leading)
    flat = decoder.outputs(z.reshape(-1, N_LATENT))
    assert torch.equal(decoder.outputs(z).reshape(flat.shape), flat)


@given(shapes, st.sampled_from(["relu", "tanh", "elu"]), st.sampled_from([(), (6,)]))
def test_every_parameter_gets_a_gradient(image_shape, activation, hidden_dims):
    likelihood = GaussianLikelihood("per_dimension")
    decoder = built(
        image_shape, (16, 8), likelihood=likelihood, activation=activation, hidden_dims=hidden_dims
    )
    rows = torch.zeros(4, torch.Size(image_shape).numel(), dtype=torch.float64)
    decoder(some_latents(4)).log_prob(rows).sum().backward()
    missing = [key for key, p in decoder.named_parameters() if p.grad is None or p.grad.abs().max() == 0]
    assert missing == []


@given(shapes, depths.filter(len))
def test_means_come_before_variances_and_each_block_is_an_image(image_shape, channels):
    decoder = built(image_shape, channels, likelihood=GaussianLikelihood("predicted"))
    n_features = torch.Size(image_shape).numel()
    last = decoder.convolutions[-1].bias
    with torch.no_grad():
        for parameter in decoder.parameters():
            parameter.zero_()
        # Without weights every output is the offset of its channel.
        offsets = torch.arange(1.0, last.numel() + 1, dtype=torch.float64)
        last.copy_(offsets)
    outputs = decoder.outputs(some_latents(2))
    assert outputs.shape == (2, 2 * n_features)
    n_colours = image_shape[2] if len(image_shape) == 3 else 1
    means, variances = outputs.reshape(2, 2, -1, n_colours).unbind(dim=1)
    assert (means == offsets[:n_colours]).all()
    assert (variances == offsets[n_colours:]).all()


@given(shapes)
def test_every_pixel_hears_the_latent_vector(image_shape):
    # Without a kink: behind a ReLU a pixel may for once have silent units alone.
    decoder = built(image_shape, (8, 4), activation="tanh")
    first, second = decoder.outputs(some_latents(2))
    assert (first - second).abs().min() > 0


def test_it_is_torchs_transposed_convolutions_with_the_channels_moved_last():
    decoder = built((5, 10, 3), (8, 4), activation="tanh", hidden_dims=(7,))
    z = some_latents(6)
    first, last = decoder.stem.layers
    flat = last(torch.tanh(first(z)))
    hidden = torch.stack([row.view(2, 3, 8).permute(2, 0, 1).contiguous() for row in flat])
    # From 2 × 3 pixels to 3 × 5, both odd, and on to 5 × 10.
    for layer, padding, extra in zip(decoder.convolutions, [(2, 2), (2, 1)], [(1, 1), (1, 0)], strict=True):
        reference = torch.nn.ConvTranspose2d(
            *layer.weight.shape[:2], 4, stride=2, padding=padding, output_padding=extra
        ).double()
        reference.load_state_dict(layer.state_dict())
        hidden = reference(torch.tanh(hidden))
    expected = torch.stack([image.permute(1, 2, 0).flatten() for image in hidden])
    torch.testing.assert_close(decoder.outputs(z), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("likelihood", "kind"),
    [(BernoulliLikelihood(), IndependentBernoulli), (GaussianLikelihood(), DiagonalNormal)],
)
def test_it_returns_the_likelihood_of_its_outputs(likelihood, kind):
    decoder, z = built((7, 7), likelihood=likelihood), some_latents(2, 5)
    distribution, rows = decoder(z), torch.zeros(5, 49, dtype=torch.float64)
    assert isinstance(distribution, kind)
    assert distribution.log_prob(rows).shape == (2, 5)
    torch.testing.assert_close(distribution.mean, likelihood(decoder.outputs(z)).mean, rtol=0, atol=0)


def test_float32_agrees_with_float64_to_its_digits():
    decoder, z = built((9, 7)), some_latents(4)
    double = decoder.outputs(z)
    torch.testing.assert_close(decoder.float().outputs(z.float()).double(), double, rtol=1e-4, atol=1e-5)


def test_build_is_a_function_of_the_generator_and_of_nothing_else():
    before = torch.random.get_rng_state()
    first, again, other = (built((8, 8), seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(tensor, again[key]) for key, tensor in first.items())
    assert not any(torch.equal(tensor, other[key]) for key, tensor in first.items())
    assert torch.equal(before, torch.random.get_rng_state())


def test_building_again_forgets_the_first_weights():
    decoder = built((8, 8), seed=1)
    generator = torch.Generator().manual_seed(0)
    decoder.build(N_LATENT, 64, likelihood=BernoulliLikelihood(), generator=generator)
    expected = built((8, 8), seed=0).float().state_dict()
    assert all(torch.equal(tensor, expected[key]) for key, tensor in decoder.state_dict().items())


def test_weights_are_stored_in_the_order_in_which_files_hold_them():
    assert all(tensor.is_contiguous() for tensor in built((8, 8, 3)).state_dict().values())


def test_rows_that_are_no_images_of_the_shape_are_refused():
    decoder = ConvDecoder((8, 8, 3))
    with pytest.raises(ValueError, match=r"Rows of 64 columns are no images of shape \(8, 8, 3\)"):
        decoder.build(N_LATENT, 64, likelihood=BernoulliLikelihood(), generator=torch.Generator())


def test_an_unknown_activation_is_refused_by_name():
    with pytest.raises(ValueError, match=r"no activation 'swish'; there are relu, tanh"):
        built((8, 8), activation="swish")
