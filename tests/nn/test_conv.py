"""Strided convolutions: sizes for images of any shape, sums by hand, and the law of the transpose."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from varigraph.nn.conv import DoublingConvolution, HalvingConvolution, halved_sizes, image_dimensions

sides = st.integers(1, 13)
widths = st.integers(1, 3)


def a_generator(seed=0):
    return torch.Generator().manual_seed(seed)


def built(layer, n_inputs, n_outputs, size):
    return layer(n_inputs, n_outputs, size=size, generator=a_generator()).double()


def halves(size):
    return tuple(math.ceil(side / 2) for side in size)


def convolved_by_loops(image, weight, bias):
    """Stride 2 over an image with a border of zeros, from (i, h, w) to (o, ⌈h/2⌉, ⌈w/2⌉)."""
    (_, height, width), n_outputs = image.shape, len(weight)
    border = [1 + height % 2, 1 + width % 2]
    padded = np.pad(image, [(0, 0), (border[0],) * 2, (border[1],) * 2])
    result = np.empty((n_outputs, *halves((height, width))))
    for row, column in np.ndindex(*result.shape[1:]):
        window = padded[:, 2 * row : 2 * row + 4, 2 * column : 2 * column + 4]
        result[:, row, column] = (weight * window).sum(axis=(1, 2, 3)) + bias
    return result


@given(sides, sides, widths, widths)
def test_halving_is_the_sum_over_windows_for_every_size(height, width, n_inputs, n_outputs):
    layer = built(HalvingConvolution, n_inputs, n_outputs, (height, width))
    images = torch.randn(2, n_inputs, height, width, dtype=torch.float64, generator=a_generator(1))
    weight, bias = (parameter.detach().numpy() for parameter in (layer.weight, layer.bias))
    got = layer(images)
    for image, result in zip(images, got, strict=True):
        expected = convolved_by_loops(image.numpy(), weight, bias)
        # Sums of at most 48 products in another order.
        np.testing.assert_allclose(result.detach().numpy(), expected, rtol=0, atol=1e-13)


@given(sides, sides, widths, widths)
def test_doubling_is_the_transpose_of_halving_for_every_size(height, width, n_inputs, n_outputs):
    size = (height, width)
    down, up = (
        built(HalvingConvolution, n_inputs, n_outputs, size),
        built(DoublingConvolution, n_outputs, n_inputs, size),
    )
    with torch.no_grad():
        up.weight.copy_(down.weight)
        for offset in (down.bias, up.bias):
            offset.zero_()
    large = torch.randn(1, n_inputs, *size, dtype=torch.float64, generator=a_generator(1))
    small = torch.randn(1, n_outputs, *halves(size), dtype=torch.float64, generator=a_generator(2))
    # ⟨Cx, y⟩ = ⟨x, Cᵀy⟩
    torch.testing.assert_close((down(large) * small).sum(), (large * up(small)).sum(), rtol=0, atol=1e-12)


@given(sides, sides)
def test_every_pixel_moves_the_result(height, width):
    layer = built(HalvingConvolution, 1, 2, (height, width))
    image = torch.zeros(1, 1, height, width, dtype=torch.float64, requires_grad=True)
    layer(image)[0, 0].sum().backward()
    assert image.grad.abs().min() > 0


def test_of_a_constant_image_every_inner_pixel_gets_as_many_terms_as_its_neighbour():
    layer = built(DoublingConvolution, 1, 1, (16, 16))
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.bias.zero_()
        doubled = layer(torch.ones(1, 1, 8, 8, dtype=torch.float64))
    assert doubled[0, 0, 1:-1, 1:-1].unique().tolist() == [4.0]


@pytest.mark.parametrize(("layer", "fan_in"), [(HalvingConvolution, 16 * 5), (DoublingConvolution, 4 * 5)])
def test_weights_and_offsets_fill_the_range_of_their_fan_in(layer, fan_in):
    made = layer(5, 40, size=(8, 8), generator=a_generator())
    for parameter in (made.weight, made.bias):
        # Of 40 uniform draws the largest is below 0.8 of the bound once in 7,500 times.
        assert 0.8 < parameter.abs().max().item() * math.sqrt(fan_in) <= 1


def test_doubling_keeps_the_scale_that_a_linear_layer_of_its_fan_in_keeps():
    layer = DoublingConvolution(64, 64, size=(32, 32), generator=a_generator())
    images = torch.randn(4, 64, 16, 16, generator=a_generator(1))
    variance = layer(images)[:, :, 1:-1, 1:-1].var().item()
    # fan_in · Var(w) + Var(b) = 1/3 + 1/(3 · 256); its spread over 3,600 pixels of 64 channels is about 2 %.
    assert variance == pytest.approx(1 / 3, rel=0.1)


@pytest.mark.parametrize("layer", [HalvingConvolution, DoublingConvolution])
def test_weights_are_a_function_of_the_generator_alone(layer):
    before = torch.random.get_rng_state()
    first, again, other = (
        layer(2, 3, size=(5, 4), generator=a_generator(seed)).state_dict() for seed in (0, 0, 1)
    )
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not any(torch.equal(first[key], other[key]) for key in first)
    assert torch.equal(before, torch.random.get_rng_state())


@given(sides, sides, st.integers(0, 5))
def test_sizes_halve_until_one_pixel_is_left(height, width, n_times):
    sizes = halved_sizes((height, width), n_times)
    assert len(sizes) == n_times + 1
    assert sizes[-1] == (math.ceil(height / 2**n_times), math.ceil(width / 2**n_times))


@pytest.mark.parametrize(
    ("shape", "n_features", "expected"),
    [((28, 20), 560, (28, 20, 1)), ([4, 5, 3], 60, (4, 5, 3)), (np.array([2, 3]), 6, (2, 3, 1))],
)
def test_dimensions_are_whole_numbers_with_one_channel_if_none_is_named(shape, n_features, expected):
    dimensions = image_dimensions(shape, n_features=n_features)
    assert dimensions == expected
    assert {type(side) for side in dimensions} == {int}


@pytest.mark.parametrize("shape", [(28,), (2, 2, 2, 2), (), (0, 4), (-4, 4), (4.0, 4.0), "ab", (4, None)])
def test_what_is_no_shape_of_an_image_is_refused(shape):
    with pytest.raises(ValueError, match=r"image_shape must be \(height, width\) or"):
        image_dimensions(shape, n_features=16)


def test_rows_of_another_width_are_refused_with_both_numbers():
    with pytest.raises(ValueError, match=r"of 64 columns are no images of shape \(8, 9\), which have 72"):
        image_dimensions((8, 9), n_features=64)
