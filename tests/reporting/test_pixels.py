"""Rows as images: their shape, their grey levels and their places, against slow and obvious versions."""

import types

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.reporting.pixels import (
    ValueRange,
    checked_images,
    display_range,
    image_shape_of,
    mosaic,
    range_note,
    to_bytes,
)

INTENSITIES = ValueRange(0.0, 1.0)


def one_by_one(cells, n_columns, scale, gap):
    """The grid painted dot by dot: dot (y, x) of image k, wherever that image lies."""
    n_images, height, width, _ = cells.shape
    n_lines = -(-n_images // n_columns)
    across, down = scale * width + gap, scale * height + gap
    dots = np.full((n_lines * down - gap, n_columns * across - gap, 3), 255, dtype=np.uint8)
    for k in range(n_images):
        for y in range(scale * height):
            for x in range(scale * width):
                place = k // n_columns * down + y, k % n_columns * across + x
                dots[place] = cells[k, y // scale, x // scale]
    return dots


@given(
    n_images=st.integers(1, 7),
    n_columns=st.integers(1, 4),
    height=st.integers(1, 3),
    width=st.integers(1, 3),
    scale=st.integers(1, 3),
    gap=st.integers(0, 2),
)
def test_a_mosaic_is_painted_dot_by_dot(n_images, n_columns, height, width, scale, gap):
    cells = np.random.default_rng(0).integers(0, 255, size=(n_images, height, width, 3), dtype=np.uint8)
    drawn = mosaic(cells, n_columns=n_columns, scale=scale, gap=gap)
    np.testing.assert_array_equal(drawn, one_by_one(cells, n_columns, scale, gap))


def test_a_row_is_read_line_by_line_from_the_top_left():
    images = checked_images([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], (2, 3))
    np.testing.assert_array_equal(images[0, :, :, 0], [[1, 2, 3], [4, 5, 6]])


def test_the_channels_of_a_pixel_lie_side_by_side_in_a_row():
    images = checked_images([np.arange(12.0)], (2, 2, 3))
    np.testing.assert_array_equal(images[0, 0, 1], [3, 4, 5])
    np.testing.assert_array_equal(images[0, 1, 0], [6, 7, 8])


def test_the_ends_of_the_range_are_black_and_white_and_what_lies_beyond_is_clipped():
    images = np.array([-5.0, 0.0, 0.2, 1.0, 9.0]).reshape(1, 1, 5, 1)
    assert to_bytes(images, INTENSITIES)[0, 0].tolist() == [[v] * 3 for v in (0, 0, 51, 255, 255)]
    assert to_bytes(images, ValueRange(-5.0, 9.0))[0, 0, :, 0].tolist() == [0, 91, 95, 109, 255]


def test_colours_keep_their_channels():
    red = np.array([1.0, 0.0, 0.0]).reshape(1, 1, 1, 3)
    assert to_bytes(red, INTENSITIES).ravel().tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], (0.0, 1.0)),
        ([0.2, 0.4], (0.0, 1.0)),
        ([-0.09, 1.09], (0.0, 1.0)),
        ([*[0.5] * 98, -3.0, 4.0], (0.0, 1.0)),
        ([*[0.5] * 97, -3.0, 4.0, 4.0], (-3.0, 4.0)),
        ([0.0, 16.0], (0.0, 16.0)),
        ([-0.42, 2.82], (-0.42, 2.82)),
        ([7.0, 7.0], (7.0, 8.0)),
    ],
)
def test_intensities_keep_their_range_and_other_values_fill_theirs(values, expected):
    assert display_range(np.array(values)) == expected


def test_the_range_that_the_user_states_comes_first():
    assert display_range(np.array([0.0, 0.5]), stated=(0, 255)) == (0.0, 255.0)


@pytest.mark.parametrize("stated", [(1, 0), (0, 0), (0, np.nan), (0, np.inf), (0, 1, 2)])
def test_a_range_that_is_none_is_refused(stated):
    with pytest.raises(ValueError, match="two numbers, the lower first"):
        display_range(np.zeros(3), stated=stated)


@pytest.mark.parametrize(
    ("values", "shown", "note"),
    [
        ([0.0, 1.0], (0, 1), ""),
        ([-0.003, 1.003], (0, 1), ""),
        ([0.0, 0.5, 1.0, 1.01], (0, 1), "25 % of the values lie outside [0, 1] and are drawn as its ends"),
        ([0.0, 16.0], (0, 16), "black is 0, white is 16"),
        ([-0.42, 2.82], (-0.42, 2.82), "black is −0.42, white is 2.82"),
        (
            [0.0, 300.0],
            (0, 255),
            "black is 0, white is 255; 50 % of the values lie outside [0, 255] and are drawn as its ends",
        ),
    ],
)
def test_the_note_says_what_the_grey_levels_do_not(values, shown, note):
    assert range_note(np.array(values), ValueRange(*map(float, shown))) == note


def test_a_share_that_would_be_rounded_to_nothing_is_still_told():
    values = np.zeros(1_000_000)
    values[0] = 2.0
    assert range_note(values, INTENSITIES).startswith("under 0.01 % of the values")


def test_a_square_is_an_image_and_nothing_else_is_guessed():
    assert image_shape_of(64) == (8, 8)
    with pytest.raises(ValueError, match=r"row of 560 values is no square image.*image_shape=\(height"):
        image_shape_of(560)


def test_the_user_comes_before_the_data_and_the_data_before_the_model():
    data, model = (types.SimpleNamespace(image_shape=shape) for shape in ((4, 16), (16, 4)))
    assert image_shape_of(64, data, model, image_shape=(2, 32)) == (2, 32)
    assert image_shape_of(64, data, model) == (4, 16)
    assert image_shape_of(64, types.SimpleNamespace(image_shape=None), model) == (16, 4)


@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_convolutions_of_a_model_say_which_images_they_take(part):
    parts = {"encoder": "mlp", "decoder": "mlp", part: types.SimpleNamespace(image_shape=(4, 16))}
    assert image_shape_of(64, types.SimpleNamespace(image_shape=None, **parts)) == (4, 16)


@pytest.mark.parametrize(
    ("image_shape", "complaint"),
    [
        ((8, 9), r"holds 72 values, but a row has 64"),
        ((64,), "whole numbers of 1 or more"),
        ((8.0, 8.0), "whole numbers of 1 or more"),
        ((-8, -8), "whole numbers of 1 or more"),
        (8, "whole numbers of 1 or more"),
        ((4, 8, 2), "1 channel .* or 3"),
    ],
)
def test_a_shape_that_is_none_is_refused(image_shape, complaint):
    with pytest.raises(ValueError, match=complaint):
        image_shape_of(64, image_shape=image_shape)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (np.zeros((0, 4)), "one at least"),
        (np.zeros(4), r"got shape \(4,\)"),
        ([[0.0, np.nan, 0.0, 0.0]], "NaN or an infinity"),
        ([[0.0, np.inf, 0.0, 0.0]], "NaN or an infinity"),
    ],
)
def test_rows_that_have_no_picture_are_refused(rows, complaint):
    with pytest.raises(ValueError, match=complaint):
        checked_images(rows, (2, 2))
